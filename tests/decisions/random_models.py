"""Random decision tables and boxed expressions, with cells as analysts write them and as nobody would."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

from engine.feel.printer import print_expression, print_tests
from tests.decisions.models import decision, definitions, literal, requires_function, requires_input, text
from tests.feel.expressions import CELLS, TREES

TYPES = (
    '<itemDefinition name="tBand"><typeRef>string</typeRef><allowedValues><text>"high", "low"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>[0..9]</text>'
    '</allowedValues></itemDefinition><itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef>'
    '</itemDefinition><itemDefinition name="tPart"><itemComponent name="a"><typeRef>tSmall</typeRef></itemComponent>'
    '<itemComponent name="b"><typeRef>tPart</typeRef></itemComponent></itemDefinition>'
)
KNOWLEDGE = (
    '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
    f"{literal('if x > 0 then k(x - 1) + x else x')}</encapsulatedLogic></businessKnowledgeModel>"
)


def _one_of(texts: str) -> st.SearchStrategy[str]:
    """One of the texts between bars."""
    return st.sampled_from([each.strip() for each in texts.split("|")])


def _seldom(texts: st.SearchStrategy[str], otherwise: str = "") -> st.SearchStrategy[str]:
    return st.integers(0, 3).flatmap(lambda drawn: texts if drawn == 3 else st.just(otherwise))


_TYPE_NAMES = _one_of(
    """
    number | string | boolean | date | dateTime | dayTimeDuration | Any | list<number> | tBand | tSmall |
    tNumbers | tPart
    """
)
MAYBE_TYPED = _seldom(_TYPE_NAMES)
SOURCES = _one_of(
    """
    a | b | x | a-b | in stock | 名 | a.b | a + b | -x | a / b | [a, b] | {a: a, b: null} | count(a) |
    string(a) | date(a) | a[1] | a ** b | missing | k(a) | null | if a then b else x | [1..5] | today()
    """
)
CELL_TEXTS = _one_of(
    """
    - |  | 0 | -1 | > 5 | <= a | [1..5] | (0..b) | ]a..b[ | not(1, 2) | "high", "low" | not("high") | true |
    null | not(null) | a | ? > a | ? = b | date("2026-01-01") | > @"P1D" | [1, 2] | ? instance of number |
    list contains(?, a) | ? / 0 > 1 | abs | k(?) > 1 | {a: 1} | < "x" | in stock | count(?) > 1 | @"x"
    """
)
OUTPUT_TEXTS = _one_of(
    """
    0 | -0 | 0 * -1 | 0.00 | 1 | 10 / 3 | 1 / 0 | 9.99E6144 | 9E6144 * 10 | 1E-6176 | a | b | a + b | x * -1 |
    "high" | "low" | "other" | null | true | [1, 2] | [a, b] | {a: 1, b: null} | {a: a} | today() | now() |
    abs | [1..5] | function(y) y | for i in 1..3 return i * x | k(9) | k(100) | number("NaN") | exp(20000) |
    @"P1D" | @"P1Y" * 1E9 | date("2026-01-01") + @"P1D" | string(a) | -a | sum([a, b]) | missing | a.b | ""
    """
)
OUTPUT_VALUES = _one_of(
    """
    "high", "low" | 1, 0, -1 | [0..9] | true, false | a, b | null | > 5 | [1, 2], 3
    """
)
_POLICIES = st.sampled_from(["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"])
_AGGREGATIONS = st.sampled_from(["", "SUM", "MIN", "MAX", "COUNT"])
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _written(printed: str) -> str:
    return _NOT_IN_XML.sub("_", printed)


ANY_EXPRESSIONS = OUTPUT_TEXTS | SOURCES | TREES.map(print_expression).map(_written)
ANY_CELLS = CELL_TEXTS | CELLS.map(print_tests).map(_written)


def _type(name: str) -> str:
    return f" typeRef={quoteattr(name)}" if name else ""


def _held(element: str, content: str) -> str:
    return f"<{element}>{text(content)}</{element}>" if content else ""


@st.composite
def tables(
    draw: st.DrawFn, cells: st.SearchStrategy[str] = CELL_TEXTS, entries: st.SearchStrategy[str] = OUTPUT_TEXTS
) -> str:
    """The XML of a table: up to three inputs and rules, one or two outputs."""
    policy = draw(_POLICIES)
    aggregation = draw(_AGGREGATIONS) if policy == "COLLECT" else ""
    inputs, outputs = draw(st.integers(1, 3)), 1 if aggregation else draw(st.integers(1, 2))
    parts = [f'<decisionTable hitPolicy="{policy}"' + (f' aggregation="{aggregation}">' if aggregation else ">")]
    for _ in range(inputs):
        parts.append(f"<input><inputExpression{_type(draw(MAYBE_TYPED))}>{text(draw(SOURCES))}</inputExpression>")
        parts.append(_held("inputValues", draw(_seldom(CELL_TEXTS))) + "</input>")
    for number in range(outputs):
        listed = draw(OUTPUT_VALUES if "PRIORITY" in policy or "OUTPUT" in policy else _seldom(OUTPUT_VALUES))
        default = draw(_seldom(entries))
        parts.append(f'<output name="o{number}"{_type(draw(MAYBE_TYPED))}>{_held("outputValues", listed)}')
        parts.append(_held("defaultOutputEntry", default) + "</output>")
    for _ in range(draw(st.integers(1, 3))):
        parts.append(
            "<rule>"
            + "".join(f"<inputEntry>{text(draw(_seldom(cells, '-') | cells))}</inputEntry>" for _ in range(inputs))
        )
        parts.append("".join(f"<outputEntry>{text(draw(entries))}</outputEntry>" for _ in range(outputs)) + "</rule>")
    return "".join([*parts, "</decisionTable>"])


_LITERALS = st.builds(literal, ANY_EXPRESSIONS, MAYBE_TYPED)
_NAMES = st.sampled_from(["a", "b", "x", "y", "in stock"])


def _entry(name: str, type_name: str, logic: str) -> str:
    return f'<contextEntry><variable name="{name}"{_type(type_name)}/>{logic}</contextEntry>'


def _context(entries: list[str], result: str) -> str:
    return f"<context>{''.join(entries)}{result and f'<contextEntry>{result}</contextEntry>'}</context>"


def _relation(rows: list[tuple[str, str]]) -> str:
    written = "".join(f"<row>{one}{other}</row>" for one, other in rows)
    return f'<relation><column name="a"/><column name="b" typeRef="number"/>{written}</relation>'


def _loop(kind: tuple[str, str], domain: str, body: str) -> str:
    element, inner = kind
    named = "" if element == "filter" else ' iteratorVariable="i"'
    return f"<{element}{named}><in>{domain}</in><{inner}>{body}</{inner}></{element}>"


def _called(function: str, argument: str) -> str:
    return f'<invocation>{literal(function)}<binding><parameter name="x"/>{argument}</binding></invocation>'


def _boxed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    loops = st.sampled_from([("for", "return"), ("some", "satisfies"), ("every", "satisfies"), ("filter", "match")])
    return st.one_of(
        st.builds(_context, st.lists(st.builds(_entry, _NAMES, MAYBE_TYPED, inner), max_size=3), st.just("") | inner),
        st.lists(inner, max_size=3).map(lambda items: f"<list>{''.join(items)}</list>"),
        st.builds(_relation, st.lists(st.tuples(inner, inner), max_size=2)),
        st.builds(lambda met, one, other: f"<conditional><if>{met}</if><then>{one}</then><else>{other}</else>"
                  "</conditional>", inner, inner, inner),
        st.builds(_loop, loops, inner, inner),
        st.builds(_called, st.sampled_from(["k", "a", "abs", "missing"]), inner),
        st.builds(lambda body, type_name: f'<functionDefinition><formalParameter name="x"{_type(type_name)}/>{body}'
                  "</functionDefinition>", inner, MAYBE_TYPED),
    )  # fmt: skip


BOXED = st.recursive(_LITERALS | tables(ANY_CELLS, ANY_EXPRESSIONS), _boxed, max_leaves=5)
"""Boxed expressions within each other; a model with one may be refused."""


def model(logic: str, type_name: str) -> bytes:
    """A file with the decision `d` of a declared type, two inputs with signs and blanks in their names, and a function
    `k` that calls itself."""
    data = '<inputData id="i1" name="in stock"/><inputData id="i2" name="a-b"/>'
    requires = requires_input("i1", "i2") + requires_function("k")
    return definitions(TYPES, KNOWLEDGE, data, decision("d", logic, requires=requires, type_ref=escape(type_name)))
