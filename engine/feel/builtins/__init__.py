"""The functions every expression may call, by family (DMN 1.5, 10.3.4; Camunda 8's where they differ)."""

from __future__ import annotations

from engine.feel.builtins.contexts import CONTEXTS
from engine.feel.builtins.conversion import CONVERSION
from engine.feel.builtins.dates import DATES
from engine.feel.builtins.lists import LISTS
from engine.feel.builtins.numbers import NUMBERS
from engine.feel.builtins.ranges import RANGES
from engine.feel.builtins.signatures import Builtin
from engine.feel.builtins.statistics import STATISTICS
from engine.feel.builtins.strings import STRINGS

BUILTINS: dict[str, Builtin] = {}
for _family in (CONVERSION, STRINGS, NUMBERS, STATISTICS, LISTS, DATES, RANGES, CONTEXTS):
    BUILTINS.update(_family.functions)

__all__ = ["BUILTINS", "Builtin"]
