"""Two openings as their people go through them: the real program, its pages in a real Chromium, every click."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from bank.clock import local_date
from bank.parameters import ParameterSet
from cli.demo_story import ENTERPRISE, INDIVIDUAL, TODAY, Step, Story
from tests.web.openings.customer import Customer
from tests.web.openings.desk import Desk
from tests.web.openings.program import Program
from tests.web.openings.sheet import pdf, png

pytestmark = pytest.mark.browser

READING_SECONDS = ParameterSet.shipped().integer("agreement_minimum_reading_seconds") + 1
WRONG_CODE = "91310115MA1K35LT8X"
"""The enterprise's unified social credit code with another check character."""
OWN_PASSWORD = "一句只有我知道的话-2026"


@dataclass
class Bank:
    """The running program and the people at its pages."""

    program: Program
    chromium: Browser
    language: str
    _desks: dict[str, Desk] = field(default_factory=dict)

    def desk(self, role: str) -> Desk:
        """The person of a role in a browser of their own, signed in once."""
        if role not in self._desks:
            self._desks[role] = Desk(self.chromium, self.program.address, self.language)
            self._desks[role].sign_in(self.program.logins[role], self.program.passwords[role])
        return self._desks[role]

    def newcomer(self, login: str, *roles: str) -> Desk:
        """Somebody new, who has to choose a password first."""
        generated = self.program.new_person(login, "程晓", "Cheng Xiao", *roles)
        desk = self._desks[login] = Desk(self.chromium, self.program.address, self.language)
        desk.sign_in(login, generated)
        desk.choose_password(generated, OWN_PASSWORD)
        return desk

    def customer(self) -> Customer:
        return Customer(self.chromium, self.program.address, self.language)

    def work(self, number: str, task: str, story: Story, element: str) -> Desk:
        """The person of the step's role does it from the list to its end."""
        step = step_of(story, element)
        desk = self.desk(step.role)
        desk.work(number, task, FORMS[element], answers(step))
        return desk

    def leave(self) -> None:
        for desk in self._desks.values():
            desk.page.context.close()


FORMS = {
    "enter_enterprise_application": "enterprise_application",
    "enter_individual_application": "individual_application",
    "collect_documents": "document_collection",
    "review_documents": "document_review",
    "approve_fast_lane": "approval",
    "prepare_agreement": "agreement_preparation",
    "countersign_agreement": "agreement_countersign",
    "set_up_account": "account_setup",
    "guide_customer": "service_record",
}


def step_of(story: Story, element: str) -> Step:
    [step] = [each for each in story.steps if isinstance(each, Step) and each.element == element]
    return step


def answers(step: Step) -> Mapping[str, Any]:
    """What the person types: the version stands in the form already, papers are one file each."""
    data: dict[str, Any] = dict(step.form)
    if "agreement" in data:
        data["agreement"] = {name: value for name, value in data["agreement"].items() if name != "version"}
    if "service_record" in data:
        today = local_date(dt.datetime.now(dt.UTC)).isoformat()
        record = data["service_record"].items()
        data["service_record"] = {name: today if value == TODAY else value for name, value in record}
    if step.documents:
        data["documents"] = {code: [pdf(f"{code}.pdf")] for code in step.documents}
    return data


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(tmp_path_factory.mktemp("home"))
    program.start()
    yield program
    program.stop()
    sys.stdout.write(program.printed)  # pytest shows it when a test failed


@pytest.fixture
def bank(program: Program, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Bank]:
    bank = Bank(program, chromium, request.param)
    yield bank
    bank.leave()


