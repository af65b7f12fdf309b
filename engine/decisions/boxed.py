"""DMN XML to logic: boxed expressions (DMN 1.5, 10.2), with every problem collected rather than the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.decisions.document import Element, child, children, local_name, text_in
from engine.decisions.functions import FunctionLogic, Invocation, Iteration
from engine.decisions.item_types import DataType, TypeTable
from engine.decisions.logic import Conditional, Context, Items, Literal, Logic, Relation, Typed, placeholder_environment
from engine.decisions.table_reader import read_table
from engine.decisions.tables import DecisionTable
from engine.decisions.vocabulary import Vocabulary
from engine.feel import Expression, FeelSyntaxError, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.syntax import TypeName
from engine.model.errors import Problem

MAX_DEPTH = 32
"""Boxed expressions in boxed expressions."""

MAX_PROBLEMS = 100
"""Told at once; whoever has more of them corrects these first."""

MAX_LOOKS = 5_000_000
"""Names looked at for all texts of a model; one of two hundred names and ten thousand cells needs a tenth."""

EXPRESSIONS = (
    "literalExpression", "decisionTable", "context", "list", "relation", "invocation", "functionDefinition",
    "conditional", "filter", "for", "some", "every",
)  # fmt: skip

_TYPED_TEXTS = ("instance", "function")
"""Words without which a text names no types."""


class TooManyProblems(Exception):
    """Reading on would only add to a list that nobody reads."""


class LogicReader:
    """Of one model. `known` are all names it declares."""

    def __init__(self, known: Vocabulary, types: TypeTable) -> None:
        self.problems: list[Problem] = []
        self.tables: list[tuple[str, DecisionTable]] = []
        """Every table read so far, with the id of the decision or function (`holder`) it is part of."""
        self.holder = ""
        self.types = types
        self._known = [known]
        self._type_names: dict[str, TypeName] = {}
        self._type_vocabulary = Vocabulary(())
        self._functions: frozenset[str] = frozenset()
        self._depth = 0
        self.constants = placeholder_environment()
        """For what can be worked out once; its budget is for the whole model."""

    def refuse(self, element: str, en: str, zh: str, remedy_en: str = "", remedy_zh: str = "") -> None:
        """Note a problem. Raises TooManyProblems when it is one too many."""
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblems
        self.problems.append(
            Problem(element=element, reason_en=en, reason_zh=zh, remedy_en=remedy_en, remedy_zh=remedy_zh)
        )

    def types_are_known(self) -> None:
        """All types have been read: texts may name them from here on."""
        self._type_names = self.types.type_names()
        self._type_vocabulary = Vocabulary(self._type_names, plain=True)

    @contextmanager
    def inside(self, holder: str, functions: frozenset[str]) -> Iterator[None]:
        """While the logic of `holder` is read, which may call `functions`: they hide built-in ones."""
        self.holder, self._functions = holder, functions
        yield
        self.holder, self._functions = "", frozenset()

    # --- texts --------------------------------------------------------------------------------

    def expression(self, text: str, element: str) -> Expression:
        """The compiled text, or null with a problem noted."""
        try:
            return compile_expression(
                text or "null", known_names=self._names(text), hiding=self._functions, types=self._types_in(text)
            )
        except FeelSyntaxError as error:
            self._refuse_text(text, element, error)
            return compile_expression("null")

    def tests(self, text: str, element: str) -> UnaryTests:
        """The compiled cell; an empty one matches anything."""
        try:
            return compile_unary_tests(
                text or "-", known_names=self._names(text), hiding=self._functions, types=self._types_in(text)
            )
        except FeelSyntaxError as error:
            self._refuse_text(text, element, error)
            return compile_unary_tests("-")

    def _names(self, text: str) -> frozenset[str]:
        found = frozenset[str]().union(*(names.within(text) for names in self._known))
        if self._known[0].work + self._type_vocabulary.work > MAX_LOOKS:
            self.refuse(
                self.holder, "The model has too many names that are made of the same words.",
                "模型中由相同词语组成的名称过多。", "Divide the model into several.", "请将模型拆分为多个。",
            )  # fmt: skip
            raise TooManyProblems
        return found

    def _types_in(self, text: str) -> dict[str, TypeName]:
        if not any(word in text for word in _TYPED_TEXTS):
            return {}
        return {name: self._type_names[name] for name in self._type_vocabulary.within(text)}

    def _refuse_text(self, text: str, element: str, error: FeelSyntaxError) -> None:
        self.refuse(
            element,
            f"The text {text[:60]!r} is not FEEL. {error.message('en')}",
            f"文本“{text[:60]}”不是有效的 FEEL 表达式。{error.message('zh')}",
            "Correct the text; words that are not variables need quotation marks.",
            "请更正文本；不是变量的文字须加英文双引号。",
        )

    # --- names and types ----------------------------------------------------------------------

    def type_of(self, element: Element | None, owner: str) -> DataType | None:
        """The type that the element's `typeRef` names; None when it has none."""
        reference = element.get("typeRef") if element is not None else None
        if element is None or not reference:
            return None
        return self.type_named(reference, element, owner)

    def type_named(self, reference: str, element: Element, owner: str) -> DataType | None:
        """The type of this name. A name that nothing declares is refused: what it was to check would go unchecked."""
        found = self.types.named(reference, element.nsmap)
        if found is None:
            self.refuse(
                owner,
                f"There is no type {reference[:60]}.",
                f"没有类型 {reference[:60]}。",
                "Declare the type, or choose one of FEEL's.",
                "请声明该类型，或选用 FEEL 的内置类型。",
            )
        return found

    def _named(self, element: Element | None, owner: str) -> str:
        """The name of a column, parameter or entry; one without could never be read."""
        name = str(element.get("name") or "").strip() if element is not None else ""
        if not name:
            self.refuse(owner, "A part has no name.", "有一部分没有名称。", "Name it.", "请填写名称。")
        return name

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
                self.refuse(
                    owner, "Expressions are nested too deeply.", "表达式嵌套过深。",
                    "Divide it into several decisions.", "请拆分为多个决策。",
                )  # fmt: skip
                return self._nothing()
            logic = _READERS[local_name(element)](self, element, owner)
        finally:
            self._depth -= 1
        data_type = self.type_of(element, owner)
        return logic if data_type is None or logic.is_function else Typed(logic, data_type)

    def _nothing(self) -> Logic:
        return Literal(compile_expression("null"))

    def part(self, element: Element, name: str, owner: str) -> Logic:
        """The logic inside the child `name`."""
        holder = child(element, name)
        logic = None if holder is None else self.logic_in(holder, owner)
        if logic is None:
            self.refuse(owner, f"The part “{name}” is missing.", f"缺少“{name}”部分。", "Add it.", "请补充。")
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
        if child(element, "importedValues") is not None:
            self.refuse(
                owner,
                "Imported values are not supported.",
                "不支持导入的取值。",
                "Write the values into the model.",
                "请把取值写入模型。",
            )
        return Literal(self.expression(text_in(element), owner))

    def context(self, element: Element, owner: str) -> Logic:
        """A boxed context. An entry with a function hides a built-in one of its name from itself on."""
        outside, entries, result = self._functions, list[tuple[str, DataType | None, Logic]](), None
        for entry in children(element, "contextEntry"):
            place = entry.get("id") or owner
            variable = child(entry, "variable")
            if variable is not None and child(entry, "functionDefinition") is not None:
                self._functions |= {variable.get("name", "")}
            logic = self.logic_in(entry, place) or self._nothing()
            if variable is None:
                result = logic
                continue
            name = self._named(variable, place)
            if any(name == known for known, _, _ in entries):
                self.refuse(
                    place, f"The context has two entries named {name}.", f"上下文中有两个同名条目：{name}。",
                    "Give one of them another name.", "请为其中一个改名。",
                )  # fmt: skip
            entries.append((name, self.type_of(variable, place), logic))
        self._functions = outside
        return Context(entries, result)

    def items(self, element: Element, owner: str) -> Logic:
        """A boxed list."""
        return Items([self.logic(item, owner) for item in children(element, *EXPRESSIONS)])

    def relation(self, element: Element, owner: str) -> Logic:
        """A relation; each row has a cell per column."""
        columns = [(self._named(column, owner), self.type_of(column, owner)) for column in children(element, "column")]
        rows = []
        for row in children(element, "row"):
            cells = [self.logic(cell, owner) for cell in children(row, *EXPRESSIONS)]
            if len(cells) == len(columns):
                rows.append(cells)
            else:
                self.refuse(
                    row.get("id") or owner, "The row has not one cell per column.", "该行单元格数与列数不符。",
                    "Give it a cell for each column.", "请为每列填写一个单元格。",
                )  # fmt: skip
        return Relation(columns, rows)

    def invocation(self, element: Element, owner: str) -> Logic:
        """A boxed invocation."""
        bindings = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            logic = self.logic_in(binding, owner) or self._nothing()
            bindings.append((self._named(parameter, owner), self.type_of(parameter, owner), logic))
        function = self.expression(text_in(child(element, "literalExpression")), owner)
        return Invocation(function, bindings)

    def function(self, element: Element, owner: str, result: DataType | None = None) -> FunctionLogic:
        """A boxed function; Java and PMML bodies are left out."""
        parameters = [
            (self._named(parameter, owner), self.type_of(parameter, owner))
            for parameter in children(element, "formalParameter")
        ]
        names = [name for name, _ in parameters]
        if len(set(names)) < len(names):
            self.refuse(
                owner, "Two parameters have the same name.", "有两个同名参数。",
                "Give one of them another name.", "请为其中一个改名。",
            )  # fmt: skip
        body = None
        if element.get("kind", "FEEL") == "FEEL":
            self._known.append(Vocabulary(names))
            body = self.logic_in(element, owner)
            self._known.pop()
        return FunctionLogic(parameters, body, result)

    def conditional(self, element: Element, owner: str) -> Logic:
        """A boxed `if`."""
        return Conditional(*(self.part(element, name, owner) for name in ("if", "then", "else")))

    def _iteration(self, element: Element, owner: str, text: str, body: str, *further: str) -> Logic:
        domain = self.part(element, "in", owner)
        parameters = (element.get("iteratorVariable") or "item", *further)
        self._known.append(Vocabulary(parameters))
        logic = self.part(element, body, owner)
        self._known.pop()
        return Iteration(compile_expression(text), parameters, domain, logic, filters=body == "match")

    def loop(self, element: Element, owner: str) -> Logic:
        """A boxed `for`."""
        text = "for item in domain return body(item, partial)"
        return self._iteration(element, owner, text, "return", "partial")

    def some(self, element: Element, owner: str) -> Logic:
        """A boxed `some`."""
        return self._iteration(element, owner, "some item in domain satisfies body(item)", "satisfies")

    def every(self, element: Element, owner: str) -> Logic:
        """A boxed `every`."""
        return self._iteration(element, owner, "every item in domain satisfies body(item)", "satisfies")

    def filter(self, element: Element, owner: str) -> Logic:
        """A boxed filter."""
        return self._iteration(element, owner, "domain[body(item)]", "match")

    def table(self, element: Element, owner: str) -> Logic:
        """A decision table."""
        table = read_table(self, element, owner)
        self.tables.append((self.holder, table))
        return table


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
