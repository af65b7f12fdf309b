"""The six factors of the risk rating, each 1 to 5, read from data tables with source, date and certainty (R022)."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bank.checks.fields import flag, part, rows, text, whole
from bank.checks.identity import is_minor

HIGHEST = 5
_DEEP_LAYERS = 4  # domain reference: at least four ownership layers, or a cycle, are at least medium risk
_OTHER = "other"


@dataclass(frozen=True)
class Parameter:
    """One line of a table, with what the bank must show beside it."""

    value: int
    source: str
    as_of: str
    certainty: str
    """"H" attested, "M" and "L" to be confirmed by compliance."""


@dataclass(frozen=True)
class TurnoverStep:
    """The factor for a monthly turnover up to and including `up_to_fen` (None: any)."""

    up_to_fen: int | None
    parameter: Parameter


def _table(name: str) -> Iterator[dict[str, str]]:
    source = resources.files("bank.checks").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return iter(csv.DictReader(source.splitlines()))


def _parameter(row: Mapping[str, str]) -> Parameter:
    return Parameter(int(row["value"]), row["source"], row["as_of"], row["certainty"])


@cache
def factors() -> Mapping[tuple[str, str], Parameter]:
    """The table of factors by (factor, key)."""
    return {(row["factor"], row["key"]): _parameter(row) for row in _table("risk_factors")}


@cache
def turnover_steps(kind: str) -> tuple[TurnoverStep, ...]:
    """The steps of expected monthly turnover for "individual" or "enterprise", rising."""
    return tuple(
        TurnoverStep(int(row["up_to_fen"]) if row["up_to_fen"] else None, _parameter(row))
        for row in _table("turnover_risk")
        if row["kind"] == kind
    )


@cache
def countries(listed: str) -> frozenset[str]:
    """Codes of the "call_for_action" or "increased_monitoring" countries."""
    return frozenset(row["country"] for row in _table("countries_of_concern") if row["list"] == listed)


def _factor(factor: str, key: str) -> int:
    known = factors()
    return known[(factor, key if (factor, key) in known else _OTHER)].value


def risk_input(
    application: Mapping[str, object],
    screening: Mapping[str, object],
    ownership: Mapping[str, object],
    clearance: Mapping[str, object],
    today: dt.date,
) -> dict[str, object]:
    """The variable `risk_input`: six factors 1..5, and the facts that override the score.

    `clearance` is what the risk officer decided on screening hits; an undecided hit keeps its full weight.
    """
    kind = "individual" if text(application, "kind") == "individual" else "enterprise"
    found = _countries_of(application, kind)
    minor = is_minor(application, today)
    return {
        "customer": _customer(application, kind, ownership, minor=minor),
        "geography": max(map(_geography, found), default=1),
        "industry": industry_factor(kind if kind == "individual" else text(part(application, kind), "industry")),
        "product": _product(application),
        "activity": _activity(application, kind),
        "screening": _screening(screening, clearance),
        "pep": text(part(application, "individual"), "pep") or "none",
        "call_for_action_country": bool(found & countries("call_for_action")),
        "ownership_layers": whole(ownership, "layers") or 0,
        "ownership_cycle": flag(ownership, "cycle"),
        "sanction_confirmed": text(clearance, "decision") == "confirmed",
        "owner_refused": flag(ownership, "refused"),
        "minor": minor,
    }


def _customer(application: Mapping[str, object], kind: str, ownership: Mapping[str, object], *, minor: bool) -> int:
    if kind == "individual":
        pep = text(part(application, "individual"), "pep")
        base = _factor("customer", "minor" if minor else "individual")
        return max(base, _factor("customer", f"pep_{pep}")) if pep in {"domestic", "foreign"} else base
    base = _factor("customer", text(part(application, "enterprise"), "entity_type") or "company")
    if (whole(ownership, "layers") or 0) >= _DEEP_LAYERS or flag(ownership, "cycle"):
        base = max(base, _factor("customer", "ownership_deep"))
    if ownership and not flag(ownership, "complete"):
        base = max(base, _factor("customer", "ownership_incomplete"))
    return base


def _countries_of(application: Mapping[str, object], kind: str) -> frozenset[str]:
    if kind == "individual":
        person = part(application, "individual")
        found = {text(person, "nationality"), text(person, "tax_residency")}
    else:
        found = {
            text(part(application, "enterprise"), "tax_residency"),
            text(part(application, "legal_representative"), "nationality"),
            *(text(owner, "nationality") for owner in rows(application, "owners")),
        }
    return frozenset(found - {""})


def _geography(country: str) -> int:
    for listed in ("call_for_action", "increased_monitoring"):
        if country in countries(listed):
            return _factor("geography", listed)
    return _factor("geography", country)


@cache
def _industry_words() -> Mapping[str, str]:
    return {row["word"]: row["industry"] for row in _table("industry_words")}


def industry_factor(written: str) -> int:
    """The factor of an industry as people write it: by its code, else the riskiest industry its words name."""
    plain = written.strip().lower()
    if ("industry", plain) in factors():
        return _factor("industry", plain)
    named = {_factor("industry", industry) for word, industry in _industry_words().items() if word in plain}
    return max(named, default=_factor("industry", _OTHER))


def _product(application: Mapping[str, object]) -> int:
    base = _factor("product", text(application, "account_type"))
    online = _factor("product", "online_surcharge") if text(application, "channel") == "online" else 0
    return min(HIGHEST, base + online)


def _activity(application: Mapping[str, object], kind: str) -> int:
    expected = whole(part(application, kind), "expected_monthly_turnover_fen")
    if expected is None:
        return HIGHEST  # what the customer does not say is not taken for little
    steps = turnover_steps(kind)
    return next(s.parameter.value for s in steps if s.up_to_fen is None or expected <= s.up_to_fen)


def _screening(screening: Mapping[str, object], clearance: Mapping[str, object]) -> int:
    result = text(screening, "result")
    if result in {"review", "hold"} and text(clearance, "decision") == "cleared":
        return _factor("screening", "cleared")
    return _factor("screening", result) if result in {"clear", "review"} else _factor("screening", "hold")