@pytest.mark.requirement("R020", "R021", "R022", "R023", "R024", "R025", "R026", "R027", "R032", "R057", "R083")
@pytest.mark.parametrize("bank", ["zh"], indirect=True)
def test_an_enterprise_opens_its_account_at_the_counter_though_the_program_is_killed_in_the_middle(bank: Bank) -> None:
    number = apply_at_the_counter(bank)
    enter_the_data_first_with_a_wrong_code(bank, number)
    collect_the_documents_first_with_a_wrong_file(bank, number)
    review_while_a_colleague_looks_at_the_same_task(bank, number)

    bank.program.kill()
    bank.program.start()  # everybody goes on in the browser they have, without signing in again

    bank.work(number, "快速通道审批", ENTERPRISE, "approve_fast_lane")
    bank.work(number, "准备协议", ENTERPRISE, "prepare_agreement")
    customer = bank.customer()
    customer.look_up(number, bank.desk("relationship_manager").issue_access_code(number))
    customer.sign(ENTERPRISE.signer, reading_seconds=READING_SECONDS)
    bank.work(number, "银行会签", ENTERPRISE, "countersign_agreement")
    bank.work(number, "账户设置", ENTERPRISE, "set_up_account")
    activate_by_the_letter(bank, customer, number)
    bank.work(number, "客户指导", ENTERPRISE, "guide_customer")

    customer.await_on_status(customer.page.get_by_text("账户已开立"))
    assert bank.desk("internal_auditor").journal(number) == {
        "录入对公信息": ("周雨桐", "客户经理"),
        "处理身份疑点": ("周雨桐", "客户经理"),
        "收集资料": ("周雨桐", "客户经理"),
        "资料审核": ("何思敏", "审核人员"),
        "快速通道审批": ("罗建国", "授权审批人"),
        "准备协议": ("周雨桐", "客户经理"),
        "银行会签": ("罗建国", "授权审批人"),
        "账户设置": ("唐子涵", "运营"),
        "客户指导": ("周雨桐", "客户经理"),
    }
    assert bank.desk("internal_auditor").account_state(number) == "正常"


def apply_at_the_counter(bank: Bank) -> str:
    """A required field is left empty at first: the page says so beside it and keeps what was typed."""
    manager = bank.desk("relationship_manager")
    manager.begin()
    sheet = manager.sheet("new_application")
    application = dict(ENTERPRISE.application)
    sheet.fill_in({"application": {**application, "applicant_name": ""}})
    manager.press("submit")
    expect(manager.summary).to_contain_text("申请人名称")
    name = sheet.field("application.applicant_name")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile("必填|请填写"))
    expect(sheet.field("application.purpose")).to_have_value(application["purpose"])
    name.fill(application["applicant_name"])
    manager.press("submit")
    return manager.number()


def enter_the_data_first_with_a_wrong_code(bank: Bank, number: str) -> None:
    """The check finds it; the procedure has the finding resolved, and the entry corrected."""
    manager = bank.desk("relationship_manager")
    entered = answers(step_of(ENTERPRISE, "enter_enterprise_application"))["application"]
    wrong = {**entered, "enterprise": {**entered["enterprise"], "uscc": WRONG_CODE}}
    manager.work(number, "录入对公信息", "enterprise_application", {"application": wrong})

    manager.open_task(number, "处理身份疑点")
    manager.claim()
    expect(manager.page.get_by_role("main")).to_contain_text("统一社会信用代码")
    resolution = {"checked": ["original_seen"], "decision": "corrected", "reason": "执照原件末位为 K，录入有误。"}
    manager.sheet("identity_findings").fill_in({"identity_resolution": resolution})
    manager.complete()

    manager.open_task(number, "录入对公信息")
    manager.claim()
    code = manager.sheet("enterprise_application").field("application.enterprise.uscc")
    expect(code).to_have_value(WRONG_CODE)
    code.fill(entered["enterprise"]["uscc"])
    manager.complete()


def collect_the_documents_first_with_a_wrong_file(bank: Bank, number: str) -> None:
    """A file that is no document is refused beside its field; the other files need not be chosen again."""
    manager = bank.desk("relationship_manager")
    manager.open_task(number, "收集资料")
    manager.claim()
    sheet, right = manager.sheet("document_collection"), answers(step_of(ENTERPRISE, "collect_documents"))
    program = FilePayload(name="charter.exe", mimeType="application/octet-stream", buffer=b"MZ" + bytes(200))
    papers = {**right["documents"], "charter": [program], "seal_specimen": [png("seal.png")]}
    sheet.fill_in({**right, "documents": papers})
    manager.press("complete")
    charter = sheet.field("documents.charter")
    expect(charter).to_have_accessible_description(re.compile(r"charter\.exe"))
    expect(manager.page.get_by_role("main")).to_contain_text("seal.png")
    charter.set_input_files(right["documents"]["charter"])
    manager.complete()


