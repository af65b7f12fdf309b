"""How values look on a page: money, times, yes and no, names of people. No page computes anything else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, get_timezone, ngettext
from flask_babel import gettext as _

from engine.model.actor import Actor, ActorKind
from engine.model.values import Value
from web.languages import in_language
from web.services import services
from web.uploads.listing import size
from web.vocabulary import field_label, input_label, role_label, warning_text, word_label

_FEN_PER_YUAN = 100
_CERTAINTY = re.compile(r"(?<=\d{4}-\d\d-\d\d; )[HML](?=;|$)")
"""How well a rule is attested, as the tables note it behind the date."""
_TARGET = re.compile(r"(?P<amount>\d+(\.\d)?) ?(?P<unit>min|h|b|d)")


def money(fen: int) -> str:
    """Integer fen as yuan with two decimals."""
    return "¥ " + str(format_decimal(Decimal(fen) / _FEN_PER_YUAN, format="#,##0.00"))


def moment(time: dt.datetime | None) -> str:
    """A UTC time for a reader in the bank's zone, to the minute."""
    return "–" if time is None else str(format_datetime(time, "yyyy-MM-dd HH:mm"))


def second(time: dt.datetime) -> str:
    """A UTC time for a reader in the bank's zone, to the second."""
    return str(format_datetime(time, "yyyy-MM-dd HH:mm:ss"))


def day(time: dt.datetime | dt.date | None) -> str:
    """A day, without the time."""
    return "–" if time is None else str(format_date(time, "yyyy-MM-dd"))


def target(text: str) -> str:
    """A step's `sla` in words: minutes, hours and days of business, calendar days; any other text as it is."""
    found = _TARGET.fullmatch(text.strip())
    if found is None:
        return text
    amount = found["amount"]
    if (amount, found["unit"]) == ("0.5", "b"):
        return str(_("half a business day"))
    count = 1 if amount == "1" else 2  # English says 0.5 and 1.5 days
    match found["unit"]:
        case "min":
            words = ngettext("%(amount)s minute", "%(amount)s minutes", count, amount=amount)
        case "h":
            words = ngettext("%(amount)s business hour", "%(amount)s business hours", count, amount=amount)
        case "b":
            words = ngettext("%(amount)s business day", "%(amount)s business days", count, amount=amount)
        case _:
            words = ngettext("%(amount)s day", "%(amount)s days", count, amount=amount)
    return str(words)


def shown(name: str, value: Value) -> str:
    """A single variable's value as text; money by the name's ending `_fen`, times by themselves."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name.endswith("_fen") and isinstance(value, int):
        return money(value)
    if isinstance(value, str):
        time = _time(value)
        return moment(time) if time else word_label(value, name)
    if isinstance(value, dt.datetime):
        return moment(value)
    return str(value)


def _time(text: str) -> dt.datetime | None:
    """ISO 8601 with a time; without zone it is the bank's own, and FEEL may name one: `@Asia/Shanghai`."""
    local, _, place = text.partition("@")
    if "T" not in local:
        return None
    try:
        found, zone = dt.datetime.fromisoformat(local), ZoneInfo(place or str(get_timezone()))
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def annotated(text: str) -> str:
    """The annotation of a rule (source; date; certainty; …), its certainty in words."""
    return _CERTAINTY.sub(lambda found: word_label(found[0], "certainty"), text)


def is_group(value: object) -> bool:
    """Whether a value has named parts of its own."""
    return isinstance(value, Mapping)


def is_rows(value: object) -> bool:
    """Whether a value is a list."""
    return isinstance(value, list | tuple)


def job_name(job_type: str) -> str:
    """The name of the worker for a job type; the type itself where that worker is no longer here."""
    handler = services().handlers.get(job_type)
    return job_type if handler is None else in_language(handler.name, handler.name_en)


def machine_name(actor: Actor) -> str:
    """Which worker acted; empty for the engine's own parts, which say nothing beside the command they give."""
    return job_name(actor.name) if actor.kind is ActorKind.WORKER else ""


def return_path() -> str:
    """Where the language switch returns to: this page when it can be asked for again, else the start page."""
    if request.method != "GET" or request.routing_exception is not None:
        return url_for("start.home")
    query = request.query_string.decode("latin-1")
    return request.path + (f"?{query}" if query else "")


def present(app: Flask) -> None:
    """Make the functions known to the templates."""
    app.jinja_env.filters.update(money=money, moment=moment, second=second, day=day, size=size, role_label=role_label)
    app.jinja_env.globals.update(
        shown=shown,
        is_group=is_group,
        is_rows=is_rows,
        input_label=input_label,
        field_label=field_label,
        role_label=role_label,
        target=target,
        annotated=annotated,
        warning_text=warning_text,
        job_name=job_name,
        machine_name=machine_name,
        name_of=lambda row: in_language(row.name, row.name_en),
        process_name_of=lambda row: in_language(row.process_name, row.process_name_en),
        return_path=return_path,
    )
