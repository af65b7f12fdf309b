"""The data of the measured case: an application of 10 KB, as large as a real one with its owners."""

from __future__ import annotations

from typing import Any

_OWNERS = 40


def application() -> dict[str, Any]:
    """About 10 KB of JSON."""
    owners = [
        {
            "name": f"股东{number:03d}",
            "kind": "person",
            "share_percent": 2.5,
            "id_number": f"31010119820415{number:04d}",
            "nationality": "CN",
            "date_of_birth": "1982-04-15",
            "address": f"上海市浦东新区张江路{number}号澄明精密仪器有限公司宿舍",
        }
        for number in range(_OWNERS)
    ]
    return {"application": {"kind": "enterprise", "purpose": "货款结算", "owners": owners}, "risk": 30}
