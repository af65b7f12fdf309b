"""The values a process variable can hold, and their one canonical JSON form.

A variable holds JSON types plus exact decimals and the temporal types of FEEL. Integers and decimals are
both FEEL numbers; an integral `Decimal` is stored as `int`, so that equal numbers have equal bytes.
Binary floating point never enters: `normalise` turns a float into the decimal its shortest text names.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import orjson

from engine.model.calendar import (
    Date,
    DateTime,
    Duration,
    Time,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    duration_text,
)
from engine.model.calendar_text import (
    moment_text,
    parse_date,
    parse_moment,
    parse_time,
    time_text,
)
from persistence.errors import ErrorKind, KaihuError


@dataclass(frozen=True, order=True)
class YearsMonthsDuration:
    """FEEL years and months duration (DMN 1.5, 10.3.2.3.8), as a signed number of months."""

    months: int

    def isoformat(self) -> str:
        """ISO 8601 text such as `P1Y2M`, `-P3M`, `P0M`."""
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + text


Scalar: TypeAlias = bool | str | int | Decimal | Date | Time | DateTime | Duration | YearsMonthsDuration | None
Value: TypeAlias = "Scalar | list[Any] | dict[str, Any]"
"""`Duration` is FEEL's days and time duration."""

_TEMPORAL = (
    dt.date,
    dt.time,
    dt.timedelta,
    WideDate,
    WideTime,
    WideDateTime,
    WideDuration,
    YearsMonthsDuration,
)
_AS_IT_IS = frozenset({type(None), bool, str, dt.datetime, *_TEMPORAL})
"""Types of values that are stored as they are; also their subclasses, which are looked for afterwards."""


_EXACT = Context(prec=10_000)  # stripping zeros must never round
_INT64 = 2**63  # what JSON readers and SQL columns take as a whole number
_DEEPEST = 238
"""Lists and contexts within each other: the JSON library writes 254, and the journal wraps a few around them."""
_NESTING = "nesting"


class UnstorableValue(KaihuError):
    """A value that no process variable can hold."""

    code = "unstorable_value"
    kind = ErrorKind.INVALID
    en = "The field {path} holds a value of type {type} that cannot be stored."
    zh = "字段 {path} 的值类型为 {type}，无法保存。"


def normalise(value: object, path: str = "value") -> Value:
    """A deep, immutable-by-ownership copy of `value` in storable types; `path` names the field in errors.

    Raises UnstorableValue for NaN, infinities, bytes, sets, keys that are not text, texts with NUL or half a surrogate
    pair, what is nested too deep or contains itself, and anything else.
    """
    try:
        return _written(value)
    except UnstorableValue as error:
        kind = error.fields["type"]
    raise UnstorableValue(path=path if kind == _NESTING else _where(value, path), type=kind)


def _written(value: object) -> Value:
    """The copy, once it was seen that it can be written."""
    try:
        copy = _copy(value)
    except RecursionError:
        raise UnstorableValue(path="", type=_NESTING) from None
    if type(copy) not in _MAY_HOLD_TEXT:
        return copy
    try:  # within 16 more: _DEEPEST
        text = orjson.dumps([[[[[[[[[[[[[[[[copy]]]]]]]]]]]]]]]], default=_nothing, option=_OPTIONS_OF_A_LOOK)
    except TypeError:
        kind = _NESTING if _depth(copy) > _DEEPEST else "text"
        raise UnstorableValue(path="", type=kind) from None
    if b"\\u0000" in text and _has_nul(copy):  # the six signs themselves may be in a text, too
        raise UnstorableValue(path="", type="text")
    return copy


