"""Name screening: who on the list may be this person, how sure, and why (R088).

Bands: 95 and more hold the case; 85–94 go to review; 75–84 go to review only when a second factor (date of birth
or identity number) agrees. A name alone never confirms anybody: a person decides every hit and records the reason.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from rapidfuzz import fuzz, process

from bank.checks.names import NameForms, is_comparable, name_forms
from bank.checks.resident_id import compact
from bank.checks.romanisation import Reading

HOLD_FROM = 95
REVIEW_FROM = 85
SECOND_FACTOR_FROM = 75

# A spelling in Latin letters stands for many names in characters, so its full agreement is worth less than theirs.
_SAME_READING = 92
_SAME_WADE_GILES = 88
_HOMOPHONE = 80
_LATIN_LIKENESS = 0.92  # a near miss of a romanised Chinese name can at most reach review with a second factor


class Band(StrEnum):
    """What a hit does to the case."""

    HOLD = "hold"
    REVIEW = "review"


@dataclass(frozen=True)
class ListEntry:
    """One listed party."""

    id: str
    kind: str
    """"person" or "entity"."""
    names: tuple[str, ...]
    """Main name first, then other scripts and aliases."""
    list_name: str
    category: str
    """"sanction" or "pep"."""
    date_of_birth: dt.date | None = None
    id_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Subject:
    """A party of the application to be screened."""

    name: str
    kind: str = "person"
    date_of_birth: dt.date | None = None
    id_number: str = ""


@dataclass(frozen=True)
class Hit:
    """A listed party that may be the subject, with the explanation."""

    subject: str
    entry: ListEntry
    listed_name: str
    score: Decimal
    second_factor: str
    """"date_of_birth", "id_number", "both", "differs" or "unknown"."""
    band: Band
    reason_en: str
    reason_zh: str

    def value(self) -> dict[str, object]:
        """The hit as a process variable."""
        return {
            "name": self.subject,
            "listed_name": self.listed_name,
            "entry": self.entry.id,
            "list_name": self.entry.list_name,
            "category": self.entry.category,
            "score": self.score,
            "second_factor": self.second_factor,
            "band": self.band.value,
            "reason_en": self.reason_en,
            "reason_zh": self.reason_zh,
        }


@dataclass
class _Candidate:
    score: float = 0.0
    name: str = ""
    en: str = ""
    zh: str = ""


@dataclass(frozen=True)
class _Listed:
    forms: NameForms
    entry: int


@dataclass
class ScreeningIndex:
    """A list taken apart once, so that a name is looked up in milliseconds. Read-only after building."""

    entries: Sequence[ListEntry]
    version: str
    """Hash of the content and its date; stored with every result."""
    _listed: list[_Listed] = field(default_factory=list, init=False)
    _by_reading: dict[Reading, list[int]] = field(default_factory=lambda: defaultdict(list), init=False)
    _han: dict[int, str] = field(default_factory=dict, init=False)
    _latin: dict[int, str] = field(default_factory=dict, init=False)
    _spelled: dict[int, str] = field(default_factory=dict, init=False)
    _other: dict[int, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for position, entry in enumerate(self.entries):
            for name in entry.names:
                self._add(_Listed(name_forms(name), position))

    def _add(self, listed: _Listed) -> None:
        number = len(self._listed)
        self._listed.append(listed)
        forms = listed.forms
        for reading in forms.han_readings | forms.pinyin:
            self._by_reading[reading].append(number)
        if forms.han:
            self._han[number] = forms.core
            if forms.han_readings:
                self._spelled[number] = "".join(min(forms.han_readings))
        elif forms.latin:
            self._latin[number] = forms.latin
        if forms.other:
            self._other[number] = forms.other

    def screen(self, subjects: Iterable[Subject]) -> list[Hit]:
        """All hits on the subjects, the surest first; each entry at most once per subject."""
        hits = [hit for subject in subjects for hit in self._screen(subject)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.entry.id, hit.subject))

    def _screen(self, subject: Subject) -> list[Hit]:
        forms = name_forms(subject.name)
        candidates: dict[int, _Candidate] = defaultdict(_Candidate)
        if forms.han:
            self._by_characters(forms, candidates)
        if forms.latin:
            self._by_letters(forms, candidates)
        if forms.other:
            self._by_other_script(forms, candidates)
        hits = (self._hit(subject, self.entries[entry], found) for entry, found in candidates.items())
        return [hit for hit in hits if hit is not None]

    def _by_characters(self, forms: NameForms, candidates: dict[int, _Candidate]) -> None:
        for _, score, number in process.extract(
            forms.core, self._han, scorer=fuzz.ratio, score_cutoff=SECOND_FACTOR_FROM, limit=None
        ):
            if score >= 100:
                self._offer(candidates, number, 100, "the characters are the same", "汉字相同（繁简归一后）")
            else:
                self._offer(candidates, number, score, "the characters are alike", "汉字相近")
        for reading in forms.han_readings:
            for number in self._by_reading.get(reading, ()):
                if self._listed[number].forms.han:
                    self._offer(
                        candidates, number, _HOMOPHONE, "other characters of the same sound", "同音不同字，须有第二要素"
                    )
                else:
                    self._offer(
                        candidates, number, _HOMOPHONE, "the listed spelling fits", "与名单拼写读音相同，须有第二要素"
                    )

    def _by_letters(self, forms: NameForms, candidates: dict[int, _Candidate]) -> None:
        for _, score, number in process.extract(
            forms.latin, self._latin, scorer=fuzz.ratio, score_cutoff=SECOND_FACTOR_FROM, limit=None
        ):
            worth = score
            if self._listed[number].forms.pinyin:  # a romanised Chinese name: many people share each spelling
                worth = _SAME_READING if score >= 100 else score * _LATIN_LIKENESS
            self._offer(candidates, number, worth, "the letters agree or nearly agree", "拉丁字母拼写相同或相近")
        for readings, worth, en, zh in (
            (forms.pinyin, _SAME_READING, "the same pinyin", "拼音相同"),
            (
                forms.wade_giles,
                _SAME_WADE_GILES,
                "the same name in Wade–Giles spelling",
                "威妥玛拼音与名单姓名读音相同",
            ),
        ):
            for reading in readings:
                for number in self._by_reading.get(reading, ()):
                    self._offer(candidates, number, worth, en, zh)
        self._by_spelling(forms, candidates)

    def _by_other_script(self, forms: NameForms, candidates: dict[int, _Candidate]) -> None:
        for _, score, number in process.extract(
            forms.other, self._other, scorer=fuzz.ratio, score_cutoff=SECOND_FACTOR_FROM, limit=None
        ):
            self._offer(candidates, number, score, "the letters agree or nearly agree", "原文拼写相同或相近")

    def _by_spelling(self, forms: NameForms, candidates: dict[int, _Candidate]) -> None:
        for spelled in {"".join(reading) for reading in forms.pinyin}:
            for _, score, number in process.extract(
                spelled,
                self._spelled,
                scorer=fuzz.ratio,
                score_cutoff=SECOND_FACTOR_FROM / _LATIN_LIKENESS,
                limit=None,
            ):
                if score < 100:
                    self._offer(candidates, number, score * _LATIN_LIKENESS, "nearly the same pinyin", "拼音相近")

    def _offer(self, candidates: dict[int, _Candidate], number: int, score: float, en: str, zh: str) -> None:
        listed = self._listed[number]
        best = candidates[listed.entry]
        if score > best.score:
            best.score, best.name, best.en, best.zh = score, listed.forms.written, en, zh

    def _hit(self, subject: Subject, entry: ListEntry, found: _Candidate) -> Hit | None:
        factor = _second_factor(subject, entry)
        agrees = factor in _AGREES
        if found.score >= HOLD_FROM:
            band = Band.HOLD
        elif found.score >= REVIEW_FROM or (found.score >= SECOND_FACTOR_FROM and agrees):
            band = Band.REVIEW
        else:
            return None
        score = Decimal(str(round(found.score, 1)))
        en, zh = _FACTOR_TEXT[factor]
        return Hit(
            subject=subject.name,
            entry=entry,
            listed_name=found.name,
            score=score,
            second_factor=factor,
            band=band,
            reason_en=f"Score {score:f}: {found.en}; {en}. A name alone confirms nobody.",
            reason_zh=f"得分{score:f}：{found.zh}；{zh}。仅凭姓名不能确认。",
        )


_AGREES = frozenset({"date_of_birth", "id_number", "both"})
_FACTOR_TEXT = {
    "date_of_birth": ("the date of birth agrees", "出生日期一致"),
    "id_number": ("the identity number agrees", "证件号码一致"),
    "both": ("date of birth and identity number agree", "出生日期和证件号码均一致"),
    "differs": ("the second factor differs", "第二要素不一致"),
    "unknown": ("no second factor can be compared", "无可比对的第二要素"),
}


def _second_factor(subject: Subject, entry: ListEntry) -> str:
    number = compact(subject.id_number)
    same_number = bool(number) and number in entry.id_numbers
    comparable_birth = subject.date_of_birth is not None and entry.date_of_birth is not None
    same_birth = comparable_birth and subject.date_of_birth == entry.date_of_birth
    if same_number and same_birth:
        return "both"
    if same_number:
        return "id_number"
    if same_birth:
        return "date_of_birth"
    return "differs" if comparable_birth or (number and entry.id_numbers) else "unknown"


def unreadable(subjects: Iterable[Subject]) -> list[Hit]:
    """A hit without an entry for every name that screening cannot read in full: finding nothing in it means nothing."""
    return [
        Hit(
            subject=subject.name,
            entry=ListEntry("", subject.kind, (), "", ""),
            listed_name="",
            score=Decimal(0),
            second_factor="unknown",
            band=Band.REVIEW,
            reason_en="The name is not wholly in Chinese characters and Latin letters; a person must compare it.",
            reason_zh="姓名或名称含有汉字、拉丁字母以外的文字或字符，系统无法完整比对，须由人工比对。",
        )
        for subject in subjects
        if not is_comparable(subject.name)
    ]


def result_of(hits: Iterable[Hit]) -> str:
    """ "hold" when any hit holds, "review" when any is to be reviewed, else "clear"."""
    bands = {hit.band for hit in hits}
    return "hold" if Band.HOLD in bands else "review" if bands else "clear"
