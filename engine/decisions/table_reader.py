"""DMN XML to decision tables (DMN 1.5, 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.decisions.document import Element, child, children, english, text_in
from engine.decisions.hit_policies import Aggregation, HitPolicy
from engine.decisions.tables import DecisionTable, Input, Output, Rule
from engine.feel import FeelEvaluationError, FeelValue
from engine.feel.scope import EMPTY

if TYPE_CHECKING:
    from engine.decisions.boxed import LogicReader


def read_table(reader: LogicReader, element: Element, owner: str) -> DecisionTable:
    """The table of a `decisionTable` element; problems go to the reader.

    How a modeller lays the table out (`preferredOrientation`) does not change what it means.
    """
    policy, aggregation = _policy(reader, element, owner), _aggregation(reader, element, owner)
    inputs = [_input(reader, column, owner) for column in children(element, "input")]
    outputs = [_output(reader, column, owner) for column in children(element, "output")]
    _check_outputs(reader, owner, policy, aggregation, outputs)
    rules = [
        _rule(reader, rule, len(inputs), len(outputs), rule.get("id") or f"{owner}/{index}")
        for index, rule in enumerate(children(element, "rule"), 1)
    ]
    return DecisionTable(
        owner,
        policy=policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=[rule for rule in rules if rule],
    )


def _check_outputs(
    reader: LogicReader, owner: str, policy: HitPolicy, aggregation: Aggregation | None, outputs: Sequence[Output]
) -> None:
    names = [column.name for column in outputs]
    if not outputs:
        reader.refuse(
            owner, "The table has no output column.", "决策表没有输出列。", "Add an output column.", "请添加输出列。"
        )
    if len(set(names)) < len(names):
        reader.refuse(
            owner, "Two output columns have the same name.", "有两个输出列同名。",
            "Name each output column.", "请为每个输出列单独命名。",
        )  # fmt: skip
    if policy.needs_priorities and not any(column.priorities for column in outputs):
        reader.refuse(
            owner,
            f"Hit policy {policy.value} needs output values that say which output goes first.",
            f"命中策略 {policy.value} 需要输出取值列表来确定先后顺序。",
            "List the output values from the highest to the lowest priority.",
            "请按优先级从高到低列出输出取值。",
        )
    if aggregation and len(outputs) > 1:  # the operators are not defined over several outputs (8.2.8)
        reader.refuse(
            owner, "Only one output column can be aggregated.", "只能对单个输出列进行汇总。",
            "Remove the aggregation or the other columns.", "请取消汇总或删除其他输出列。",
        )  # fmt: skip


def _policy(reader: LogicReader, element: Element, owner: str) -> HitPolicy:
    name = element.get("hitPolicy", "UNIQUE")
    try:
        return HitPolicy(name)
    except ValueError:
        reader.refuse(
            owner, f"There is no hit policy {name[:40]}.", f"没有命中策略 {name[:40]}。",
            f"Choose one of {', '.join(each.value for each in HitPolicy)}.",
            f"请选择：{'、'.join(each.value for each in HitPolicy)}。",
        )  # fmt: skip
        return HitPolicy.UNIQUE


def _aggregation(reader: LogicReader, element: Element, owner: str) -> Aggregation | None:
    name = element.get("aggregation")
    try:
        return Aggregation(name) if name else None
    except ValueError:
        reader.refuse(
            owner, f"There is no aggregation {str(name)[:40]}.", f"没有汇总方式 {str(name)[:40]}。",
            f"Choose one of {', '.join(each.value for each in Aggregation)}.",
            f"请选择：{'、'.join(each.value for each in Aggregation)}。",
        )  # fmt: skip
        return None


def _input(reader: LogicReader, column: Element, owner: str) -> Input:
    id_ = column.get("id") or owner
    holder = child(column, "inputExpression")
    text, values = text_in(holder), text_in(child(column, "inputValues"))
    return Input(
        label=column.get("label") or text,
        expression=reader.expression(text, id_),
        label_en=english(column, "label_en"),
        id=id_,
        type_ref=holder.get("typeRef") if holder is not None else None,
        allowed=reader.tests(values, id_) if values else None,
        data_type=reader.type_of(holder, id_),
    )


def _output(reader: LogicReader, column: Element, owner: str) -> Output:
    owner = column.get("id") or owner
    type_ref, values = column.get("typeRef"), text_in(child(column, "outputValues"))
    if not values:
        allowed = reader.types.allowed_values(type_ref)
        values = allowed.text if allowed else ""
    default = text_in(child(column, "defaultOutputEntry"))
    return Output(
        column.get("name") or column.get("label") or owner,
        reader.expression(default, owner) if default else None,
        _values(reader, values, owner),
        owner,
        type_ref,
        reader.tests(values, owner) if values else None,
        reader.type_of(column, owner),
    )


def _values(reader: LogicReader, text: str, owner: str) -> Sequence[FeelValue]:
    """The output values in the order they are listed."""
    if text in ("", "-"):
        return ()
    try:
        listed = reader.expression(f"[{text}]", owner).evaluate(EMPTY, reader.constants)
    except FeelEvaluationError as error:
        reader.refuse(
            owner, error.message("en"), error.message("zh"), "List the output values.", "请逐一列出输出取值。"
        )
        return ()
    return listed if type(listed) is list else ()


def _rule(reader: LogicReader, element: Element, inputs: int, outputs: int, owner: str) -> Rule | None:
    cells = tuple(reader.tests(text_in(cell), cell.get("id") or owner) for cell in children(element, "inputEntry"))
    entries = tuple(
        reader.expression(text_in(cell), cell.get("id") or owner) for cell in children(element, "outputEntry")
    )
    if len(cells) != inputs or len(entries) != outputs:
        reader.refuse(
            owner, "The rule has not one cell per column.", "该规则的单元格数与列数不符。",
            "Give it a cell for each column.", "请为每列填写一个单元格。",
        )  # fmt: skip
        return None
    notes = [text_in(note) for note in children(element, "annotationEntry")]
    description = child(element, "description")
    if description is not None and description.text:
        notes.append(description.text.strip())
    annotation = "; ".join(note for note in notes if note)
    return Rule(owner, cells, entries, annotation, english(element, "annotation_en"))
