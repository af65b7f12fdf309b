"""Takes the pictures of the README from a demo home of its own into `docs/screenshots`.

Run `PYTHONPATH=. python docs/screenshots.py` after the pages have changed, and look at each picture.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from cli.demo_story import ENTERPRISE, INDIVIDUAL, Step
from tests.web.openings.customer import Customer
from tests.web.openings.desk import Desk
from tests.web.openings.program import Program
from tests.web.openings.sheet import pdf

TARGET = Path(__file__).resolve().parent / "screenshots"
APPLICANTS = ("苏晚晴", "贺知行", "江临渊")
"""Customers who have applied online and wait for their relationship manager; invented."""


MAIL = "mail@customer.example"
TERMS = {
    "language": "en",
    "scope": ["deposit", "transfer", "online_banking"],
    "opening_fee_fen": "0.00",
    "annual_fee_fen": "360.00",
    "risk_terms": "Transactions above the limits need a new approval.",
    "terms_explained": "true",
}
WIDE = {"viewport": {"width": 1600, "height": 1000}, "device_scale_factor": 0.8}
"""A large screen, taken at the size of the others."""


class Studio:
    """A bank at work, photographed."""

    def __init__(self, program: Program, browser: Browser) -> None:
        self._program = program
        self._browser = browser

    def desk(self, role: str, language: str, **window: Any) -> Desk:
        """The person of a role at a desk of their own."""
        desk = Desk(self._browser, self._program.address, language, **window)
        desk.sign_in(self._program.logins[role], self._program.passwords[role])
        return desk

    def customer(self, language: str) -> Customer:
        """A customer in a browser of their own."""
        return Customer(self._browser, self._program.address, language)

    def apply(self, name: str) -> str:
        """One more application; its number."""
        contact = {**INDIVIDUAL.application["contact"], "name": name, "email": MAIL}
        application = {**INDIVIDUAL.application, "applicant_name": name, "contact": contact}
        return self.customer("zh").apply({"application": application})[0]

    def take_all(self) -> None:
        """Every picture, in the order of an opening."""
        self._program.command("demo")  # two finished cases
        for name in APPLICANTS:
            self.apply(name)
        manager = self.desk("relationship_manager", "zh")
        number = start(manager)
        self.task_list()
        manager.work(number, "录入对公信息", "enterprise_application", form_of("enter_enterprise_application"))
        papers = {code: [pdf(f"{code}.pdf")] for code in step("collect_documents").documents}
        manager.work(number, "收集资料", "document_collection", {**form_of("collect_documents"), "documents": papers})
        self.review(number)
        self.diagram(number)
        self.finish_review(number)
        self.agreement(manager, number)
        self.journal()

    def task_list(self) -> None:
        """What waits for the relationship managers, one task opened."""
        manager = self.desk("relationship_manager", "zh", **WIDE)
        manager.menu("tasks")
        manager.page.get_by_role("link", name=manager.say("groups")).click()
        manager.page.wait_for_url("**view=groups*")
        manager.page.get_by_role("region", name=manager.say("tasks")).get_by_role("link").first.click()
        manager.page.get_by_role("button", name=manager.say("claim")).wait_for()
        shoot(manager.page, "task-list-zh")

    def review(self, number: str) -> None:
        """A task with its form and what to check, in English."""
        reviewer = self.desk("reviewer", "en", **WIDE)
        reviewer.open_task(number, "Review documents")
        reviewer.claim()
        reviewer.menu("tasks")
        reviewer.page.get_by_role("link").filter(has_text=number).first.click()
        reviewer.page.get_by_label("Accept").check()
        shoot(reviewer.page, "task-en")

    def diagram(self, number: str) -> None:
        """Where the case stands, in the diagram of its stage, in English."""
        auditor = self.desk("internal_auditor", "en")
        auditor.open_case(number)
        auditor.page.goto(f"{auditor.page.url.partition('?')[0]}?process=document_review")
        auditor.page.locator(".diagram-shown .step-active").first.wait_for()
        shoot(auditor.page, "case-diagram-en")

    def finish_review(self, number: str) -> None:
        """Up to the agreement."""
        reviewer, supervisor = self.desk("reviewer", "zh"), self.desk("supervisor", "zh")
        reviewer.menu("tasks")
        reviewer.page.get_by_role("link").filter(has_text=number).first.click()
        reviewer.sheet("document_review").fill_in(form_of("review_documents"))
        reviewer.complete()
        supervisor.work(number, "快速通道审批", "approval", form_of("approve_fast_lane"))

    def agreement(self, manager: Desk, number: str) -> None:
        """What the customer sees: the application, then the agreement."""
        manager.work(number, "准备协议", "agreement_preparation", {"agreement": TERMS})
        customer = self.customer("zh")
        customer.look_up(number, manager.issue_access_code(number))
        link = customer.page.get_by_role("link", name=customer.say("read"))
        customer.await_on_status(link)
        shoot(customer.page, "customer-status-zh")
        customer.page.get_by_role("button", name="English").click()
        customer.page.get_by_role("link", name="Read the agreement").click()
        customer.page.get_by_role("heading", level=1).wait_for()
        shoot(customer.page, "agreement-en")

    def journal(self) -> None:
        """The journal of a finished case: what one step changed, and why."""
        auditor = self.desk("internal_auditor", "zh")
        auditor.menu("cases")
        auditor.page.get_by_role("row").filter(has_text="已完成").get_by_role("link").first.click()
        auditor.part("journal")
        approval = auditor.page.get_by_role("listitem").filter(has_text="办结任务：资料审核")
        approval.get_by_text("变更内容").first.click()
        approval.first.scroll_into_view_if_needed()
        approval.first.evaluate("entry => window.scrollTo(0, entry.getBoundingClientRect().top + scrollY - 80)")
        shoot(auditor.page, "journal-zh")


def start(manager: Desk) -> str:
    """The enterprise's application at the counter; its number."""
    manager.begin()
    manager.sheet("new_application").fill_in({"application": ENTERPRISE.application})
    manager.press("submit")
    return manager.number()


def step(element: str) -> Step:
    """A step of the enterprise's opening."""
    return next(each for each in ENTERPRISE.steps if isinstance(each, Step) and each.element == element)


def form_of(element: str) -> dict[str, Any]:
    """What is typed in that step."""
    return dict(step(element).form)


def shoot(page: Page, name: str) -> None:
    """One picture of what is on the screen."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{name}.png", animations="disabled", caret="hide")


def main() -> None:
    """Serve a new demo home, take the pictures, throw the home away."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = Program(Path(folder))
        program.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            Studio(program, browser).take_all()
        finally:
            browser.close()
            program.stop()


if __name__ == "__main__":
    main()
