"""One name in the forms it is compared in: simplified characters, pinyin readings, Latin words, other letters."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import product

from opencc import OpenCC

from bank.checks.romanisation import Reading, pinyin_readings, wade_giles_readings, words

_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_MOST_READINGS = 16  # heteronyms multiply; beyond this a name is compared by characters alone
_LEGAL_FORMS_HAN = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司|合伙企业|有限合伙|个体工商户)")
_LEGAL_FORMS_LATIN = frozenset(
    [
        "co",
        "company",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "llc",
        "llp",
        "plc",
        "gmbh",
        "ag",
        "sa",
        "bv",
        "pte",
        "group",
        "holdings",
    ]
)


@dataclass(frozen=True)
class NameForms:
    """A name taken apart for comparison."""

    written: str
    """NFKC, trimmed, without invisible signs; what explanations show."""
    han: str
    """Its characters in simplified form, without blanks and marks; empty for a Latin name."""
    han_readings: frozenset[Reading]
    pinyin: frozenset[Reading]
    """Readings of a Latin spelling as pinyin."""
    wade_giles: frozenset[Reading]
    latin: str
    """Its Latin words in alphabetical order, legal forms dropped; empty where they only spell its characters."""
    other: str
    """Its words in other scripts (Cyrillic, Arabic, …), in small letters and alphabetical order."""

    @property
    def core(self) -> str:
        """The characters without the legal form, which every company shares."""
        return _LEGAL_FORMS_HAN.sub("", self.han) or self.han


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


@cache
def _surnames() -> dict[str, tuple[str, ...]]:
    source = resources.files("bank.checks").joinpath("data/surname_readings.csv").read_text(encoding="utf-8")
    return {row["surname"]: tuple(row["readings"].split()) for row in csv.DictReader(source.splitlines())}


@lru_cache(maxsize=16_384)
def name_forms(name: str) -> NameForms:
    """NFKC → traditional to simplified → readings, with the readings surnames have (R088)."""
    visible = "".join(sign for sign in name if unicodedata.category(sign) != "Cf")
    written = unicodedata.normalize("NFKC", visible).strip()
    han = "".join(_HAN.findall(_to_simplified().convert(written)))
    han_readings, pinyin_of_latin = _readings(han), pinyin_readings(written)
    # One character added to a Latin name must not hide it; a spelling beside its characters says nothing new.
    spelled = bool(han_readings & pinyin_of_latin)
    latin = "" if spelled else " ".join(sorted(w for w in words(written) if w not in _LEGAL_FORMS_LATIN))
    return NameForms(
        written=written,
        han=han,
        han_readings=han_readings,
        pinyin=frozenset() if spelled else pinyin_of_latin,
        wade_giles=frozenset() if spelled else wade_giles_readings(written),
        latin=latin,
        other=_other_words(written),
    )


def _other_words(written: str) -> str:
    """Words in neither Chinese characters nor the Latin alphabet, without vowel marks."""
    plain = (sign for sign in unicodedata.normalize("NFKD", written.casefold()) if unicodedata.category(sign) != "Mn")
    return " ".join(sorted("".join(sign if _is_other_letter(sign) else " " for sign in plain).split()))


def _is_other_letter(sign: str) -> bool:
    return sign.isalpha() and not _HAN.match(sign) and not unicodedata.name(sign, "").startswith("LATIN ")


def is_comparable(name: str) -> bool:
    """Whether screening sees all of a name: characters and Latin letters, with blanks, digits and punctuation.

    Letters that only look Latin, private characters, pictures and invisible signs could hide a listed name.
    """
    return all(map(_is_comparable, unicodedata.normalize("NFKC", name)))


def _is_comparable(sign: str) -> bool:
    category = unicodedata.category(sign)
    if _HAN.match(sign):
        return True
    if category[0] == "L":
        return unicodedata.name(sign, "").startswith(("LATIN ", "MODIFIER LETTER "))
    return category[0] != "C" and category != "So"


def _readings(han: str) -> frozenset[Reading]:
    """The readings of a personal name: 单 as a surname is shan, not dan."""
    if not 2 <= len(han) <= 6:  # longer ones are names of organisations, told apart by their characters
        return frozenset()
    from pypinyin import Style, pinyin  # noqa: PLC0415  loads 47,000 phrases; a start of the server needs none

    surname = next((han[:size] for size in (2, 1) if han[:size] in _surnames()), "")
    given = [tuple(options) for options in pinyin(han[len(surname) :], style=Style.NORMAL, heteronym=True)]
    if surname and len(surname) > 1:
        family: list[tuple[str, ...]] = [(reading,) for reading in _surnames()[surname]]
    else:
        family = [_surnames()[surname]] if surname else []
    combined = sorted(product(*family, *given))
    return frozenset(tuple(reading) for reading in combined[:_MOST_READINGS])