def review_while_a_colleague_looks_at_the_same_task(bank: Bank, number: str) -> None:
    """Who opens a task that was completed meanwhile is told so and changes nothing."""
    colleague = bank.newcomer("second_reviewer", "reviewer")
    colleague.open_task(number, "资料审核")
    bank.work(number, "资料审核", ENTERPRISE, "review_documents")
    colleague.press("claim")
    expect(colleague.page.get_by_role("main")).to_contain_text("已被他人")


@pytest.mark.requirement("R020", "R021", "R024", "R026", "R030", "R057", "R079", "R083")
@pytest.mark.parametrize("bank", ["en"], indirect=True)
def test_an_individual_opens_an_account_online_after_a_supplement(bank: Bank) -> None:
    number, code = bank.customer().apply({"application": INDIVIDUAL.application})
    customer = bank.customer()  # another day, another browser
    customer.look_up(number, code)

    newcomer = bank.newcomer("newcomer", "relationship_manager", "reviewer")
    entered = answers(step_of(INDIVIDUAL, "enter_individual_application"))
    newcomer.work(number, "Enter individual application", "individual_application", entered)
    bank.work(number, "Collect documents", INDIVIDUAL, "collect_documents")
    who_entered_may_not_review(newcomer, number)
    ask_for_a_supplement(bank, number)
    customer.supplement({"Applicant’s ID": pdf("id-back.pdf")})
    bank.work(number, "Review documents", INDIVIDUAL, "review_documents")
    bank.work(number, "Approve, fast lane", INDIVIDUAL, "approve_fast_lane")
    bank.work(number, "Prepare agreement", INDIVIDUAL, "prepare_agreement")
    customer.sign(INDIVIDUAL.signer, reading_seconds=READING_SECONDS)
    bank.work(number, "Countersign", INDIVIDUAL, "countersign_agreement")
    bank.work(number, "Set up account", INDIVIDUAL, "set_up_account")
    activate_by_the_letter(bank, customer, number)

    customer.await_on_status(customer.page.get_by_role("heading", name="Your account is active"))
    bank.work(number, "Guide customer", INDIVIDUAL, "guide_customer")
    assert bank.desk("internal_auditor").journal(number) == {
        "Enter individual application": ("Cheng Xiao", "Relationship manager"),
        "Collect documents": ("Zhou Yutong", "Relationship manager"),
        "Review documents": ("He Simin", "Reviewer"),
        "Approve, fast lane": ("Luo Jianguo", "Supervisor"),
        "Prepare agreement": ("Zhou Yutong", "Relationship manager"),
        "Countersign": ("Luo Jianguo", "Supervisor"),
        "Set up account": ("Tang Zihan", "Account operator"),
        "Guide customer": ("Zhou Yutong", "Relationship manager"),
    }
    assert bank.desk("internal_auditor").account_state(number) == "active"


def who_entered_may_not_review(newcomer: Desk, number: str) -> None:
    """Holding the role of a reviewer is not enough; the page says why instead of offering the task."""
    newcomer.open_task(number, "Review documents")
    main = newcomer.page.get_by_role("main")
    expect(main).to_contain_text("You performed “Enter individual application” in this case, so another person must")
    expect(main.get_by_role("button", name="Claim", exact=True)).to_have_count(0)


def ask_for_a_supplement(bank: Bank, number: str) -> None:
    item = {"document": "ID card", "deficiency": "The back is missing; please scan it."}
    review = {"decision": "supplement", "reason": "The copy is incomplete.", "items": [item]}
    bank.desk("reviewer").work(number, "Review documents", "document_review", {"review": review})


def activate_by_the_letter(bank: Bank, customer: Customer, number: str) -> None:
    """The status page asks for it; the link stands in the letter."""
    customer.await_on_status(customer.page.get_by_role("link", name=customer.say("activate_here")))
    letters = "\n".join(bank.program.letters(number))
    [link] = re.findall(r"https?://\S+/activate/\S+", letters)
    customer.activate(link)
