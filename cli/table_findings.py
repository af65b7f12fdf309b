"""What the checks of decision tables found, as lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cli.wording import in_language
from engine.decisions.table_checks import Finding, Severity
from persistence.settings import Settings

_WORDS = {
    Severity.FAILURE: ("failure", "错误"),
    Severity.WARNING: ("warning", "警告"),
    Severity.NOTE: ("note", "说明"),
}


def finding_lines(settings: Settings, findings: Sequence[Finding]) -> Iterator[str]:
    """A line per finding, which says its example; below a gap, the rule that would close it."""
    if not findings:
        yield in_language(settings, zh="决策表检查未发现问题。", en="Nothing was found in the tables.")
    for finding in findings:
        en, zh = _WORDS[finding.severity]
        place = finding.holder if finding.table in ("", finding.holder) else f"{finding.holder} ({finding.table})"
        yield f"{in_language(settings, zh=f'{zh}：', en=f'{en}: ')}{place}: {finding.text(settings.language)}"
        if finding.missing:
            yield "  " + in_language(settings, zh="可补充规则：", en="rule to add: ") + " | ".join(finding.missing)


def finding_json(settings: Settings, finding: Finding) -> dict[str, Any]:
    """A finding for programs; `example` has the FEEL text of each input expression's value."""
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "decision": finding.holder,
        "table": finding.table,
        "rules": [rule.number for rule in finding.rules],
        "columns": list(finding.columns),
        "example": {each.expression: each.feel for each in finding.example},
        "missing": list(finding.missing),
        "message": finding.text(settings.language),
    }


def is_serious(finding: Finding) -> bool:
    """Whether it is more than a note."""
    return finding.severity is not Severity.NOTE
