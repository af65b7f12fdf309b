"""Names that screening can read: whatever hides a part of a name goes to a person (R088)."""

from __future__ import annotations

from bank.checks.findings import Finding, error
from bank.checks.names import is_comparable


def check_name(field: str, name: str) -> list[Finding]:
    """An error for letters that are neither Chinese nor Latin, for pictures and for invisible signs; `field` is a path.

    An empty name is none of its business.
    """
    if is_comparable(name):
        return []
    return [
        error(
            field,
            "name_not_comparable",
            "The name must be written in Chinese characters or Latin letters, as in the document, without other signs.",
            "姓名或名称须按证件以汉字或拉丁字母填写，不得含有其他文字、图形或不可见字符，否则无法进行名单筛查。",
        )
    ]
