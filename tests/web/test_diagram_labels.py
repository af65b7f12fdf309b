"""Labels of the drawn diagrams, in both languages: none lies on the event it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "web" / "static" / "built"
DIAGRAMS = sorted((ROOT / "processes" / "account_opening").glob("*.bpmn"))

pytestmark = [pytest.mark.browser, pytest.mark.requirement("R070")]

PAGE = """<link rel="stylesheet" href="/diagram.css"><style>.diagram {{ width: 3000px; height: 1600px }}</style>
<div class="diagram" data-diagram="/{name}" data-language="{language}"></div>
<div id="case-progress" data-steps="[]" data-links="{{}}"></div>
<script src="/diagram.js"></script>"""

COVERED = """() => [...document.querySelectorAll('[data-element-id$="_label"]')].flatMap((label) => {
  const id = label.dataset.elementId.replace(/_label$/, '');
  const circle = document.querySelector(`[data-element-id="${id}"] > .djs-visual > circle`)?.getBoundingClientRect();
  if (!circle) return [];
  const [radius, x, y] = [circle.width / 2, circle.x + circle.width / 2, circle.y + circle.height / 2];
  const lines = [...label.querySelectorAll('tspan')].map((line) => line.getBoundingClientRect());
  const away = (box) => Math.hypot(
    Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  return lines.some((box) => away(box) < radius - 1) ? [id] : [];
})"""
"""Ids of the events that a line of their own label reaches into."""


def open_diagram(page: Page, diagram: Path, language: str) -> None:
    """The page's script draws the diagram, large enough for all of it."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name in ("diagram.js", "diagram.css"):
            route.fulfill(path=BUILT / name)
        elif name == diagram.name:
            route.fulfill(path=diagram, content_type="text/xml; charset=utf-8")
        else:
            route.fulfill(body=PAGE.format(name=diagram.name, language=language), content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://bank.example/")
    page.wait_for_selector(".diagram-shown")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_no_label_covers_its_event(chromium: Browser, diagram: Path, language: str) -> None:
    page = chromium.new_page(viewport={"width": 3100, "height": 1700})
    open_diagram(page, diagram, language)
    assert page.locator('[data-element-id$="_label"] tspan').count() > 0
    assert page.evaluate(COVERED) == []
    page.close()
