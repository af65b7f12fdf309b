"""Forms as Bootstrap HTML that works without JavaScript."""

from __future__ import annotations

from web.forms.rendering import render_fields, render_values
from web.forms.view_model import DocumentView, FormView, form_view

__all__ = ["DocumentView", "FormView", "form_view", "render_fields", "render_values"]
