"""Somebody at the pages: a browser of their own, and the words of the pages in their language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from playwright.sync_api import Browser, Page

PATIENCE_SECONDS = 30.0  # for the bank's jobs
NUMBER = re.compile(r"AO-\d{8}-\d{4}")
CODE = re.compile(r"\b(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\b")


class Visitor:
    """One person's browser."""

    words: ClassVar[Mapping[str, tuple[str, str]]]
    """What the pages say, Chinese and English."""

    def __init__(self, browser: Browser, address: str, language: str = "zh", **window: Any) -> None:
        """`window` are options of Playwright's browser contexts."""
        self._address = address
        self.language = language
        self.page: Page = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **window}).new_page()
        self.page.set_default_timeout(15_000)

    def say(self, word: str) -> str:
        """A word of the pages in this person's language."""
        zh, en = self.words[word]
        return en if self.language == "en" else zh
