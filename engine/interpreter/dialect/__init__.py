"""Camunda 8's dialect of BPMN: files to process models, or every reason why not."""

from __future__ import annotations

from engine.interpreter.dialect.reader import parse_diagram

__all__ = ["parse_diagram"]
