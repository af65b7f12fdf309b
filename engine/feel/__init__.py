"""FEEL, the expression language of DMN 1.5 and Camunda 8: parsed once, compiled to closures, bounded."""

from __future__ import annotations

from engine.feel.environment import Environment, ExternalFunction
from engine.feel.errors import FeelEvaluationError, FeelSyntaxError, FeelWarning, Unsuitable
from engine.feel.expression import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_template,
    compile_unary_tests,
)
from engine.feel.printer import print_expression, print_tests, print_value
from engine.feel.scope import LayeredScope, MappingScope, Scope
from engine.feel.text import text_of
from engine.feel.types import FeelValue, Function, Range

__all__ = [
    "Environment",
    "Expression",
    "ExternalFunction",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "FeelValue",
    "FeelWarning",
    "Function",
    "LayeredScope",
    "MappingScope",
    "Range",
    "Scope",
    "UnaryTests",
    "Unsuitable",
    "compile_expression",
    "compile_template",
    "compile_unary_tests",
    "print_expression",
    "print_tests",
    "print_value",
    "text_of",
]
