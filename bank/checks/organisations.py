"""Identifiers of organisations: unified social credit code (GB 32100) and LEI (ISO 17442)."""

from __future__ import annotations

from stdnum import lei
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from bank.checks.findings import Finding, error

_REASONS: dict[type[Exception], tuple[str, str, str]] = {
    InvalidLength: ("length", "has the wrong length", "长度不正确"),
    InvalidFormat: ("format", "holds characters that are not allowed", "含有不允许的字符"),
    InvalidChecksum: ("checksum", "has a wrong check character", "校验码不正确"),
    InvalidComponent: ("component", "holds a part that does not exist", "组成部分无效"),
}


def check_uscc(field: str, code: str) -> list[Finding]:
    """Length, alphabet and check character of a unified social credit code."""
    try:
        uscc.validate(code)
    except ValidationError as refused:
        return [_finding(field, "uscc", "unified social credit code", "统一社会信用代码", refused)]
    return []


def check_lei(field: str, code: str) -> list[Finding]:
    """Length, alphabet and check digits (MOD 97-10) of a legal entity identifier."""
    try:
        lei.validate(code)
    except ValidationError as refused:
        return [_finding(field, "lei", "legal entity identifier", "法人机构识别编码（LEI）", refused)]
    return []


def _finding(field: str, prefix: str, en: str, zh: str, refused: ValidationError) -> Finding:
    suffix, reason_en, reason_zh = _REASONS.get(type(refused), ("invalid", "is not valid", "无效"))
    return error(field, f"{prefix}_{suffix}", f"The {en} {reason_en}.", f"{zh}{reason_zh}。")
