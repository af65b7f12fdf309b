"""Chinese names in Latin letters: every reading a spelling may stand for, in Hanyu Pinyin or Wade–Giles.

A reading is a tuple of toneless pinyin syllables, surname first, with v for ü: ("zhang", "wei").
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from importlib import resources

Reading = tuple[str, ...]

_MOST_SYLLABLES = 8
_MOST_READINGS = 64  # of one name; a longer spelling has no more meaning as a Chinese name
_APOSTROPHES = str.maketrans({"’": "'", "ʻ": "'", "‘": "'", "`": "'", "ʼ": "'"})
_WORD = re.compile(r"[a-zü']+")

_INITIALS = {
    "zh": "ch", "ch": "ch'", "sh": "sh", "b": "p", "p": "p'", "d": "t", "t": "t'", "g": "k", "k": "k'",
    "j": "ch", "q": "ch'", "x": "hs", "r": "j", "z": "ts", "c": "ts'",
}  # fmt: skip
_WHOLE = {
    "zi": "tzu", "ci": "tz'u", "si": "ssu", "zhi": "chih", "chi": "ch'ih", "shi": "shih", "ri": "jih",
    "er": "erh", "e": "o", "ge": "ko", "ke": "k'o", "he": "ho", "yi": "i", "you": "yu", "yu": "yü",
    "yan": "yen", "ye": "yeh", "yue": "yüeh", "yuan": "yüan", "yun": "yün", "yong": "yung",
    "guo": "kuo", "kuo": "k'uo", "huo": "huo", "shuo": "shuo", "gui": "kuei", "kui": "k'uei",
}  # fmt: skip
_FINALS = {"ong": "ung", "iong": "iung", "ian": "ien", "ie": "ieh", "uo": "o", "ve": "üeh", "v": "ü"}
_FRONT_FINALS = {"u": "ü", "uan": "üan", "ue": "üeh", "un": "ün"}
"""After j, q and x pinyin writes u for ü."""


@cache
def syllables() -> frozenset[str]:
    """Every syllable of Standard Chinese."""
    text = resources.files("bank.checks").joinpath("data/pinyin_syllables.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def wade_giles(syllable: str) -> str:
    """The Wade–Giles spelling of a pinyin syllable, with apostrophes and ü: "zhang" → "chang", "qu" → "ch'ü"."""
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial = next((i for i in ("zh", "ch", "sh") if syllable.startswith(i)), syllable[0])
    final = syllable[len(initial) :]
    if initial in {"j", "q", "x"}:
        final = _FRONT_FINALS.get(final, final)
    return _INITIALS.get(initial, initial) + _FINALS.get(final, final)


@cache
def _wade_giles_table() -> dict[str, frozenset[str]]:
    """From each spelling people use (marks often dropped) to the syllables it may mean."""
    table: dict[str, set[str]] = defaultdict(set)
    for syllable in syllables():
        spelling = wade_giles(syllable)
        for written in (spelling, spelling.replace("ü", "u")):
            table[written].add(syllable)
            table[written.replace("'", "")].add(syllable)
    return {written: frozenset(meant) for written, meant in table.items()}


def words(name: str) -> list[str]:
    """The Latin words of a name, in small letters, diacritics but for ü and invisible signs dropped; hyphens divide."""
    plain = name.lower().translate(_APOSTROPHES).replace("ü", "\0")
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if unicodedata.category(c) not in ("Mn", "Cf"))
    return _WORD.findall(plain.replace("\0", "ü").replace("u:", "ü"))


@lru_cache(maxsize=4096)
def pinyin_readings(name: str) -> frozenset[Reading]:
    """What the name means when its letters are pinyin: surname first as written, or last as in the West."""
    return _orders([_segments(word.replace("'", "")) for word in words(name)])


@lru_cache(maxsize=4096)
def wade_giles_readings(name: str) -> frozenset[Reading]:
    """What the name means when its syllables are Wade–Giles, less what it means as pinyin."""
    table = _wade_giles_table()
    parts: list[frozenset[Reading]] = [
        frozenset((syllable,) for syllable in table.get(word, ())) for word in words(name)
    ]
    return _orders(parts) - pinyin_readings(name)


def _orders(parts: list[frozenset[Reading]]) -> frozenset[Reading]:
    if not parts or not all(parts):
        return frozenset()
    readings = _product(parts)
    if len(parts) == 1:  # "WEIZHANG": the surname may be the last syllable
        turned = {reading[-1:] + reading[:-1] for reading in readings}
    else:
        turned = _product([parts[-1], *parts[:-1]])
    return frozenset(reading for reading in readings | turned if 2 <= len(reading) <= _MOST_SYLLABLES)


def _product(parts: list[frozenset[Reading]]) -> set[Reading]:
    readings: set[Reading] = {()}
    for part in parts:
        readings = set(sorted(before + after for before in readings for after in part)[:_MOST_READINGS])
    return readings


def _segments(word: str) -> frozenset[Reading]:
    """Every way to cut a word into syllables; "xian" is xian or xi an, "lu" may also be lü."""
    plain = word.replace("yu", "v") if word in {"lyu", "nyu"} else word.replace("ü", "v")
    found: set[Reading] = set()
    waiting: list[tuple[Reading, str]] = [((), plain)]
    while waiting and len(found) < _MOST_READINGS:
        before, rest = waiting.pop()
        if not rest:
            found.add(before)
            continue
        if len(before) < _MOST_SYLLABLES:
            waiting += [
                ((*before, rest[:size]), rest[size:])
                for size in range(1, min(6, len(rest)) + 1)
                if rest[:size] in syllables()
            ]
    umlauts = {tuple({"lu": "lv", "nu": "nv"}.get(syllable, syllable) for syllable in reading) for reading in found}
    return frozenset(found | umlauts)
