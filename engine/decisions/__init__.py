"""Decisions: DMN 1.1 to 1.5 files read, evaluated and explained."""

from __future__ import annotations

from engine.decisions.errors import DecisionRefused, HitPolicyViolated
from engine.decisions.hit_policies import Aggregation, HitPolicy
from engine.decisions.library import Library, ModelFile
from engine.decisions.model import Decision, DecisionModel, DecisionResult
from engine.decisions.parser import parse_decisions, read_model

__all__ = [
    "Aggregation",
    "Decision",
    "DecisionModel",
    "DecisionRefused",
    "DecisionResult",
    "HitPolicy",
    "HitPolicyViolated",
    "Library",
    "ModelFile",
    "parse_decisions",
    "read_model",
]
