"""Public list formats become entries that are screened like any other."""

from __future__ import annotations

import datetime as dt

import pytest

from bank.checks.screening import ListEntry, ScreeningIndex, Subject
from bank.screening_list.importers import ListUnreadable, ofac_sdn, open_sanctions, united_nations

pytestmark = pytest.mark.control("CP1")

TARGETS = """id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,dataset
Q1,Person,Corane Dovvick,柯兰;C. Dovvick,1961-02-03;1961,zz,,AB 12345,programme,,,Invented List
Q2,Company,Blue Whale Shipping,,,zz,,,,,,Invented List
"""
_NOTHING = "-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
SDN = f"""101,"DOVVICK, Corane","individual","TEST",{_NOTHING}"DOB 03 Feb 1961; Passport AB12345; a.k.a. 'CORRAN'."
102,"BLUE WHALE SHIPPING",-0- ,"TEST",{_NOTHING}-0-
"""
UN = b"""<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>7</DATAID><FIRST_NAME>Corane</FIRST_NAME>
<SECOND_NAME>Dovvick</SECOND_NAME><UN_LIST_TYPE>Test</UN_LIST_TYPE>
<NAME_ORIGINAL_SCRIPT>\xe6\x9f\xaf\xe5\x85\xb0</NAME_ORIGINAL_SCRIPT>
<INDIVIDUAL_ALIAS><ALIAS_NAME>Corran</ALIAS_NAME></INDIVIDUAL_ALIAS>
<INDIVIDUAL_DATE_OF_BIRTH><DATE>1961-02-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
<INDIVIDUAL_DOCUMENT><NUMBER>AB12345</NUMBER></INDIVIDUAL_DOCUMENT></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>8</DATAID><FIRST_NAME>Blue Whale Shipping</FIRST_NAME></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"""


@pytest.mark.parametrize(
    "entries",
    [open_sanctions(TARGETS.encode()), ofac_sdn(SDN.encode()), united_nations(UN)],
    ids=["open_sanctions", "ofac", "un"],
)
def test_each_format_gives_the_same_person_and_entity(entries: list[ListEntry]) -> None:
    index = ScreeningIndex(entries, "test")
    (hit,) = index.screen([Subject("Corane Dovvick", date_of_birth=dt.date(1961, 2, 3), id_number="AB12345")])
    assert (hit.second_factor, hit.entry.kind, hit.entry.category) == ("both", "person", "sanction")
    (hit,) = index.screen([Subject("Blue Whale Shipping", "entity")])
    assert (hit.second_factor, hit.entry.kind) == ("unknown", "entity")


@pytest.mark.parametrize(
    "entries", [open_sanctions(TARGETS.encode()), united_nations(UN)], ids=["open_sanctions", "un"]
)
def test_names_in_characters_are_kept(entries: list[ListEntry]) -> None:
    index = ScreeningIndex(entries, "test")
    assert [hit.score for hit in index.screen([Subject("柯蘭")])] == [100]


def test_another_format_is_refused_with_its_reason() -> None:
    with pytest.raises(ListUnreadable, match="no column"):
        open_sanctions(b"a,b\n1,2\n")
    with pytest.raises(ListUnreadable, match="12 columns"):
        ofac_sdn(b"a,b\n")
    with pytest.raises(ListUnreadable, match="CONSOLIDATED_LIST"):
        united_nations(b"<x/>")
    with pytest.raises(ListUnreadable, match="well-formed"):
        united_nations(b"<x>")
    with pytest.raises(ListUnreadable, match="UTF-8"):
        open_sanctions(b"\xff\xfe")


def test_an_entity_declaration_reads_no_file() -> None:
    attack = UN.replace(
        b"<CONSOLIDATED_LIST>",
        b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]><CONSOLIDATED_LIST>',
    ).replace(b"<FIRST_NAME>Corane", b"<FIRST_NAME>&secret;Corane")
    assert all("\n" not in name for entry in united_nations(attack) for name in entry.names)
    assert [entry.id for entry in united_nations(attack)] == ["UN-7", "UN-8"]
