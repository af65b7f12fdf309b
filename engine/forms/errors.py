"""Why a form file is not accepted, and why a submission is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.model.errors import ResourceRefused
from persistence.errors import ErrorKind, KaihuError


class FormRefused(ResourceRefused):
    """The file is not a Camunda Form, or holds something that could not be carried out as drawn."""

    code = "form_refused"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field, said to the person who filled it in. Never repeats what was typed."""

    code: str
    en: str
    zh: str

    def text(self, language: str) -> str:
        """The sentence for a reader of `language` ("zh…" is Chinese, everything else English)."""
        return self.zh if language.startswith("zh") else self.en


class FormInvalid(KaihuError):
    """The data does not fit the form. `errors` holds one error per posted name, in the form's order."""

    code = "form_invalid"
    kind = ErrorKind.INVALID
    en = "{count} field(s) of the form {form} need your attention."
    zh = "表单 {form} 有 {count} 处需要更正。"

    def __init__(self, form: str, errors: Mapping[str, FieldError]) -> None:
        self.errors = dict(errors)
        super().__init__(form=form, count=len(self.errors))


class FormDataTooLarge(KaihuError):
    """More names, rows or nesting than any form has."""

    code = "form_data_too_large"
    kind = ErrorKind.TOO_LARGE
    en = "The submission has more fields or rows than a form can hold ({limit})."
    zh = "提交的字段或行数超过表单上限（{limit}）。"
