"""Forms: Camunda Form files read, shown and validated on the server.

`parse_form` once at deployment; then `Form.prefill` and `Form.evaluate` to show it, `read_posted` and the row
actions for HTML posts, `Form.validate` to accept what was filled in.
"""

from __future__ import annotations

from engine.forms.components import (
    Caption,
    Component,
    ComponentType,
    DynamicList,
    Field,
    Group,
    Option,
    Static,
    Unit,
)
from engine.forms.errors import FieldError, FormDataTooLarge, FormInvalid, FormRefused
from engine.forms.evaluation import Evaluation, Placed, errors_of
from engine.forms.form import Form
from engine.forms.parser import parse_form
from engine.forms.paths import name_of
from engine.forms.posted import RowAction, is_refresh, read_posted, row_action, with_row_action

__all__ = [
    "Caption",
    "Component",
    "ComponentType",
    "DynamicList",
    "Evaluation",
    "Field",
    "FieldError",
    "Form",
    "FormDataTooLarge",
    "FormInvalid",
    "FormRefused",
    "Group",
    "Option",
    "Placed",
    "RowAction",
    "Static",
    "Unit",
    "errors_of",
    "is_refresh",
    "name_of",
    "parse_form",
    "read_posted",
    "row_action",
    "with_row_action",
]
