"""Control point 1: what numbers, dates and machine-readable zones say."""

from __future__ import annotations

import datetime as dt

import pytest
from faker import Faker

from bank.checks.findings import Severity, passed
from bank.checks.identity import check_application, expired_documents, is_minor, subject_key
from bank.checks.mrz import check_digit, read_mrz
from bank.checks.name_check import check_name
from bank.checks.person import check_person
from bank.checks.residence_card import birth_of_old_card, check_residence_card
from bank.checks.resident_id import check_resident_id, read_resident_id
from tests.checks.people import TODAY, codes, enterprise, individual, resident_number

pytestmark = pytest.mark.control("CP1")

PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"


@pytest.mark.requirement("R020", "R088")
@pytest.mark.parametrize("application", [individual(), enterprise()], ids=["individual", "enterprise"])
def test_an_application_in_order_has_no_findings(application: dict[str, object]) -> None:
    assert check_application(application, TODAY) == []


def test_two_hundred_made_up_resident_numbers_are_right() -> None:
    faker = Faker("zh_CN")
    faker.seed_instance(7)
    for _ in range(200):
        number = faker.ssn()
        findings = check_resident_id("id", number, dt.date(2027, 1, 1))
        assert passed(findings), number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("11010119900101001", "id_shape"),
        ("1101011990010100X0", "id_shape"),
        ("11010119900101001٣", "id_shape"),
        (resident_number(born="19900231"), "id_date"),
        (resident_number(born="20260303"), "id_date"),
    ],
)
def test_a_resident_number_of_wrong_shape_or_date_is_an_error(number: str, code: str) -> None:
    assert codes(check_resident_id("id", number, TODAY)) == [code]


def test_every_wrong_check_character_is_found() -> None:
    number = resident_number()
    for wrong in set("0123456789X") - {number[-1]}:
        assert codes(check_resident_id("id", number[:-1] + wrong, TODAY)) == ["id_checksum"]


def test_an_unknown_region_is_only_a_warning() -> None:
    findings = check_resident_id("id", resident_number(region="990101"), TODAY)
    assert [(f.code, f.severity) for f in findings] == [("id_region", Severity.WARNING)]


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "911000", "500233"])
def test_residence_permits_and_new_regions_are_not_refused(region: str) -> None:
    assert check_resident_id("id", resident_number(region=region), TODAY) == []


def test_a_small_x_and_blanks_are_read_as_written_on_the_card() -> None:
    number = next(n for n in (resident_number(serial=f"{s:03d}") for s in range(50)) if n.endswith("X"))
    holder = read_resident_id(f"{number[:6]} {number[6:14]} {number[14:].lower()}")
    assert holder is not None
    assert holder.date_of_birth == dt.date(1990, 1, 1)


def test_birth_date_and_sex_must_agree_with_the_number() -> None:
    findings = check_application(individual(date_of_birth="1990-01-02", sex="female"), TODAY)
    assert codes(findings) == ["birth_differs", "sex_differs"]


def test_an_old_permanent_residence_card_is_read() -> None:
    body = "USA11018001010"
    number = body + str(check_digit(body))
    assert check_residence_card("id", number, TODAY) == []
    assert birth_of_old_card(number, TODAY) == dt.date(1980, 1, 1)
    wrong = body + str((check_digit(body) + 1) % 10)
    assert codes(check_residence_card("id", wrong, TODAY)) == ["card_checksum"]
    assert passed(check_residence_card("id", wrong, TODAY))


def test_a_document_is_valid_through_its_last_day() -> None:
    assert "expired" not in codes(check_application(individual(id_expires_on="2026-03-02"), TODAY))
    assert codes(check_application(individual(id_expires_on="2026-03-01"), TODAY)) == ["expired"]


def test_a_document_without_end_does_not_expire() -> None:
    assert check_application(individual(id_expires_on="长期"), TODAY) == []


def test_a_document_that_expires_within_thirty_days_is_a_warning() -> None:
    findings = check_application(individual(id_expires_on="2026-03-20"), TODAY)
    assert codes(findings) == ["expires_soon"]
    assert passed(findings)


@pytest.mark.parametrize(("zone", "kind"), [(PASSPORT, "P"), (CARD, "I"), (PASSPORT.replace("\n", ""), "P")])
def test_the_specimens_of_icao_9303_are_read(zone: str, kind: str) -> None:
    read = read_mrz(zone, TODAY)
    assert read is not None
    assert read.wrong_check_digits == ()
    assert (read.document_type, read.surname, read.given_names) == (kind, "ERIKSSON", "ANNA MARIA")
    assert read.date_of_birth == dt.date(1974, 8, 12)
    assert read.expires_on == dt.date(2012, 4, 15)


def test_a_misread_character_breaks_the_digit_of_its_field_and_of_the_whole() -> None:
    read = read_mrz(PASSPORT.replace("L898902C3", "L898902C8"), TODAY)
    assert read is not None
    assert read.wrong_check_digits == ("number", "composite")


def test_the_entry_is_compared_with_the_machine_readable_zone() -> None:
    person = {
        "name": "Anna Maria Eriksson",
        "id_type": "passport",
        "id_number": "L898902C3",
        "date_of_birth": "1974-08-13",
        "id_expires_on": "2012-04-15",
        "sex": "female",
        "mrz": PASSPORT,
    }
    findings = check_person("individual", person, dt.date(2012, 1, 1))
    assert [(f.field, f.code) for f in findings] == [("individual.date_of_birth", "mrz_differs")]


