"""Beneficial owners: chains multiply, paths add, cycles are solved, the arithmetic is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.checks.ownership import Holding, Ownership, beneficial_owners

pytestmark = pytest.mark.control("CP1")


def person(name: str, percent: str, owned: str = "", *, control: bool = False, id_number: str = "") -> Holding:
    return Holding(name, owned, Decimal(percent), True, control, id_number)


def entity(name: str, percent: str, owned: str = "") -> Holding:
    return Holding(name, owned, Decimal(percent), False)


def shares(found: Ownership) -> dict[str, Decimal]:
    return {owner.name: owner.share_percent for owner in found.beneficial_owners}


@pytest.mark.requirement("R088")
def test_exactly_a_quarter_is_a_beneficial_owner_and_a_hair_less_is_not() -> None:
    found = beneficial_owners([person("甲", "25"), person("乙", "24.9999"), person("丙", "50.0001")])
    assert list(shares(found)) == ["丙", "甲"]


def test_shares_multiply_along_a_chain_and_add_over_paths() -> None:
    found = beneficial_owners(
        [
            entity("乙公司", "60"),
            entity("丙公司", "40"),
            person("甲", "30", "乙公司"),
            person("甲", "20", "丙公司"),
            person("丁", "70", "乙公司"),
            person("戊", "80", "丙公司"),
        ]
    )
    assert shares(found) == {"丁": Decimal("42"), "戊": Decimal("32"), "甲": Decimal("26")}
    owner = found.beneficial_owners[-1]
    assert owner.paths == ("甲 30% × 乙公司 60% = 18%", "甲 20% × 丙公司 40% = 8%", "合计 / total = 26%")
    assert (found.layers, found.cycle, found.complete) == (2, False, True)


def test_a_share_a_breath_below_a_quarter_stays_below() -> None:
    holdings = [entity("乙", "75"), person("丙", "25")]
    holdings += [person("甲", "33.3333333333333333333333333333", "乙"), person("丁", "66", "乙")]
    assert "甲" not in shares(beneficial_owners(holdings))  # 33.33…% is less than a third, and it shows


def test_control_counts_without_a_share() -> None:
    found = beneficial_owners([person("甲", "100"), person("乙", "0", control=True)])
    assert {owner.name: owner.by for owner in found.beneficial_owners} == {"甲": "share", "乙": "control"}


def test_control_of_a_small_holder_is_no_control_of_the_applicant() -> None:
    holdings = [entity("乙", "10"), person("甲", "90"), person("丙", "100", "乙", control=True)]
    assert list(shares(beneficial_owners(holdings))) == ["甲"]


def test_control_of_the_majority_holder_is_control_of_the_applicant() -> None:
    holdings = [entity("乙", "51"), person("甲", "49"), person("丙", "1", "乙", control=True), person("丁", "99", "乙")]
    assert {o.name: o.by for o in beneficial_owners(holdings).beneficial_owners}["丙"] == "control"


def test_a_circle_is_solved_exactly_and_marked() -> None:
    # 乙 holds the applicant; 丙 holds half of 乙, 乙 holds half of 丙: 甲's 50 % of 丙 counts 1/(1 - 1/4) times.
    found = beneficial_owners(
        [
            entity("乙", "100"),
            entity("丙", "50", "乙"),
            entity("乙", "50", "丙"),
            person("甲", "50", "丙"),
            person("丁", "50", "乙"),
        ]
    )
    assert found.cycle
    assert shares(found) == {"丁": Decimal("66.6667"), "甲": Decimal("33.3333")}
    assert found.complete
    assert any("≈33.3333%" in path for path in found.beneficial_owners[1].paths)


def test_a_closed_circle_leaves_the_result_incomplete() -> None:
    found = beneficial_owners([entity("乙", "100"), entity("丙", "100", "乙"), entity("乙", "100", "丙")])
    assert not found.complete
    assert found.cycle
    assert "closed_cycle" in [finding.code for finding in found.findings]


def test_a_sole_trader_is_exempt() -> None:
    found = beneficial_owners([], sole_trader=True)
    assert (found.complete, found.findings, found.layers) == (True, (), 0)


@pytest.mark.parametrize(
    ("holdings", "code"),
    [
        ([person("甲", "60"), person("乙", "60")], "over_whole"),
        ([person("甲", "70")], "unexplained_share"),
        ([person("甲", "130")], "share_range"),
        ([person("甲", "40"), entity("乙", "60")], "chain_ends_in_entity"),
    ],
)
def test_what_is_missing_or_impossible_makes_it_incomplete(holdings: list[Holding], code: str) -> None:
    found = beneficial_owners(holdings)
    assert code in [finding.code for finding in found.findings]
    assert not found.complete


def test_nobody_above_the_threshold_is_said() -> None:
    found = beneficial_owners([person(name, "10") for name in "甲乙丙丁戊己庚辛壬癸"])
    assert [finding.code for finding in found.findings] == ["nobody_reaches_threshold"]


def test_the_applicant_may_be_written_by_name() -> None:
    assert shares(beneficial_owners([person("甲", "100", "本公司")], applicant="本公司")) == {"甲": Decimal(100)}


def test_two_people_of_one_name_are_two_owners() -> None:
    found = beneficial_owners([person("甲", "50", id_number="1"), person("甲", "50", id_number="2")])
    assert [owner.share_percent for owner in found.beneficial_owners] == [Decimal(50), Decimal(50)]


def test_layers_count_every_holding_up_to_the_person() -> None:
    chain = [entity("一", "100"), entity("二", "100", "一"), entity("三", "100", "二"), person("甲", "100", "三")]
    assert beneficial_owners(chain).layers == 4


def test_a_dense_web_is_answered() -> None:
    names = [f"实体{n}" for n in range(12)]
    holdings = [entity(names[0], "100")]
    holdings += [entity(owner, "5", owned) for owned in names for owner in names if owner != owned]
    holdings += [person("甲", "45", name) for name in names]
    assert shares(beneficial_owners(holdings)) == {"甲": Decimal(100)}


@given(st.lists(st.integers(1, 99), min_size=1, max_size=4))
def test_a_chain_and_its_rest_make_the_whole(percents: list[int]) -> None:
    holdings, owned = [], ""
    for level, percent in enumerate(percents):
        holdings += [
            entity(f"E{level}", str(percent), owned),
            person(f"P{level}", str(100 - percent), owned, control=True),
        ]
        owned = f"E{level}"
    holdings.append(person("末", "100", owned, control=True))
    found = beneficial_owners(holdings)
    direct = Decimal(100 - percents[0])
    assert shares(found)["P0"] == direct
    assert found.complete
