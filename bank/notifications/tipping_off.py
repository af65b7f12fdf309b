"""What a letter must never say: anything that tells the customer of a screening or a suspicion.

《反洗钱法》 art. 7 (2024): whoever reports keeps it secret. Staff type reasons for letters by hand, so the
wording is looked at once more before it leaves. Words of everyday letters (名单 as in 股东名单) are not among these.
"""

from __future__ import annotations

import re

_WORDS = (
    "制裁", "黑名单", "名单筛查", "名单核查", "筛查", "命中", "洗钱", "恐怖", "可疑", "政治公众人物", "公众人物",
    "高风险", "风险等级", "尽职调查", "sanction", "screening", "screened", "watch list", "watchlist", "blacklist",
    "launder", "terroris", "suspicio", "high risk", "high-risk", "risk rating", "due diligence",
    r"\bPEPs?\b", r"\bAML\b", r"\bOFAC\b",
)  # fmt: skip
_TELLING = re.compile("|".join(_WORDS), re.IGNORECASE)


def tips_off(text: str) -> bool:
    """Whether `text` would tell a customer of a screening, a rating or a suspicion."""
    return _TELLING.search(text) is not None