def _depth(value: object) -> int:
    """How many lists and contexts are within each other."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _has_nul(value: object) -> bool:
    """Names were looked at before."""
    if isinstance(value, dict):
        return any(map(_has_nul, value.values()))
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def _nothing(_: object) -> None:
    """For a look at texts, other values are of no interest."""


def storable_text(text: object) -> str:
    """The text as every database takes it: for half a surrogate pair, and for NUL, stands the replacement character.

    Raises UnstorableValue for what is no text.
    """
    if not isinstance(text, str):
        raise UnstorableValue(path="text", type=type(text).__name__)
    if _is_writable(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _is_writable(text: str) -> bool:
    """PostgreSQL knows no NUL, and UTF-8 no half of a surrogate pair."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _copy(value: Any) -> Value:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value  # type: ignore[no-any-return]  # what the set says
    copy = _OF_TYPE.get(kind)  # the usual types by themselves: variables of many kilobytes pass here at every step
    if copy is not None:
        return copy(value)
    if isinstance(value, (bool, str, *_TEMPORAL)):
        return value
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, Decimal):
        return _integral(value)
    if isinstance(value, float):
        return _fraction(value)
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return _items(value)
    raise UnstorableValue(path="", type=type(value).__name__)


def _fields(value: Mapping[Any, Any]) -> dict[str, Value]:
    if not _are_names(value):
        raise UnstorableValue(path="", type="key")
    return {key: item if type(item) in _AS_IT_IS else _copy(item) for key, item in value.items()}


def _items(value: Sequence[Any]) -> list[Value]:
    return [item if type(item) in _AS_IT_IS else _copy(item) for item in value]


def _are_names(keys: Iterable[Any]) -> bool:
    """Whether all are texts without NUL, none begun by the "$" of our own tags; joined, they are looked at once.

    For NUL, see `_is_writable`; halves of surrogate pairs are found when the whole is looked at.
    """
    try:
        joined = "".join(keys)
    except TypeError:
        return False
    return "\0" not in joined and ("$" not in joined or not any(key.startswith("$") for key in keys))


