"""What commands print, in the language of KAIHU_LANGUAGE; help texts and the reports of plays are English."""

from __future__ import annotations

from persistence.settings import Settings


def in_language(settings: Settings, *, zh: str, en: str) -> str:
    """The one of two texts that the person reads."""
    return en if settings.language == "en" else zh


def role_name(settings: Settings, role: str) -> str:
    """The role's name for the person; raises KeyError for a role there is none of."""
    from bank.people import ROLES  # noqa: PLC0415  other commands need not wait for the bank

    return in_language(settings, zh=ROLES[role].name_zh, en=ROLES[role].name_en)
