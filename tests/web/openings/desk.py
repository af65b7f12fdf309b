"""A member of staff at the pages: their own browser, their own sign-in."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from tests.web.openings.sheet import Sheet
from tests.web.openings.visitor import CODE, NUMBER, PATIENCE_SECONDS, Visitor

_WORDS = {
    "login": ("用户名", "Login name"),
    "password": ("密码", "Password"),
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出登录", "Sign out"),
    "old_password": ("当前密码", "Current password"),
    "new_password": ("新密码", "New password"),
    "repeated": ("再次输入新密码", "New password, once more"),
    "change": ("修改密码", "Change password"),
    "menu": ("主菜单", "Main menu"),
    "tasks": ("任务", "Tasks"),
    "start": ("发起", "Start"),
    "cases": ("案件", "Cases"),
    "begin_opening": ("开始办理 账户开立", "Begin Account opening"),
    "submit": ("提交", "Submit"),
    "groups": ("本岗位待认领", "My groups"),
    "claim": ("认领", "Claim"),
    "complete": ("办结", "Complete"),
    "claimed": ("任务已由您认领。", "The task is yours now."),
    "done": ("已办结", "is done"),
    "search": ("查询", "Search"),
    "number": ("申请编号", "Application number"),
    "task_completed": ("办结任务", "Task completed"),
    "parts": ("案件内容", "Parts of the case"),
    "journal": ("办理记录", "Journal"),
    "data": ("数据", "Data"),
    "access": ("客户查询码", "Access code for the customer"),
    "issue": ("发放查询码", "Issue an access code"),
}
_ACCOUNT = re.compile(r"(账号|Number)\s+\d{16}\s+(状态|Status)\s+(?P<state>\S+)")
_WHO = re.compile(r"· (?P<name>[^·]+?)\s*[（(](?P<role>[^）)]+)[）)]$")


class Desk(Visitor):
    """One person's browser."""

    words = _WORDS

    def sign_in(self, login: str, password: str) -> None:
        """From the start page, which asks who is there."""
        self.page.goto(self._address)
        if self.language == "en":
            self.page.get_by_role("button", name="English").click()
        self.page.get_by_label(self.say("login")).fill(login)
        self.page.get_by_label(self.say("password")).fill(password)
        self.page.get_by_role("button", name=self.say("sign_in")).click()
        expect(self.page.get_by_role("button", name=self.say("sign_out"))).to_be_visible()

    def choose_password(self, generated: str, own: str) -> None:
        """What the pages ask for first after signing in with a generated password."""
        self.page.get_by_label(self.say("old_password")).fill(generated)
        self.page.get_by_label(self.say("new_password"), exact=True).fill(own)
        self.page.get_by_label(self.say("repeated")).fill(own)
        self.page.get_by_role("button", name=self.say("change")).click()
        expect(self.page).not_to_have_url(re.compile("/password"))

    def menu(self, word: str) -> None:
        """Click an entry of the main menu."""
        self.page.get_by_role("navigation", name=self.say("menu")).get_by_role("link", name=self.say(word)).click()

    def sheet(self, form: str) -> Sheet:
        """The form on the page."""
        return Sheet(self.page, form, self.language)

    def begin(self) -> None:
        """Open the start form of account opening."""
        self.menu("start")
        self.page.get_by_role("link", name=self.say("begin_opening")).click()

    def press(self, word: str) -> None:
        """Click the button with these words."""
        self.page.get_by_role("main").get_by_role("button", name=self.say(word), exact=True).click()

    def number(self) -> str:
        """The application number in the heading of the case page."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(NUMBER)
        return heading.locator(".number").inner_text()

    def open_task(self, number: str, name: str) -> None:
        """Look into one's groups until the task is there, and open it."""
        self.menu("tasks")
        self.page.get_by_role("link", name=self.say("groups")).click()
        self.page.wait_for_url("**view=groups*")
        patience = time.monotonic() + PATIENCE_SECONDS
        named = self.page.get_by_text(name, exact=True)
        card = self.page.get_by_role("link").filter(has=named).filter(has_text=number)
        while not card.count():
            assert time.monotonic() < patience, f"{name} of {number} does not come"
            self.page.reload()
        card.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def claim(self) -> None:
        """Take the open task."""
        self.press("claim")
        expect(self.status).to_contain_text(self.say("claimed"))

    def complete(self) -> None:
        """Send the form of the claimed task."""
        self.press("complete")
        expect(self.status).to_contain_text(self.say("done"))

    def work(self, number: str, task: str, form: str, data: Mapping[str, Any]) -> None:
        """One task from the list to its end."""
        self.open_task(number, task)
        self.claim()
        self.sheet(form).fill_in(data)
        self.complete()

    @property
    def status(self) -> Locator:
        """What the page tells after a click."""
        return self.page.get_by_role("status")

    @property
    def summary(self) -> Locator:
        """What the page finds wrong."""
        return self.page.get_by_role("alert")

    def open_case(self, number: str) -> None:
        """Find the case by its number."""
        self.menu("cases")
        self.page.get_by_label(self.say("number")).fill(number)
        self.page.get_by_role("button", name=self.say("search")).click()
        self.page.get_by_role("link", name=number).click()

    def part(self, word: str) -> None:
        """Turn to a part of the case's page."""
        link = self.page.get_by_role("navigation", name=self.say("parts")).get_by_role("link", name=self.say(word))
        link.click()
        expect(link).to_have_attribute("aria-current", "page")

    def journal(self, number: str) -> dict[str, tuple[str, str]]:
        """Who completed each task, and in which role, as the journal tells it."""
        self.open_case(number)
        self.part("journal")
        completed = self.page.get_by_text(re.compile(f"^{self.say('task_completed')}"))
        entries = self.page.get_by_role("listitem").filter(has=completed)
        found = {}
        for entry in entries.all():
            what, when = entry.locator("strong").first.inner_text(), entry.locator(".when").first.inner_text()
            who = _WHO.search(when)
            assert who, when
            found[re.split("[：:]", what, maxsplit=1)[1].strip()] = (who["name"], who["role"])
        return found

    def account_state(self, number: str) -> str:
        """The state of the account the case opened, as its data tell it."""
        self.open_case(number)
        self.part("data")
        found = _ACCOUNT.search(self.page.get_by_role("main").inner_text())
        assert found
        return found["state"]

    def issue_access_code(self, number: str) -> str:
        """A code for the customer who stands at the counter."""
        self.open_case(number)
        self.page.get_by_text(self.say("access"), exact=True).click()
        self.page.get_by_role("button", name=self.say("issue")).click()
        code = self.page.get_by_text(CODE)
        expect(code).to_be_visible()
        return code.inner_text()
