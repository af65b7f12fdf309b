"""The findings' sentences, in English and Chinese, for the author of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.decisions.table_checks.findings import ExampleValue, RuleReference

_MAX_NOTE = 48
"""Characters of an annotation that are quoted; the finding itself has it in full."""

_MAX_SET = 120
"""Characters of a column's values in a gap; the finding's cells have them all."""

_MAX_RULES = 8
"""Rules named in one sentence; the finding itself has them all."""


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    en: str
    zh: str

    def __add__(self, other: Words) -> Words:
        return Words(self.en + other.en, self.zh + other.zh)


NOTHING = Words("", "")


def rule_words(rules: Sequence[RuleReference]) -> Words:
    """`rule 3 (id: note)`, `rules 1 (…) and 2 (…)`."""
    named = rules[:_MAX_RULES]
    en = [_rule(rule, rule.annotation_en or rule.annotation, " ({}: {})", " ({})") for rule in named]
    zh = [f"规则 {_rule(rule, rule.annotation or rule.annotation_en, '（{}：{}）', '（{}）')}" for rule in named]
    if len(rules) > len(named):
        en.append(f"{len(rules) - len(named)} more")
        zh.append(f"另外 {len(rules) - len(named)} 条规则")
    return Words(("rule " if len(rules) == 1 else "rules ") + _series(en, ", ", " and "), _series(zh, "、", "和"))


def _rule(rule: RuleReference, note: str, both: str, one: str) -> str:
    note = note if len(note) <= _MAX_NOTE else note[:_MAX_NOTE].rstrip() + "…"
    given = "" if "/" in rule.id else rule.id  # a rule without an id was given its table's and a number
    inside = [part for part in (given, note) if part]
    return f"{rule.number}" + ("" if not inside else (both if len(inside) == 2 else one).format(*inside))


def column_words(labels: Sequence[tuple[str, str]]) -> Words:
    """Names of input columns, given as (label, label_en)."""
    return Words(
        _series([f"“{en or zh}”" for zh, en in labels], ", ", " and "),
        _series([f"“{zh}”列" for zh, en in labels], "、", "和"),
    )


def _series(parts: Sequence[str], comma: str, last: str) -> str:
    return comma.join(parts[:-1]) + last + parts[-1] if len(parts) > 1 else "".join(parts)


def example_words(example: Sequence[ExampleValue]) -> Words:
    """`Score = 5, Kind = "x"`; columns that may have any value are left out."""
    shown = [each for each in example if each.feel != "-"]
    if not shown:
        return Words("any input", "任意输入")
    return Words(  # columns that read the same may have the same label
        ", ".join(dict.fromkeys(f"{each.label_en or each.label} = {each.feel}" for each in shown)),
        "，".join(dict.fromkeys(f"{each.label} = {each.feel}" for each in shown)),
    )


def box_words(sides: Sequence[tuple[ExampleValue, str]]) -> Words:
    """`Score [10..20); Kind "x", "y"`: the columns of a gap with their sets of values."""
    if not sides:
        return Words("all input", "所有输入")
    sides = [(column, values if len(values) <= _MAX_SET else values[:_MAX_SET] + "…") for column, values in sides]
    return Words(
        "; ".join(f"{column.label_en or column.label} {values}" for column, values in sides),
        "；".join(f"{column.label} {values}" for column, values in sides),
    )


def capital(words: Words) -> Words:
    """With a capital where English begins a sentence."""
    return Words(words.en[:1].upper() + words.en[1:], words.zh)


def overlap(rules: Words, example: Words) -> tuple[Words, Words]:
    """Of hit policy UNIQUE."""
    return (
        Words(
            f"{capital(rules).en} match together for {example.en}. Hit policy UNIQUE allows one rule only: for such "
            "input the decision fails and the case stops.",
            f"{rules.zh}会同时命中，例如 {example.zh}。命中策略 UNIQUE 只允许命中一条规则，遇到此类输入时决策会报错，"
            "案件将停在此处。",
        ),
        Words(
            "Change the rules so that they exclude each other, or choose hit policy FIRST if the upper rule shall win. "
            "Leave it only if these values can never come together.",
            "请修改规则条件，使其互不重叠；如以靠前的规则为准，请改用命中策略 FIRST。"
            "只有确认这些取值不可能同时出现时，才可保持不变。",
        ),
    )


def contradiction(rules: Words, example: Words) -> tuple[Words, Words]:
    """Of hit policy ANY."""
    return (
        Words(
            f"{capital(rules).en} match together for {example.en}, but with different outputs. Hit policy ANY demands "
            "the same output: for such input the decision fails and the case stops.",
            f"{rules.zh}会同时命中但输出不同，例如 {example.zh}。命中策略 ANY 要求同时命中的规则输出一致，"
            "遇到此类输入时决策会报错，案件将停在此处。",
        ),
        Words(
            "Give the rules the same output or change them so that they exclude each other. "
            "Leave it only if these values can never come together.",
            "请统一这些规则的输出，或修改条件使其互不重叠。只有确认这些取值不可能同时出现时，才可保持不变。",
        ),
    )


def related(columns: Words) -> Words:
    """Added where columns read the same data, so that the example may be impossible."""
    return Words(
        f" The columns {columns.en} read the same data; check whether these values can come together.",
        f"{columns.zh}读取同一数据，请核实这些取值能否同时出现。",
    )


def gap(box: Words, example: Words) -> tuple[Words, Words]:
    """Of a table with a single result and without default outputs."""
    return (
        Words(
            f"No rule covers: {box.en}. For example, {example.en} gives null.",
            f"没有规则覆盖以下取值：{box.zh}。例如 {example.zh} 时，结果为 null。",
        ),
        Words(
            "Add a rule or default outputs. If such values cannot occur, declare the input values of the column.",
            "请补充规则或设置默认输出；如此类取值不会出现，请在输入列中声明允许值。",
        ),
    )


def covered(rule: Words, others: Words, example: Words, *, by_priority: bool) -> tuple[Words, Words]:
    """Of FIRST and PRIORITY: a rule that never decides."""
    en = "whose outputs have a higher priority" if by_priority else "above it"
    zh = "输出优先级更高的" if by_priority else "排在前面的"
    return (
        Words(
            f"{capital(rule).en} never decides the result: all input it matches also matches {others.en} {en}, "
            f"for example {example.en}.",
            f"{rule.zh}永远不会生效：凡是它能命中的输入，都会先由{zh}{others.zh}决定结果，例如 {example.zh}。",
        ),
        Words(
            "Delete the rule or narrow the others."
            if by_priority
            else "Delete the rule, narrow the others, or move it above the more general ones.",
            "请删除该规则，或收窄其他规则的条件" + ("。" if by_priority else "，或将其移到更宽泛的规则之前。"),
        ),
    )


def duplicate(rules: Words, example: Words, *, collects: bool) -> tuple[Words, Words]:
    """The same conditions and outputs twice."""
    return (
        Words(
            f"{capital(rules).en} have the same conditions and outputs"
            + (", so that the result has the output more than once" if collects else "")
            + f", for example for {example.en}.",
            f"{rules.zh}的条件和输出完全相同"
            + ("，结果中会重复出现同一输出" if collects else "")
            + f"，例如 {example.zh}。",
        ),
        Words("Delete all but one.", "请只保留其中一条。"),
    )


def never_matches(rule: Words, columns: Words, example: Words) -> tuple[Words, Words]:
    """Columns with one expression whose cells exclude each other."""
    return (
        Words(
            f"{capital(rule).en} never matches: its cells in the columns {columns.en} ask the same expression for "
            f"values that exclude each other; it does not match {example.en}, for example.",
            f"{rule.zh}永远不会命中：{columns.zh}取自同一表达式，但条件互相矛盾；例如 {example.zh} 时不命中。",
        ),
        Words("Correct the cells or delete the rule.", "请更正单元格或删除该规则。"),
    )


def cell_never_matches(rule: Words, column: Words, cell: str, example: Words) -> tuple[Words, Words]:
    """No value meets the cell."""
    return (
        Words(
            f"{capital(rule).en} never matches: no value of the column {column.en} meets “{cell}”; "
            f"{example.en}, for example, does not.",
            f"{rule.zh}永远不会命中：{column.zh}的任何取值都不满足“{cell}”，例如 {example.zh} 不满足。",
        ),
        Words("Correct the cell or delete the rule.", "请更正单元格或删除该规则。"),
    )


def empty_range(rule: Words, column: Words, ends: tuple[str, str], example: Words) -> tuple[Words, Words]:
    """`[10..5]`."""
    return (
        Words(
            f"{capital(rule).en}: in the column {column.en} no value lies in the range from {ends[0]} to {ends[1]}; "
            f"{example.en}, for example, does not.",
            f"{rule.zh}：{column.zh}中从 {ends[0]} 到 {ends[1]} 的区间不含任何值，例如 {example.zh} 不在其中。",
        ),
        Words(
            "Write the smaller end first; to meet a single value, write the value alone.",
            "请将较小的值写在前面；只匹配单个值时，直接填写该值。",
        ),
    )


def wrong_type(rule: Words, column: Words, value: str, kinds: tuple[str, str], example: Words) -> tuple[Words, Words]:
    """A constant of another type than the column's; `kinds` are the names of its own and of the column's."""
    is_, asked = kinds
    return (
        Words(
            f"{capital(rule).en}: the column {column.en} holds values of type {asked}, but {value} is of type "
            f"{is_} and equals none of them; {example.en}, for example, does not meet the cell.",
            f"{rule.zh}：{column.zh}的类型为 {asked}，而 {value} 的类型为 {is_}，永远不会相等，"
            f"例如 {example.zh} 不满足。",
        ),
        Words(
            "Write the value in the column's type (a string in quotation marks, a number without) or correct the type.",
            "请按该列类型填写（string 加英文双引号，number 不加），或更正列的类型。",
        ),
    )


def not_whole(rule: Words, column: Words, value: str, example: Words) -> tuple[Words, Words]:
    """A fraction in a column of whole numbers."""
    return (
        Words(
            f"{capital(rule).en}: the column {column.en} holds whole numbers, such as {example.en}, and never {value}.",
            f"{rule.zh}：{column.zh}只含整数，不会等于 {value}；例如 {example.zh}。",
        ),
        Words("Correct the value or the type of the column.", "请更正该值或列的类型。"),
    )


def not_allowed(rule: Words, column: Words, value: str, allowed: str, example: Words) -> Words:
    """A value the column cannot have."""
    return Words(
        f"{capital(rule).en}: the column {column.en} never has the value {value}; allowed are {allowed}, "
        f"for example {example.en}.",
        f"{rule.zh}：{column.zh}不会出现 {value}；允许值为 {allowed}，例如 {example.zh}。",
    )


def did_you_mean(value: str | None) -> Words:
    """The remedy for a value that is not allowed; `value` is one that is spelt alike."""
    if value is not None:
        return Words(f"Did you mean {value}?", f"是否应为 {value}？")
    return Words("Correct the value, or add it to the allowed values.", "请更正该值，或将其加入允许值。")


def output_wrong_type(rule: Words, column: Words, value: str, kind: str, example: Words) -> tuple[Words, Words]:
    """An output of another type than its column's."""
    return (
        Words(
            f"{capital(rule).en}: the output {column.en} is {value}, which is not of the declared type {kind}; the "
            f"rule decides for {example.en}, for example.",
            f"{rule.zh}：输出列{column.zh}的值 {value} 与声明的类型 {kind} 不符；"
            f"例如 {example.zh} 时由该规则决定结果。",
        ),
        Words("Correct the output or the type.", "请更正输出值或类型。"),
    )


