"""Name screening: who is hit, how surely, and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bank.checks.names import name_forms
from bank.checks.parties import parties
from bank.checks.romanisation import pinyin_readings, wade_giles, wade_giles_readings
from bank.checks.screening import Band, ListEntry, ScreeningIndex, Subject, result_of
from bank.screening_list import shipped_list
from bank.screening_list.generate import rows
from tests.checks.people import TODAY, enterprise, individual, resident_number

pytestmark = pytest.mark.control("CP1")

BORN = dt.date(1970, 1, 1)


@pytest.fixture(scope="module")
def index() -> ScreeningIndex:
    return ScreeningIndex(
        [
            ListEntry("1", "person", ("张伟",), "名单甲", "sanction", BORN, frozenset({"E12345678"})),
            ListEntry("2", "person", ("单雄",), "名单甲", "pep"),
            ListEntry("3", "entity", ("蓝鲸航运有限公司", "Blue Whale Shipping Co., Ltd."), "名单乙", "sanction"),
            ListEntry("4", "person", ("Corane Dovvick",), "名单乙", "sanction"),
        ],
        "test",
    )


@pytest.mark.requirement("R088")
@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("张伟", Band.HOLD),
        ("張偉", Band.HOLD),
        ("张 伟", Band.HOLD),
        ("Wei Zhang", Band.REVIEW),
        ("ZHANG, Wei", Band.REVIEW),
        ("ZHANGWEI", Band.REVIEW),
        ("ＺＨＡＮＧ　ｗｅｉ", Band.REVIEW),
        ("Zhāng Wěi", Band.REVIEW),
        ("Chang Wei", Band.REVIEW),
        ("Wei Chang", Band.REVIEW),
    ],
)
def test_every_way_to_write_it_hits_zhang_wei(index: ScreeningIndex, name: str, band: Band) -> None:
    hits = index.screen([Subject(name)])
    assert [(hit.entry.id, hit.band) for hit in hits] == [("1", band)]
    assert hits[0].listed_name == "张伟"


@pytest.mark.requirement("R088")
@pytest.mark.parametrize(
    "name",
    [
        "Corane Dovvick",
        "Corane Dovvick 王",
        "科兰 Corane Dovvick",
        "Co\u200brane Dov\u00advick",
        "Corane\u034f Dovvick",
    ],
)
def test_nothing_added_to_a_latin_name_hides_it(index: ScreeningIndex, name: str) -> None:
    assert [(hit.entry.id, hit.band) for hit in index.screen([Subject(name)])] == [("4", Band.HOLD)]


@pytest.mark.requirement("R088")
@pytest.mark.parametrize("name", ["Игорь Норвин", "НОРВИН Игорь", "Игорь Норвин 王"])
def test_names_in_other_scripts_are_compared_letter_by_letter(name: str) -> None:
    index = ScreeningIndex([ListEntry("1", "person", ("Игорь Норвин",), "名单甲", "sanction")], "test")
    assert [(hit.entry.id, hit.band) for hit in index.screen([Subject(name)])] == [("1", Band.HOLD)]
    assert index.screen([Subject("Анна Белова")]) == []


def test_a_spelling_beside_its_characters_says_nothing_new(index: ScreeningIndex) -> None:
    assert index.screen([Subject("张炜 Zhang Wei")]) == []  # a homophone still needs a second factor


def test_a_homophone_needs_a_second_factor(index: ScreeningIndex) -> None:
    assert index.screen([Subject("张炜")]) == []
    assert index.screen([Subject("张炜", date_of_birth=dt.date(1980, 1, 1))]) == []
    (hit,) = index.screen([Subject("张炜", date_of_birth=BORN)])
    assert (hit.band, hit.score, hit.second_factor) == (Band.REVIEW, Decimal(80), "date_of_birth")
    (hit,) = index.screen([Subject("张玮", id_number="e12345678")])
    assert hit.second_factor == "id_number"


def test_a_name_alone_never_hides_that_the_birth_date_differs(index: ScreeningIndex) -> None:
    (hit,) = index.screen([Subject("张伟", date_of_birth=dt.date(1999, 9, 9))])
    assert (hit.band, hit.second_factor) == (Band.HOLD, "differs")
    assert "differs" in hit.reason_en
    assert "不一致" in hit.reason_zh


@pytest.mark.parametrize("name", ["李四", "Anna Maria", "Wang Xiaoming", "", "！？"])
def test_other_names_do_not_hit(index: ScreeningIndex, name: str) -> None:
    assert index.screen([Subject(name)]) == []


def test_a_near_miss_in_pinyin_needs_a_second_factor(index: ScreeningIndex) -> None:
    assert index.screen([Subject("Zhang Wen")]) == []
    assert len(index.screen([Subject("Zhang Wen", date_of_birth=BORN)])) == 1


def test_surnames_are_read_as_surnames(index: ScreeningIndex) -> None:
    assert name_forms("单雄").han_readings == {("shan", "xiong")}
    assert name_forms("曾国").han_readings == {("zeng", "guo")}
    assert name_forms("尉迟恭").han_readings == {("yu", "chi", "gong")}
    assert [hit.entry.id for hit in index.screen([Subject("Shan Xiong")])] == ["2"]
    assert index.screen([Subject("Dan Xiong")]) == []


def test_a_company_is_known_without_its_legal_form(index: ScreeningIndex) -> None:
    for name in ("藍鯨航運股份有限公司", "蓝鲸航运", "BLUE WHALE SHIPPING LIMITED", "Blue Whale Shiping Co"):
        assert [hit.entry.id for hit in index.screen([Subject(name, "entity")])] == ["3"], name
    assert index.screen([Subject("金星贸易有限公司", "entity")]) == []


def test_a_latin_name_hits_in_any_order(index: ScreeningIndex) -> None:
    (hit,) = index.screen([Subject("DOVVICK Corane")])
    assert (hit.entry.id, hit.band) == ("4", Band.HOLD)


@pytest.mark.parametrize(
    ("syllable", "spelled"),
    [("zhang", "chang"), ("chang", "ch'ang"), ("qu", "ch'ü"), ("xie", "hsieh"), ("zi", "tzu"), ("ren", "jen"),
     ("guo", "kuo"), ("yue", "yüeh"), ("dong", "tung"), ("ze", "tse"), ("xiong", "hsiung"), ("lv", "lü")],
)  # fmt: skip
def test_wade_giles_is_spelled_by_its_rules(syllable: str, spelled: str) -> None:
    assert wade_giles(syllable) == spelled


def test_an_apostrophe_settles_what_a_wade_giles_spelling_means() -> None:
    assert ("zhang", "wei") in wade_giles_readings("Chang Wei")
    assert ("zhang", "wei") not in wade_giles_readings("Ch'ang Wei")
    assert ("mao", "ze", "dong") in wade_giles_readings("Mao Tse-tung")


def test_a_joined_spelling_is_cut_in_every_way() -> None:
    assert {("xi", "an"), ("an", "xi")} <= pinyin_readings("xian")
    assert ("lv", "bu") in pinyin_readings("LYU Bu")
    assert ("lv", "bu") in pinyin_readings("Lü Bu")


def test_the_worst_hit_decides(index: ScreeningIndex) -> None:
    assert result_of(index.screen([Subject("Wei Zhang"), Subject("张伟")])) == "hold"
    assert result_of(index.screen([Subject("Wei Zhang")])) == "review"
    assert result_of([]) == "clear"


def test_the_shipped_list_is_large_invented_and_made_by_its_script() -> None:
    made = list(rows())
    shipped = shipped_list()
    assert len(shipped.entries) == len(made) >= 2000
    assert [entry.id for entry in shipped.entries] == [row["id"] for row in made]
    assert [entry.names[0] for entry in shipped.entries] == [row["name"] for row in made]
    assert {row["note"] for row in made} == {"invented"}
    assert {entry.category for entry in shipped.entries} == {"sanction", "pep"}
    assert {entry.kind for entry in shipped.entries} == {"person", "entity"}
    assert shipped.version.startswith("2026-11-01-")


def test_everybody_in_an_application_is_screened_once() -> None:
    application = enterprise(
        operator={"name": "赵六", "id_number": resident_number(serial="003")},
        owners=[
            {"name": "王小明", "kind": "person", "id_number": resident_number(), "date_of_birth": "1990-01-01"},
            {"name": "乙公司", "kind": "entity"},
        ],
    )
    assert [subject.name for subject in parties(application, TODAY)] == ["远山贸易有限公司", "王小明", "赵六", "乙公司"]


def test_a_spelling_of_the_characters_is_not_screened_apart(index: ScreeningIndex) -> None:
    same = parties(individual(name="张炜", name_pinyin="ZHANG WEI"), TODAY)
    other = parties(individual(name="张炜", name_pinyin="Corane Dovvick"), TODAY)
    assert index.screen(same) == []
    assert [hit.entry.id for hit in index.screen(other)] == ["4"]
