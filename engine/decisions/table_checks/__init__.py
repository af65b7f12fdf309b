"""Decision tables checked before they run: overlaps, gaps, rules without effect, cells that never match.

Every finding is proven by an example; what depends on other data is left out, and said to be (see
`docs/adr/0010-checks-of-tables-are-proven.md`).
"""

from __future__ import annotations

from engine.decisions.table_checks.check import check_tables
from engine.decisions.table_checks.findings import ExampleValue, Finding, FindingCode, RuleReference, Severity

__all__ = ["ExampleValue", "Finding", "FindingCode", "RuleReference", "Severity", "check_tables"]
