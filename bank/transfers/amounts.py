"""Money as people write it, in yuan, read exactly into fen."""

from __future__ import annotations

import re
import unicodedata

from bank.checks.findings import Finding, error
from bank.ledger import MOST_FEN
from bank.transfers.errors import IncomingRefused

_YUAN = re.compile(r"(?P<yuan>\d{1,3}(,\d{3})+|\d{1,18})(\.(?P<fen>\d{1,2}))?", re.ASCII)


def fen_of_yuan(written: str, field: str = "amount_fen") -> int:
    """`1,234.5` is 123450. Raises IncomingRefused, naming the field, for anything but an amount to the fen."""
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if found is None:
        raise IncomingRefused([_wrong(field)])
    fen = int(found["yuan"].replace(",", "")) * 100 + int((found["fen"] or "").ljust(2, "0") or 0)
    if not 0 < fen <= MOST_FEN:
        raise IncomingRefused([_wrong(field)])
    return fen


def _wrong(field: str) -> Finding:
    return error(
        field, "amount", "An amount in yuan, more than nothing, to the fen.", "请填写大于零的金额（元），精确到分。"
    )
