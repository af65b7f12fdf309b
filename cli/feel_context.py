"""What commands that evaluate FEEL are given: the variables as JSON, the time, the calendar's functions."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn, cast

import click

from engine.feel import Environment, ExternalFunction, FeelValue
from engine.feel.size import measured
from engine.model.values import normalise
from persistence.errors import ErrorKind, KaihuError
from persistence.settings import Settings

MAX_CONTEXT = 2 * 1024 * 1024
"""Bytes of JSON; as much as a decision model may have."""

_MAX_EXPONENT = 6144
"""Of a decimal with 34 digits (IEEE 754-2008, decimal128), which is what a FEEL number is (DMN 1.5, 10.3.2.3.1)."""

_CALENDAR_FUNCTIONS = ("business days after", "business hours after")


class ContextUnreadable(KaihuError):
    """The variables given are not one JSON object. Fields: `reason`, `reason_zh`."""

    code = "context_unreadable"
    en = "The context is not readable: {reason}."
    zh = "无法读取上下文：{reason_zh}。"


class ContextTooLarge(KaihuError):
    """More JSON than is read. Fields: `limit`."""

    code = "context_too_large"
    kind = ErrorKind.TOO_LARGE
    en = "The context is larger than {limit} bytes."
    zh = "上下文超过 {limit} 字节。"


def read_context(given: str) -> dict[str, FeelValue]:
    """The variables in JSON text, in the file `@NAME`, or on standard input (`-`); none for an empty text.

    Numbers are read exactly. A JSON string is a FEEL string: dates and durations are made of one in the expression,
    as in `date(signed_on)`. Raises ContextUnreadable, ContextTooLarge, UnstorableValue, NestedTooDeep, TooManyItems.
    """
    if not given:
        return {}
    raw = _bytes_of(given)
    if len(raw) > MAX_CONTEXT:
        raise ContextTooLarge(limit=MAX_CONTEXT)
    try:
        found = json.loads(
            raw.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_number,
            parse_constant=_not_a_number,
            object_pairs_hook=_entries,
        )
    except UnicodeDecodeError as error:
        raise ContextUnreadable(reason="it is not UTF-8", reason_zh="不是 UTF-8 编码") from error
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        raise ContextUnreadable(
            reason="line {line}, column {column} is not JSON".format(**where),
            reason_zh="第 {line} 行第 {column} 列不是有效的 JSON".format(**where),
        ) from error
    except RecursionError as error:
        raise ContextUnreadable(reason="it is nested too deeply", reason_zh="嵌套过深") from error
    if not isinstance(found, dict):
        raise ContextUnreadable(reason="it must be one JSON object", reason_zh="须为一个 JSON 对象")
    measured(found)
    return cast(dict[str, FeelValue], normalise(found, "context"))


def _bytes_of(given: str) -> bytes:
    if given == "-":
        return sys.stdin.buffer.read(MAX_CONTEXT + 1)
    if not given.startswith("@"):
        return given.encode(errors="surrogateescape")
    try:
        with Path(given[1:]).open("rb") as file:
            return file.read(MAX_CONTEXT + 1)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "no such file"
        raise ContextUnreadable(reason=f"{given[1:61]}: {why}", reason_zh=f"{given[1:61]}：{why}") from error


def _number(text: str) -> int | Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        _not_a_number(text)
    if number and abs(number.adjusted()) > _MAX_EXPONENT:
        _not_a_number(text)
    return int(number) if text.lstrip("-").isdigit() else number


def _not_a_number(text: str) -> NoReturn:
    reason = {"reason": f"{text[:40]} is not a FEEL number", "reason_zh": f"{text[:40]} 不是 FEEL 数字"}
    raise ContextUnreadable(**reason)


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ContextUnreadable(reason="an object has a name twice", reason_zh="对象中有重复的名称")
    return entries


def names_in(context: Mapping[str, FeelValue]) -> frozenset[str]:
    """Every name in the context, at all levels: expressions may use them though they hold blanks or operators."""
    names: set[str] = set()
    waiting: list[FeelValue] = [context]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            names.update(current)
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)
    return frozenset(names)


class Moment(click.ParamType[dt.datetime]):
    """An instant such as `2026-11-23T09:00:00Z`; without an offset it is in the bank's zone."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """The instant in UTC."""
        if isinstance(value, dt.datetime):
            return value
        settings = ctx.obj if ctx and isinstance(ctx.obj, Settings) else Settings.from_environment()
        try:
            moment = dt.datetime.fromisoformat(str(value))
            return (moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            self.fail(f"{str(value)[:40]!r} is not an instant such as 2026-11-23T09:00:00Z.", param, ctx)


def environment_for(settings: Settings, at: dt.datetime | None, texts: Collection[str]) -> Environment:
    """Where the `texts` are evaluated: now or at the given instant, with the calendar where one of them asks for it."""
    asked = any(name in text for name in _CALENDAR_FUNCTIONS for text in texts)
    return Environment(now=at or dt.datetime.now(dt.UTC), functions=_calendar() if asked else {}, zone=settings.zone)


def _calendar() -> Mapping[str, ExternalFunction]:
    from cli.functions import calendar_functions  # noqa: PLC0415  half a second that most evaluations need not wait

    return calendar_functions()
