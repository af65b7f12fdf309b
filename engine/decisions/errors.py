"""Why a DMN file is not accepted, and why a table has no answer."""

from __future__ import annotations

from engine.model.errors import ResourceRefused
from persistence.errors import ErrorKind, KaihuError


class DecisionRefused(ResourceRefused):
    """The file is not DMN, or holds something that could not be carried out as drawn."""

    code = "decision_refused"


class HitPolicyViolated(KaihuError):
    """More rules matched than the table's hit policy allows (DMN 1.5, 8.2.8)."""

    code = "hit_policy_violated"
    kind = ErrorKind.INVALID
    en = "The decision {decision} has hit policy {policy}, but the rules {rules} all match."
    zh = "决策 {decision} 的命中策略为 {policy}，但规则 {rules} 同时命中。"
