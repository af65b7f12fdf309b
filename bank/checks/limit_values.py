"""Whether a set of limits makes sense before it is stored: whole fen, in order (CP3, R022, R090)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from bank.checks.fields import whole
from bank.checks.findings import Finding, error

_REQUIRED = ("single_fen", "daily_fen")
_ORDER = ("single_fen", "daily_fen", "yearly_fen")


def check_limits(limits: Mapping[str, object]) -> list[Finding]:
    """A single limit and a daily one in fen; single ≤ daily ≤ yearly (when there is one); nothing negative."""
    findings = [
        error(f"limits.{name}", "limit_missing", "This limit is missing.", "缺少该项限额。")
        for name in _REQUIRED
        if whole(limits, name) is None
    ]
    given = [(name, value) for name in _ORDER if (value := whole(limits, name)) is not None]
    findings += [
        error(f"limits.{name}", "limit_negative", "A limit cannot be negative.", "限额不能为负数。")
        for name, value in given
        if value < 0
    ]
    for (_, smaller), (name, larger) in pairwise(given):
        if smaller > larger:
            findings.append(
                error(
                    f"limits.{name}",
                    "limit_order",
                    "A limit for a longer time must not be below the one for a shorter time.",
                    "较长期间的限额不得低于较短期间的限额。",
                )
            )
    return findings
