"""The files of a posted form: stored in the case, their ids put beside those the field already holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from bank.documents import Document, Upload
from engine.forms import ComponentType, Field, FieldError, Form, name_of
from engine.forms.paths import Path, look_up, put
from web.services import services
from web.uploads.listing import document_door

_NOT_ASKED_FOR = FieldError(
    "file_not_expected", "This form does not ask for this file.", "本表单未要求上传该文件，请刷新后重试。"
)


def takes_files(form: Form) -> bool:
    """Whether the form has a file field at all."""
    return any(field.type is ComponentType.FILEPICKER for field in form.fields())


def keep_posted_files(
    form: Form, data: dict[str, Any], scope: Mapping[str, Any], *, business_key: str, person: int | None
) -> dict[str, FieldError]:
    """Store the post's files for the case and enter them into `data`; errors by field for those refused.

    Ask only for a person who may complete the task. All of a post is stored in one transaction; the
    completing service checks anew that every id is a document of the case.
    """
    chosen = [(name, file) for name, files in request.files.lists() for file in files if file.filename]
    pickers = dict(_pickers(form, data, scope))
    errors = {name: _NOT_ASKED_FOR for name, _ in chosen if name not in pickers}
    wanted = [(name, file) for name, file in chosen if name in pickers]
    if not wanted:
        return errors
    answers = document_door().take_in(business_key, (_upload(file) for _, file in wanted), uploaded_by=person)
    for (name, file), answer in zip(wanted, answers, strict=True):
        if isinstance(answer, Document):
            _attach(data, *pickers[name], answer.id)
        else:
            earlier = errors.get(name)
            errors[name] = _refused(earlier, file, answer.message("en"), answer.message("zh"))
    return errors


def _pickers(form: Form, data: Mapping[str, Any], scope: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Path, Field]]]:
    """The file fields the person sees and may fill in, by posted name."""
    evaluation = form.evaluate(data, scope, services().engine.display_environment())
    for placed in evaluation.shown():
        field = placed.component
        if isinstance(field, Field) and field.type is ComponentType.FILEPICKER and not evaluation.is_readonly(placed):
            yield name_of(placed.path), (placed.path, field)


def _upload(file: FileStorage) -> Upload:
    return Upload(file_name=file.filename or "", content=file.read())


def _attach(data: dict[str, Any], path: Path, field: Field, document_id: str) -> None:
    held = look_up(data, path)
    kept = held if isinstance(held, list) and field.multiple else []  # a single file replaces the one before
    put(data, path, [*(each for each in kept if each != document_id), document_id])


def _refused(earlier: FieldError | None, file: FileStorage, en: str, zh: str) -> FieldError:
    """The refusal with the file's name in front, after those of other files at the same field."""
    name = " ".join((file.filename or "").split())[:80]
    lines_en, lines_zh = f"{name}: {en}", f"{name}：{zh}"
    if earlier is not None:
        lines_en, lines_zh = f"{earlier.en} {lines_en}", f"{earlier.zh}{lines_zh}"
    return FieldError("file_refused", lines_en, lines_zh)
