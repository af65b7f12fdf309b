"""DMN XML to logic: tables and boxed expressions, with every problem collected rather than the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.decisions.document import Element, child, children, english, local_name, text_in
from engine.decisions.hit_policies import Aggregation, HitPolicy
from engine.decisions.item_types import TypeTable
from engine.decisions.logic import (
    Conditional,
    Context,
    FunctionLogic,
    Invocation,
    Items,
    Iteration,
    Literal,
    Logic,
    Relation,
    placeholder_environment,
)
from engine.decisions.tables import DecisionTable, Input, Output, Rule
from engine.feel import (
    Expression,
    FeelSyntaxError,
    FeelValue,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.scope import EMPTY
from engine.feel.syntax import TypeName
from engine.model.errors import Problem

MAX_DEPTH = 32
"""Boxed expressions in boxed expressions."""

EXPRESSIONS = (
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "filter", "for", "some", "every",
)  # fmt: skip


class LogicReader:
    """Of one model. `known` are all names it declares, `functions` those that can be called."""

    def __init__(self, known: frozenset[str], functions: frozenset[str], types: TypeTable) -> None:
        self.problems: list[Problem] = []
        self.tables: list[tuple[str, DecisionTable]] = []
        """Every table read so far, with the id of the decision or function (`holder`) it is part of."""
        self.holder = ""
        self.types = types
        self._known = known
        self.type_names: dict[str, TypeName] = {}
        """The model's types by name, once they have been read."""
        self._functions = functions
        self._depth = 0

    def refuse(self, element: str, en: str, zh: str, remedy_en: str = "", remedy_zh: str = "") -> None:
        """Note a problem."""
        self.problems.append(
            Problem(element=element, reason_en=en, reason_zh=zh, remedy_en=remedy_en, remedy_zh=remedy_zh)
        )

    # --- expressions --------------------------------------------------------------------------

    def expression(self, text: str, element: str) -> Expression:
        """The compiled text, or null with a problem noted."""
        try:
            return compile_expression(
                text or "null", known_names=self._known, hiding=self._functions, types=self.type_names
            )
        except FeelSyntaxError as error:
            self._refuse_text(text, element, error)
            return compile_expression("null")

    def tests(self, text: str, element: str) -> UnaryTests:
        """The compiled cell; an empty one matches anything."""
        try:
            return compile_unary_tests(
                text or "-", known_names=self._known, hiding=self._functions, types=self.type_names
            )
        except FeelSyntaxError as error:
            self._refuse_text(text, element, error)
            return compile_unary_tests("-")

    def _refuse_text(self, text: str, element: str, error: FeelSyntaxError) -> None:
        self.refuse(
            element,
            f"The text {text[:60]!r} is not FEEL. {error.message('en')}",
            f"文本“{text[:60]}”不是有效的 FEEL 表达式。{error.message('zh')}",
            "Correct the text; words that are not variables need quotation marks.",
            "请更正文本；不是变量的文字须加英文双引号。",
        )

    # --- boxed expressions --------------------------------------------------------------------

    def logic_in(self, holder: Element, owner: str) -> Logic | None:
        """The logic of the one expression in `holder`; None when there is none."""
        element = child(holder, *EXPRESSIONS)
        return None if element is None else self.logic(element, owner)

    def logic(self, element: Element, owner: str) -> Logic:
        """The logic of an expression element; `owner` is the id to name in problems without a nearer one."""
        owner = element.get("id") or owner
        self._depth += 1
        try:
            if self._depth > MAX_DEPTH:
                self.refuse(owner, "Expressions are nested too deeply.", "表达式嵌套过深。")
                return self._nothing()
            return _READERS[local_name(element)](self, element, owner)
        finally:
            self._depth -= 1

    def _nothing(self) -> Logic:
        return Literal(compile_expression("null"), None, self.types)

    def part(self, element: Element, name: str, owner: str) -> Logic:
        """The logic inside the child `name`."""
        holder = child(element, name)
        logic = None if holder is None else self.logic_in(holder, owner)
        if logic is None:
            self.refuse(owner, f"The part “{name}” is missing.", f"缺少“{name}”部分。")
            return self._nothing()
        return logic

    def literal(self, element: Element, owner: str) -> Logic:
        """A literal expression; only FEEL is understood."""
        language = element.get("expressionLanguage", "")
        if language and "feel" not in language.lower():
            self.refuse(
                owner,
                f"The expression language {language[:60]} is not supported.",
                f"不支持表达式语言 {language[:60]}。",
                "Write the expression in FEEL.",
                "请改用 FEEL 编写表达式。",
            )
        return Literal(self.expression(text_in(element), owner), element.get("typeRef"), self.types)

    def context(self, element: Element, owner: str) -> Logic:
        """A boxed context."""
        entries: list[tuple[str, str | None, Logic]] = []
        result = None
        for entry in children(element, "contextEntry"):
            logic = self.logic_in(entry, entry.get("id") or owner) or self._nothing()
            variable = child(entry, "variable")
            if variable is None:
                result = logic
            else:
                entries.append((variable.get("name", ""), variable.get("typeRef"), logic))
        return Context(entries, result, self.types)

    def items(self, element: Element, owner: str) -> Logic:
        """A boxed list."""
        return Items([self.logic(item, owner) for item in children(element, *EXPRESSIONS)])

    def relation(self, element: Element, owner: str) -> Logic:
        """A relation; each row has a cell per column."""
        columns = [column.get("name", "") for column in children(element, "column")]
        rows = []
        for row in children(element, "row"):
            cells = [self.logic(cell, owner) for cell in children(row, *EXPRESSIONS)]
            if len(cells) == len(columns):
                rows.append(cells)
            else:
                self.refuse(row.get("id") or owner, "The row has not one cell per column.", "该行单元格数与列数不符。")
        return Relation(columns, rows)

    def invocation(self, element: Element, owner: str) -> Logic:
        """A boxed invocation."""
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            name = parameter.get("name", "") if parameter is not None else ""
            bindings.append((name, self.logic_in(binding, owner) or self._nothing()))
        function = self.expression(text_in(child(element, "literalExpression")), owner)
        return Invocation(function, bindings)

    def function(self, element: Element, owner: str) -> FunctionLogic:
        """A boxed function; Java and PMML bodies are left out."""
        parameters = [
            (parameter.get("name", ""), parameter.get("typeRef")) for parameter in children(element, "formalParameter")
        ]
        body = None
        if element.get("kind", "FEEL") == "FEEL":
            outside, self._known = self._known, self._known.union(name for name, _ in parameters)
            body = self.logic_in(element, owner)
            self._known = outside
        return FunctionLogic(parameters, body, self.types)

    def conditional(self, element: Element, owner: str) -> Logic:
        """A boxed `if`."""
        return Conditional(*(self.part(element, name, owner) for name in ("if", "then", "else")))

    def _iteration(self, element: Element, owner: str, text: str, body: str) -> Logic:
        variable = element.get("iteratorVariable", "item")
        return Iteration(
            compile_expression(text),
            variable,
            self.part(element, "in", owner),
            self.part(element, body, owner),
        )

    def loop(self, element: Element, owner: str) -> Logic:
        """A boxed `for`."""
        return self._iteration(element, owner, "for item in domain return body(item)", "return")

    def some(self, element: Element, owner: str) -> Logic:
        """A boxed `some`."""
        return self._iteration(element, owner, "some item in domain satisfies body(item)", "satisfies")

    def every(self, element: Element, owner: str) -> Logic:
        """A boxed `every`."""
        return self._iteration(element, owner, "every item in domain satisfies body(item)", "satisfies")

    def filter(self, element: Element, owner: str) -> Logic:
        """A boxed filter."""
        return self._iteration(element, owner, "domain[body(item)]", "match")

    # --- decision tables ----------------------------------------------------------------------

    def table(self, element: Element, owner: str) -> Logic:
        """A decision table."""
        policy = self._policy(element, owner)
        inputs = [self._input(column, owner) for column in children(element, "input")]
        outputs = [self._output(column, owner) for column in children(element, "output")]
        aggregation = element.get("aggregation")
        if not outputs:
            self.refuse(owner, "The table has no output column.", "决策表没有输出列。")
        if policy.needs_priorities and not any(column.priorities for column in outputs):
            self.refuse(
                owner,
                f"Hit policy {policy.value} needs output values that say which output goes first.",
                f"命中策略 {policy.value} 需要输出取值列表来确定先后顺序。",
                "List the output values from the highest to the lowest priority.",
                "请按优先级从高到低列出输出取值。",
            )
        if aggregation and len(outputs) > 1:
            self.refuse(owner, "Only one output column can be aggregated.", "只能对单个输出列进行汇总。")
        rules = [
            self._rule(rule, len(inputs), len(outputs), rule.get("id") or f"{owner}/{index}")
            for index, rule in enumerate(children(element, "rule"), 1)
        ]
        table = DecisionTable(
            owner,
            policy=policy,
            aggregation=self._aggregation(aggregation, owner),
            inputs=inputs,
            outputs=outputs,
            rules=[rule for rule in rules if rule],
        )
        self.tables.append((self.holder, table))
        return table

    def _policy(self, element: Element, owner: str) -> HitPolicy:
        name = element.get("hitPolicy", "UNIQUE")
        try:
            return HitPolicy(name)
        except ValueError:
            self.refuse(owner, f"There is no hit policy {name[:40]}.", f"没有命中策略 {name[:40]}。")
            return HitPolicy.UNIQUE

    def _aggregation(self, name: str | None, owner: str) -> Aggregation | None:
        try:
            return Aggregation(name) if name else None
        except ValueError:
            self.refuse(owner, f"There is no aggregation {str(name)[:40]}.", f"没有汇总方式 {str(name)[:40]}。")
            return None

    def _input(self, column: Element, owner: str) -> Input:
        id_ = column.get("id") or owner
        holder = child(column, "inputExpression")
        text, values = text_in(holder), text_in(child(column, "inputValues"))
        return Input(
            label=column.get("label") or text,
            expression=self.expression(text, id_),
            label_en=english(column, "label_en"),
            id=id_,
            type_ref=holder.get("typeRef") if holder is not None else None,
            allowed=self.tests(values, id_) if values else None,
        )

    def _output(self, column: Element, owner: str) -> Output:
        owner = column.get("id") or owner
        values = text_in(child(column, "outputValues"))
        if not values:
            allowed = self.types.allowed_values(column.get("typeRef"))
            values = allowed.text if allowed else ""
        default = text_in(child(column, "defaultOutputEntry"))
        return Output(
            column.get("name") or column.get("label") or owner,
            self.expression(default, owner) if default else None,
            self._values(values, owner),
            owner,
            column.get("typeRef"),
            self.tests(values, owner) if values else None,
        )

    def _values(self, text: str, owner: str) -> Sequence[FeelValue]:
        """The output values in the order they are listed."""
        if text in ("", "-"):
            return ()
        listed = self.expression(f"[{text}]", owner).evaluate(EMPTY, placeholder_environment())
        return listed if type(listed) is list else ()

    def _rule(self, element: Element, inputs: int, outputs: int, owner: str) -> Rule | None:
        cells = tuple(self.tests(text_in(cell), cell.get("id") or owner) for cell in children(element, "inputEntry"))
        entries = tuple(
            self.expression(text_in(cell), cell.get("id") or owner) for cell in children(element, "outputEntry")
        )
        if len(cells) != inputs or len(entries) != outputs:
            self.refuse(owner, "The rule has not one cell per column.", "该规则的单元格数与列数不符。")
            return None
        notes = [text_in(note) for note in children(element, "annotationEntry")]
        description = child(element, "description")
        if description is not None and description.text:
            notes.append(description.text.strip())
        annotation = "; ".join(note for note in notes if note)
        return Rule(owner, cells, entries, annotation, english(element, "annotation_en"))


_READERS: dict[str, Callable[[LogicReader, Element, str], Logic]] = {
    "literalExpression": LogicReader.literal,
    "decisionTable": LogicReader.table,
    "context": LogicReader.context,
    "list": LogicReader.items,
    "relation": LogicReader.relation,
    "invocation": LogicReader.invocation,
    "functionDefinition": LogicReader.function,
    "conditional": LogicReader.conditional,
    "for": LogicReader.loop,
    "some": LogicReader.some,
    "every": LogicReader.every,
    "filter": LogicReader.filter,
}