def output_not_allowed(rule: Words, column: Words, value: str, allowed: str, example: Words) -> Words:
    """An output that is not among its column's output values."""
    return Words(
        f"{capital(rule).en}: the output {column.en} is {value}, which is not among the output values {allowed}; "
        f"the rule decides for {example.en}, for example.",
        f"{rule.zh}：输出列{column.zh}的值 {value} 不在允许的输出值 {allowed} 之内；"
        f"例如 {example.zh} 时由该规则决定结果。",
    )


DEFAULT_OUTPUT = Words("the default output", "默认输出")


def not_all_listed(count: int, what: Words) -> Words:
    """Further findings of one kind."""
    return Words(
        f"{count} more findings of this kind are not listed: {what.en}.", f"另有 {count} 项同类问题未列出：{what.zh}。"
    )


def opaque_cells(rules: Sequence[RuleReference], count: int, columns: Words) -> Words:
    """Cells in `columns`, of `count` rules of which the first are given; without any it is the allowed values."""
    if not rules:
        return Words(f"allowed values of the columns {columns.en}", f"{columns.zh}的允许值")
    numbers = [str(rule.number) for rule in rules] + (["…"] if count > len(rules) else [])
    return Words(
        f"cells of {'rule' if count == 1 else 'rules'} {', '.join(numbers)} in {columns.en}",
        f"规则 {'、'.join(numbers)} 在{columns.zh}的单元格",
    )


def not_checked(cells: Words) -> Words:
    """Cells whose meaning depends on other data."""
    return Words(
        f"Not all of the table could be checked: {cells.en} are more than comparisons with constants. Overlaps, "
        "gaps and rules without effect that depend on them are not reported.",
        f"决策表未能完整检查：{cells.zh}不只是与常量比较，与之有关的重叠、遗漏和无效规则可能不会提示。",
    )


def too_large(what: Words) -> Words:
    """The work allowed for a table was used up."""
    return Words(
        f"The table is too large to be checked fully: {what.en} may have been missed.",
        f"决策表过大，未能完整检查：可能存在未发现的{what.zh}。",
    )


OVERLAPS = Words("overlaps", "规则重叠")
GAPS = Words("gaps", "输入遗漏")
COVERED = Words("rules without effect", "无效规则")
CELLS = Words("cells", "单元格问题")
