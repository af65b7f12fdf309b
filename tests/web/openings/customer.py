"""The customer at the public pages, in a browser of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import FilePayload, Locator, expect

from tests.web.openings.sheet import Sheet
from tests.web.openings.visitor import CODE, NUMBER, PATIENCE_SECONDS, Visitor

_WORDS = {
    "send": ("提交申请", "Send the application"),
    "number": ("申请编号", "Application number"),
    "code": ("查询码", "Access code"),
    "continue": ("继续", "Continue"),
    "mine": ("我的申请", "My application"),
    "read": ("阅读协议", "Read the agreement"),
    "signer": ("签署人姓名", "Full name of the person who signs"),
    "agree": ("我已阅读并理解", "I have read and understood"),
    "sign": ("签署", "Sign"),
    "signed": ("协议已签署", "the agreement is signed"),
    "supplement": ("查看并上传", "See what is missing and upload"),
    "hand_in": ("提交资料", "Hand in"),
    "activate_here": ("激活账户", "Activate the account"),
    "activate": ("立即激活", "Activate now"),
}


class Customer(Visitor):
    """One customer's browser."""

    words = _WORDS

    def visit(self, path: str) -> None:
        """Open an address of the bank, in the customer's language."""
        self.page.goto(path if path.startswith("http") else self._address + path)
        if self.language == "en" and self.page.get_by_role("button", name="English").count():
            self.page.get_by_role("button", name="English").click()

    def apply(self, data: Mapping[str, Any]) -> tuple[str, str]:
        """Fill in the application and send it: number and access code. The page does not ask for the channel."""
        self.visit("/apply")
        asked = {name: value for name, value in data["application"].items() if name != "channel"}
        Sheet(self.page, "new_application", self.language).fill_in({"application": asked})
        self.page.get_by_role("button", name=self.say("send")).click()
        number, code = self.page.get_by_text(NUMBER), self.page.get_by_text(CODE)
        expect(code).to_be_visible()
        return number.first.inner_text(), code.inner_text()

    def look_up(self, number: str, code: str) -> None:
        """Come in with number and code."""
        self.visit("/status")
        self.page.get_by_label(self.say("number")).fill(number)
        self.page.get_by_label(self.say("code")).fill(code)
        self.page.get_by_role("button", name=self.say("continue")).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(number)

    def await_on_status(self, found: Locator) -> None:
        """Look at the status page again until the bank has come so far."""
        patience = time.monotonic() + PATIENCE_SECONDS
        self.page.get_by_role("link", name=self.say("mine"), exact=True).first.click()
        while not found.count():
            assert time.monotonic() < patience, self.page.get_by_role("main").inner_text()
            self.page.reload()

    def supplement(self, files: Mapping[str, FilePayload]) -> None:
        """Hand in what the bank asks for, by the name of each document."""
        link = self.page.get_by_role("link", name=self.say("supplement"))
        self.await_on_status(link)
        link.click()
        for document, file in files.items():
            self.page.get_by_label(document).set_input_files(file)
        self.page.get_by_role("button", name=self.say("hand_in")).click()

    def sign(self, signer: str, *, reading_seconds: int) -> None:
        """Read the agreement for as long as the bank asks for, then sign."""
        link = self.page.get_by_role("link", name=self.say("read"))
        self.await_on_status(link)
        link.click()
        self.page.get_by_label(self.say("signer")).fill(signer)
        self.page.get_by_label(re.compile(self.say("agree"))).check()
        self.page.wait_for_timeout(reading_seconds * 1000)
        self.page.get_by_role("button", name=self.say("sign"), exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(self.say("signed"))

    def activate(self, link: str) -> None:
        """Follow the link of the letter and confirm."""
        self.visit(link)
        self.page.get_by_role("button", name=self.say("activate")).click()
        expect(self.page.get_by_role("button", name=self.say("activate"))).to_have_count(0)
