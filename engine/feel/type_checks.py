"""`instance of`, and whether an argument fits a parameter's type (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

from engine.feel.syntax import TypeName
from engine.feel.temporal import as_instant
from engine.feel.types import FeelValue, Function, Kind, Range, kind_of

_SIMPLE = {
    **{
        kind.value: kind
        for kind in Kind
        if kind not in (Kind.NULL, Kind.LIST, Kind.CONTEXT, Kind.RANGE, Kind.FUNCTION, Kind.OTHER)
    },
    "dateTime": Kind.DATE_AND_TIME,
    "dayTimeDuration": Kind.DAYS_AND_TIME_DURATION,
    "yearMonthDuration": Kind.YEARS_AND_MONTHS_DURATION,
}


def is_instance(value: FeelValue, type_name: TypeName) -> bool | None:
    """Whether `value` is of the type; null for a type nobody knows. Null is an instance of Null only."""
    name = type_name.name
    if value is None:
        return name in ("Null", "null")
    if type_name.declared is not None:
        return type_name.declared.includes(value)
    if name == "Any":
        return True
    if name in ("Null", "null"):
        return False
    if name in _SIMPLE:
        return kind_of(value) is _SIMPLE[name]
    match name:
        case "list":
            return type(value) is list and all(conforms(item, inner) for inner in type_name.arguments for item in value)
        case "context":
            return type(value) is dict and all(
                key in value and conforms(value[key], inner) for key, inner in type_name.entries
            )
        case "range":
            return type(value) is Range and all(
                conforms(end, inner) for inner in type_name.arguments for end in (value.start, value.end)
            )
        case "function":
            return isinstance(value, Function) and _takes(value, type_name.arguments[:-1], bool(type_name.arguments))
    return None


def _takes(function: Function, wanted: tuple[TypeName, ...], declared: bool) -> bool:
    """Whether a function takes what its type says: parameters of the same types or of wider ones.

    What it gives is not known before it is called, so that every result type is believed.
    """
    given = function.parameter_types()
    if not declared:
        return True
    return len(given) == len(wanted) and all(
        own is None or is_subtype(other, own) for own, other in zip(given, wanted, strict=True)
    )


def is_subtype(narrow: TypeName, wide: TypeName) -> bool:
    """Whether every value of `narrow` is one of `wide` (DMN 1.5, 10.3.2.9.3); types of the model are believed."""
    if wide.name == "Any" or narrow.name in ("Null", "null") or narrow.declared or wide.declared:
        return True
    if narrow.name != wide.name:
        return narrow.name in _SIMPLE and _SIMPLE[narrow.name] is _SIMPLE.get(wide.name)
    if wide.name == "context":
        entries = dict(narrow.entries)
        return all(key in entries and is_subtype(entries[key], inner) for key, inner in wide.entries)
    if wide.name == "function":
        return _is_narrower_function(narrow.arguments, wide.arguments)
    return not wide.arguments or (bool(narrow.arguments) and is_subtype(narrow.arguments[0], wide.arguments[0]))


def _is_narrower_function(narrow: tuple[TypeName, ...], wide: tuple[TypeName, ...]) -> bool:
    """A function that takes as much or more, and gives as much or less, can stand for the other."""
    if not wide:
        return True
    return (
        len(narrow) == len(wide)
        and all(is_subtype(other, own) for own, other in zip(narrow[:-1], wide[:-1], strict=True))
        and is_subtype(narrow[-1], wide[-1])
    )


def conforms(value: FeelValue, type_name: TypeName) -> bool:
    """Whether `value` may stand where the type is asked for: null may stand anywhere."""
    return value is None or is_instance(value, type_name) is not False


def coerced(value: FeelValue, type_name: TypeName | None) -> FeelValue:
    """`value` as the type asks (DMN 1.5, 10.3.2.9.4), else null.

    A list of one becomes its item and an item a list of one; a date becomes its midnight in UTC.
    """
    if type_name is None or conforms(value, type_name):
        return value
    if _SIMPLE.get(type_name.name) is Kind.DATE_AND_TIME and kind_of(value) is Kind.DATE:
        return as_instant(value)
    if (type_name.name == "list" or type_name.declared) and conforms([value], type_name):
        return [value]
    if type(value) is list and len(value) == 1 and conforms(value[0], type_name):
        return value[0]
    return None
