"""The measured expressions and the measured table: 20 rules by 3 inputs, of the cells real tables have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from engine.decisions import Decision, parse_decisions


@dataclass(frozen=True)
class Measured:
    """An expression and its variables, which are JSON, so that a peer can be given the same."""

    text: str
    context: Mapping[str, Any]
    value: float
    """What every engine must make of it."""


EXPRESSIONS = {
    "feel_comparison": Measured(
        "order.amount > customer.limit", {"order": {"amount": 120}, "customer": {"limit": 100}}, True
    ),
    "feel_arithmetic": Measured(
        "(price * quantity - discount) * 1.13 / 100", {"price": 1999, "quantity": 3, "discount": 250}, 64.9411
    ),
    "feel_list_filter": Measured(
        'count(items[amount > 50 and kind = "fee"])',
        {"items": [{"amount": 10 * number, "kind": "fee" if number % 2 else "refund"} for number in range(20)]},
        7,
    ),
}

INPUTS = ("order.amount", "order.country", "order.score")
_AMOUNTS = ("[{low}..{high})", "< {high}", ">= {low}", "{low}, {high}")
_COUNTRIES = ('"CN"', '"CN", "HK", "MO"', 'not("US")', "-")
_SCORES = ("[1..5]", "> 3", "5, 6, 7", "-")
TABLE_CONTEXT: Mapping[str, Any] = {"order": {"amount": 133.5, "country": "CN", "score": 6}}
TABLE_VALUE = [6, 10, 17]


def rules() -> list[tuple[tuple[str, str, str], str]]:
    """Cells and output of each of the twenty rules."""
    found = []
    for number in range(20):
        amount = _AMOUNTS[number % 4].format(low=10 * number, high=10 * number + 10)
        found.append(((amount, _COUNTRIES[number // 2 % 4], _SCORES[number // 3 % 4]), str(number)))
    return found


def table() -> Decision:
    """The decision with that table; it collects the outputs of all rules that match."""
    inputs = "".join(f"<input><inputExpression><text>{text}</text></inputExpression></input>" for text in INPUTS)
    rows = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        + f"<outputEntry><text>{output}</text></outputEntry></rule>"
        for cells, output in rules()
    )
    logic = f'<decisionTable hitPolicy="COLLECT">{inputs}<output name="number"/>{rows}</decisionTable>'
    namespace = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    model = f'<definitions xmlns="{namespace}" id="bench" name="bench"><decision id="measured" name="measured">'
    xml = f"{model}{logic}</decision></definitions>"
    return parse_decisions(xml.encode(), "bench.dmn").decisions["measured"]