def test_a_zone_of_other_length_is_refused() -> None:
    assert "mrz_shape" in codes(check_application(individual(mrz="P<UTOERIKSSON"), TODAY))


def test_a_minor_needs_a_guardian_of_age_with_a_relation() -> None:
    child = {"id_number": resident_number(born="20150101"), "date_of_birth": "2015-01-01"}
    assert is_minor(individual(**child), TODAY)
    assert codes(check_application(individual(**child), TODAY)) == ["guardian_missing"]
    guardian = {"name": "王大明", "id_number": resident_number(born="19850505"), "relation": "father"}
    assert check_application(individual(**child, guardian=guardian), TODAY) == []
    young = guardian | {"id_number": resident_number(born="20100505")}
    assert codes(check_application(individual(**child, guardian=young), TODAY)) == ["guardian_minor"]


def test_a_person_is_of_age_from_the_eighteenth_birthday() -> None:
    birthday = {"id_number": resident_number(born="20080302"), "date_of_birth": "2008-03-02"}
    assert check_application(individual(**birthday), TODAY) == []
    assert codes(check_application(individual(**birthday), TODAY - dt.timedelta(days=1))) == ["guardian_missing"]


@pytest.mark.parametrize(
    ("part", "changes", "code"),
    [
        ("enterprise", {"uscc": "91110000600037341A"}, "uscc_checksum"),
        ("enterprise", {"uscc": "9111000060003734"}, "uscc_length"),
        ("enterprise", {"uscc": ""}, "missing"),
        ("enterprise", {"lei": "INR2EJN1ERAN0W5ZP975"}, "lei_checksum"),
        ("enterprise", {"tax_residency": "XX"}, "country"),
        ("enterprise", {"licence_expires_on": "2025-12-31"}, "expired"),
        ("enterprise", {"established_on": "2027-01-01"}, "future"),
        ("contact", {"phone": "12345"}, "phone"),
        ("contact", {"email": "office@"}, "email"),
        ("legal_representative", {"id_expires_on": ""}, "expiry_missing"),
        ("legal_representative", {"id_number": ""}, "missing"),
    ],
)
def test_a_wrong_field_of_an_enterprise_is_named(part: str, changes: dict[str, str], code: str) -> None:
    application = enterprise()
    findings = check_application(application | {part: application[part] | changes}, TODAY)
    assert [(f.field, f.code) for f in findings] == [(f"{part}.{next(iter(changes))}", code)]


def test_an_operator_needs_a_letter_of_authority_in_force() -> None:
    operator = {"name": "李四", "id_number": resident_number(), "letter_expires_on": "2026-03-01"}
    assert codes(check_application(enterprise(operator=operator), TODAY)) == ["expired"]


def test_an_account_that_is_not_basic_needs_the_basic_account() -> None:
    findings = check_application(enterprise(account_type="general"), TODAY)
    assert [f.field for f in findings] == ["enterprise.basic_account_number"]


def test_a_foreign_organisation_needs_no_social_credit_code() -> None:
    application = enterprise()
    abroad = application["enterprise"] | {"uscc": "", "entity_type": "foreign", "tax_residency": "SG"}
    assert check_application(application | {"enterprise": abroad}, TODAY) == []


@pytest.mark.requirement("R088")
@pytest.mark.parametrize(
    "hidden",
    ["Иван Петров", "Iv\u0430n Petrov", "محمد علي", "王\u200b小明", "王\ue000", "🅸van", "\u202e明小王"],
)
def test_a_name_that_screening_cannot_read_goes_to_a_person(hidden: str) -> None:
    assert codes(check_application(individual(name=hidden), TODAY)) == ["name_not_comparable"]
    owner = {"name": hidden, "kind": "person", "share": "30"}
    company = enterprise(owners=[owner], operator={"name": hidden}, finance_contact={"name": hidden, "phone": "1"})
    fields = {each.field for each in check_application(company, TODAY) if each.code == "name_not_comparable"}
    assert fields == {"owners[1].name", "operator.name", "finance_contact.name"}


@pytest.mark.parametrize(
    "name", ["买买提·艾合买提", "O’Brien, Seán", "Nguyễn Văn A", "（株）ABC科技有限公司", "ＡＢＣ", "㐀㐁", ""]
)
def test_names_of_every_kind_in_characters_or_latin_letters_are_read(name: str) -> None:
    assert check_name("name", name) == []


def test_findings_never_repeat_what_was_entered() -> None:
    number = resident_number()[:-1] + "Z"
    for finding in check_application(individual(id_number=number), TODAY):
        assert number not in finding.en + finding.zh


def test_only_expired_documents_stop_an_activation() -> None:
    application = individual(id_expires_on="2026-03-01", phone="1")
    assert codes(expired_documents(application, TODAY)) == ["expired"]


def test_the_same_subject_has_the_same_key_however_it_is_typed() -> None:
    number = next(n for n in (resident_number(serial=f"{s:03d}") for s in range(50)) if n.endswith("X"))
    assert subject_key(individual(id_number=number)) == subject_key(individual(id_number=f" {number.lower()} "))


@pytest.mark.parametrize("broken", [{}, {"kind": "individual"}, {"individual": 3, "owners": "x", "contact": []}])
def test_an_application_of_any_shape_gives_findings_not_a_crash(broken: dict[str, object]) -> None:
    assert not passed(check_application(broken, TODAY))