def _where(value: object, path: str) -> str:
    """The field that cannot be stored, looked for only when there is one."""
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(value, Mapping) and _are_names(value) and _is_writable("".join(value)):  # the path will be written
        inner = ((f"{path}.{key}", item) for key, item in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        inner = ((f"{path}[{index}]", item) for index, item in enumerate(value, 1))
    for place, item in inner:
        try:
            _written(item)
        except UnstorableValue:
            return _where(item, place)
    return path


def _integral(value: Decimal) -> int | Decimal:
    if not value.is_finite():
        raise UnstorableValue(path="", type="number")
    if value == value.to_integral_value() and abs(value) < _INT64:
        return int(value)
    return _EXACT.normalize(value)


def _whole(value: int) -> int | Decimal:
    return value if -_INT64 < value < _INT64 else _EXACT.normalize(Decimal(value))


def _fraction(value: float) -> int | Decimal:
    number = Decimal(float.__repr__(value))
    if math.isfinite(value) and not value.is_integer():  # its shortest text has no zeros to strip
        return number
    return _integral(number)


_OF_TYPE: dict[type, Callable[[Any], Value]] = {
    dict: _fields,
    list: _items,
    float: _fraction,
    int: _whole,
    Decimal: _integral,
}


def _tag(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, dt.timedelta):
        return {"$duration": str(value // dt.timedelta(microseconds=1))}
    if isinstance(value, WideDuration):
        return {"$nanoseconds": str(value.nanoseconds)}
    if isinstance(value, YearsMonthsDuration):
        return {"$months": str(value.months)}
    if isinstance(value, dt.datetime | WideDateTime):
        plain = isinstance(value, dt.datetime) and not isinstance(value.tzinfo, ZoneInfo)
        return {"$datetime": value.isoformat()} if plain else {"$feel_datetime": moment_text(value)}
    if isinstance(value, dt.date):
        return {"$date": value.isoformat()}
    if isinstance(value, WideDate):
        return {"$feel_date": value.isoformat()}
    if isinstance(value, dt.time | WideTime):
        plain = isinstance(value, dt.time) and not isinstance(value.tzinfo, ZoneInfo)
        return {"$time": value.isoformat()} if plain else {"$feel_time": time_text(value)}
    raise UnstorableValue(path="value", type=type(value).__name__)


_UNTAG: dict[str, Any] = {
    "$decimal": Decimal,
    "$datetime": dt.datetime.fromisoformat,
    "$date": dt.date.fromisoformat,
    "$time": dt.time.fromisoformat,
    "$duration": lambda text: dt.timedelta(microseconds=int(text)),
    "$nanoseconds": lambda text: WideDuration(int(text)),
    "$months": lambda text: YearsMonthsDuration(int(text)),
    "$feel_date": parse_date,
    "$feel_time": parse_time,
    "$feel_datetime": parse_moment,
}
"""What only FEEL can name, years beyond Python's, nanoseconds and named zones, is in FEEL's own text."""

_NESTS = frozenset({dict, list})
_MAY_HOLD_TEXT = frozenset({dict, list, str})
_OPTIONS_OF_A_LOOK = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_OPTIONS = _OPTIONS_OF_A_LOOK | orjson.OPT_SORT_KEYS


def dumps(value: object) -> bytes:
    """Canonical JSON of a normalised value: keys sorted, no blanks, decimals and temporals as tagged text."""
    return orjson.dumps(value, default=_tag, option=_OPTIONS)


class JsonOnce:
    """Canonical JSON of values that are written in several places of one document and beside it, each made once."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, bytes]] = {}

    def dumps(self, value: object) -> bytes:
        """As `dumps`, for a value that does not change any more."""
        made = self._made.get(id(value))
        if made is None:
            made = self._made[id(value)] = (value, dumps(value))  # with the value, so that its id stays its own
        return made[1]

    def part(self, value: object) -> object:
        """What stands for the value in a document given to `dumps`."""
        return orjson.Fragment(self.dumps(value)) if type(value) in _NESTS else value

    def parts(self, values: Mapping[str, object]) -> dict[str, object]:
        """The same for each of the values."""
        return {name: self.part(value) for name, value in values.items()}


def loads(data: bytes | str) -> Any:
    """The value that `dumps` wrote."""
    value = orjson.loads(data)
    tagged = b'"$' in data if isinstance(data, bytes) else '"$' in data
    return _untag(value) if tagged and type(value) in _NESTS else value


def _untag(value: Any) -> Any:
    """The value with its tags resolved, in place: the fresh reading is nobody else's."""
    if type(value) is dict:
        if len(value) == 1:
            ((key, item),) = value.items()
            if key in _UNTAG:
                return _UNTAG[key](item)
        for key, item in value.items():
            if type(item) in _NESTS:
                value[key] = _untag(item)
    else:
        for index, item in enumerate(value):
            if type(item) in _NESTS:
                value[index] = _untag(item)
    return value


class PlainJson(json.JSONEncoder):
    """JSON for people and other programs: decimals as numbers, temporals as ISO text. Not reversible."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return float(o) if float(o) == o or o.as_tuple().exponent else int(o)
        if isinstance(o, dt.timedelta | WideDuration):
            return duration_text(o)
        if isinstance(o, dt.time | WideTime):
            return time_text(o) if isinstance(o.tzinfo, ZoneInfo) else o.isoformat()
        if isinstance(o, dt.date | WideDate | WideDateTime | YearsMonthsDuration):
            return o.isoformat()
        return super().default(o)


def copied(value: Any) -> Any:
    """A copy of a stored value for somebody who may change it; what cannot be changed is shared."""
    kind = type(value)
    if kind not in _NESTS:
        return value
    copy = value.copy()  # most of what is inside cannot be changed
    for place, item in value.items() if kind is dict else enumerate(value):
        if type(item) in _NESTS:
            copy[place] = copied(item)
    return copy


class Copies(Mapping[str, Value]):
    """Variables for foreign code: each is copied when it is first read, so that the originals stay as they are."""

    __slots__ = ("_copies", "_originals")

    def __init__(self, originals: Mapping[str, Value]) -> None:
        self._originals = originals
        self._copies: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._copies:
            self._copies[name] = copied(self._originals[name])
        return self._copies[name]

    def __contains__(self, name: object) -> bool:
        return name in self._originals  # without reading it

    def __iter__(self) -> Iterator[str]:
        return iter(self._originals)

    def __len__(self) -> int:
        return len(self._originals)


def with_items(value: Value, items: Mapping[int, Value]) -> list[Value]:
    """The list with these items in it, by index from 0, grown where needed; what is no list counts as an empty one."""
    whole = list(value) if isinstance(value, list) else []
    whole += [None] * (max(items, default=-1) + 1 - len(whole))
    for index, item in items.items():
        whole[index] = item
    return whole
