"""A decision's trace as lines of text: what went in, which rules fired, which cell decided against the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cli.wording import in_language
from engine.decisions import tables
from engine.feel.text import literal_of
from persistence.settings import Settings

Record = Mapping[str, Any]
_LONGEST = 60
"""Characters of a cell or value; what is longer is in the model or in the JSON."""

_PLAIN = frozenset({"name", "output", "expression"})
"""What is known of a part without tables; more makes it worth a paragraph."""


def trace_lines(settings: Settings, trace: Iterable[Record]) -> Iterator[str]:
    """The decisions in the order they were taken, each with a line for its name and indented ones below."""
    writer = _Writer(settings)
    for record in trace:
        yield from writer.decision(record)


class _Writer:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def _say(self, zh: str, en: str) -> str:
        return in_language(self._settings, zh=zh, en=en)

    def _text(self, record: Record, name: str) -> str:
        """The record's text in the person's language, in the other one when that is missing."""
        own, other = record.get(name) or "", record.get(f"{name}_en") or ""
        return self._say(zh=own or other, en=other or own)

    def decision(self, record: Record, indent: str = "") -> Iterator[str]:
        """One decision, or a part of one, with its own parts further to the right."""
        yield indent + self._heading(record)
        inner = indent + "  "
        for line in self._body(record):
            yield inner + line
        for part in record.get("parts", ()):
            if part.keys() <= _PLAIN:
                yield f"{inner}{part['name']} = {_value(part.get('output'))}"
            else:
                yield from self.decision(part, inner)
        for taken in record.get("decisions", ()):
            yield from self.decision(taken, inner)
        for line in self._ending(record):
            yield inner + line

    def _heading(self, record: Record) -> str:
        name = self._text(record, "name")
        known = record.get("id", name)
        policy = f"  [{record['hit_policy']}]" if record.get("hit_policy") else ""
        model = f"  ({record['model']})" if record.get("model") else ""
        return f"{known}{f'  {name}' if name != known else ''}{model}{policy}"

    def _body(self, record: Record) -> Iterator[str]:
        if record.get("invoked"):
            yield self._say(zh="调用 ", en="calls ") + record["invoked"]
        if record.get("branch"):
            yield self._say(zh="分支 ", en="branch ") + record["branch"]
        if record.get("expression"):
            yield f"= {_short(record['expression'])}"
        inputs = record.get("inputs", ())
        for column in inputs:
            yield f"{self._label(column)} = {_value(column['value'])}"
        rules = [(rule["index"], self._fired(rule, inputs)) for rule in record.get("rules", ())]
        rules += [(miss["index"], self._missed(miss, inputs)) for miss in record.get("missed", ())]
        yield from (line for _, line in sorted(rules))

    def _label(self, column: Record) -> str:
        label = self._text(column, "label")
        return label if label == column["expression"] else f"{label} ({column['expression']})"

    def _fired(self, rule: Record, inputs: Sequence[Record]) -> str:
        cells = [
            f"{self._text(column, 'label')} {_short(cell['text'])}"
            for column, cell in zip(inputs, rule["cells"], strict=True)
            if cell["text"] != "-"
        ]
        annotation = self._text(rule, "annotation")
        outputs = ", ".join(map(_short, rule["outputs"]))
        return f"✓ {rule['index']}  {' · '.join(cells) or '-'}  →  {outputs}{f'  — {annotation}' if annotation else ''}"

    def _missed(self, miss: Record, inputs: Sequence[Record]) -> str:
        column = inputs[miss["input"] - 1]
        return f"✗ {miss['index']}  {self._text(column, 'label')} {_short(miss['text'])}"

    def _ending(self, record: Record) -> Iterator[str]:
        count = record.get("further_missed")
        if count:
            yield self._say(zh=f"另有 {count} 条规则未命中。", en=f"{count} more rules did not match.")
        count = record.get("further_parts")
        if count:
            yield self._say(zh=f"另有 {count} 个组成部分未列出。", en=f"{count} more parts are not shown.")
        match record.get("note"):
            case tables.NO_MATCH:
                yield self._say(zh="没有规则命中。", en="No rule matched.")
            case tables.DEFAULT_USED:
                yield self._say(zh="没有规则命中，采用默认输出。", en="No rule matched; the default output was used.")
            case tables.NOT_ALLOWED:
                named = ", ".join(record["refused"])
                yield self._say(
                    zh=f"输入值不在允许范围内：{named}。", en=f"The value is not among the allowed ones: {named}."
                )
        if "output" in record:
            yield f"→ {_value(record['output'])}"
        elif "id" in record:
            yield "→ " + self._say(zh="没有结果，见错误提示", en="no result, see the error")


def _value(value: object) -> str:
    return _short(literal_of(value))


def _short(text: str) -> str:
    """On one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
