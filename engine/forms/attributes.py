"""Reading the JSON attributes of a form's components: each read checks the type, each leftover is refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from engine.feel import Expression, FeelSyntaxError, compile_expression
from engine.forms.components import Caption, Condition
from engine.model.errors import Problem

MAX_CAPTION = 2_000
"""Characters in one label or text; longer ones belong in a document."""


class ProblemList:
    """Collects everything wrong with one form file."""

    def __init__(self, known_functions: frozenset[str]) -> None:
        self.problems: list[Problem] = []
        self.known_functions = known_functions

    def add(self, element: str, en: str, zh: str, remedy_en: str = "", remedy_zh: str = "") -> None:
        """Note one problem of the component `element` (key or id)."""
        self.problems.append(
            Problem(element=element, reason_en=en, reason_zh=zh, remedy_en=remedy_en, remedy_zh=remedy_zh)
        )


class Attributes:
    """One JSON object; `name` is the component's key or id, `where` the object inside it."""

    def __init__(self, name: str, source: Mapping[str, Any], problems: ProblemList, where: str = "") -> None:
        self.name = name
        self._left = dict(source)
        self._problems = problems
        self._where = f"{where}." if where else ""

    def refuse(self, en: str, zh: str, remedy_en: str = "", remedy_zh: str = "") -> None:
        """Note a problem of this component."""
        self._problems.add(self.name, en, zh, remedy_en, remedy_zh)

    def _wrong(self, key: str, expected_en: str, expected_zh: str) -> None:
        name = self._where + key
        self.refuse(f"The attribute {name} must be {expected_en}.", f"属性 {name} 必须是{expected_zh}。")

    def take(self, key: str) -> Any:
        """The raw value, None when absent; afterwards it is not a leftover."""
        return self._left.pop(key, None)

    def has(self, key: str) -> bool:
        """Whether the attribute is given and not yet taken."""
        return key in self._left

    def text(self, key: str, default: str = "") -> str:
        """A text attribute."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, str) or len(value) > MAX_CAPTION:
            self._wrong(key, f"text of at most {MAX_CAPTION} characters", f"不超过 {MAX_CAPTION} 个字符的文本")
            return default
        return value

    def caption(self, key: str, properties: Attributes) -> Caption:
        """A text with its English in `properties.<key>_en`; expressions and templates in it are refused."""
        caption = Caption(self.text(key), properties.text(f"{key}_en"))
        if any(text.startswith("=") or "{{" in text for text in (caption.zh, caption.en)):
            self._wrong(key, "plain text, not an expression or template", "纯文本，不能是表达式或模板")
        return caption

    def whole(self, key: str, low: int = 0, high: int = 1_000_000) -> int | None:
        """A whole number between `low` and `high`; digits as text count, as the form editor may write them."""
        value = self.take(key)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        if value is None or (type(value) is int and low <= value <= high):
            return value
        self._wrong(key, f"a whole number from {low} to {high}", f"{low} 至 {high} 的整数")
        return None

    def decimal(self, key: str) -> Decimal | None:
        """A number, exact."""
        value = self.take(key)
        if value is None:
            return None
        if type(value) in (int, float, str):
            try:
                number = Decimal(str(value))
            except ArithmeticError:
                number = Decimal("NaN")
            if number.is_finite():
                return number
        self._wrong(key, "a number", "数字")
        return None

    def flag(self, key: str, default: bool = False) -> bool:
        """A boolean."""
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self._wrong(key, "true or false", "true 或 false")
        return default

    def condition(self, key: str) -> Condition:
        """A boolean, or FEEL text beginning with `=`."""
        value = self.take(key)
        if value is None or value == "":
            return False
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.startswith("="):
            return self._compiled(key, value) or False
        self._wrong(key, "true, false or an expression beginning with =", "true、false 或以 = 开头的表达式")
        return False

    def expression(self, key: str) -> Expression | None:
        """FEEL text beginning with `=`, None when absent."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, str) and value.startswith("="):
            return self._compiled(key, value)
        self._wrong(key, "an expression beginning with =", "以 = 开头的表达式")
        return None

    def value_or_expression(self, key: str) -> Any:
        """Any value, or FEEL where it is text beginning with `=`."""
        value = self.take(key)
        return self._compiled(key, value) if isinstance(value, str) and value.startswith("=") else value

    def _compiled(self, key: str, text: str) -> Expression | None:
        try:
            return compile_expression(text[1:], self._problems.known_functions)
        except FeelSyntaxError as error:
            name = self._where + key
            self.refuse(f"{name}: {error.message('en')}", f"{name}：{error.message('zh')}")
        return None

    def pattern(self, key: str) -> Any:
        """A regular expression, linear in time (RE2): a function from text to whether it is found there."""
        text = self.text(key)
        if not text:
            return None
        options = re2.Options()
        options.log_errors = False
        try:
            compiled = re2.compile(text, options)
        except re2.error:
            self._wrong(
                key, "a regular expression without back-references or look-around", "不含反向引用和环视的正则表达式"
            )
            return None
        return lambda value: compiled.search(value) is not None

    def nested(self, key: str) -> Attributes:
        """The object under `key`, empty when absent."""
        value = self.take(key)
        if value is not None and not isinstance(value, Mapping):
            self._wrong(key, "an object", "对象")
            value = None
        return Attributes(self.name, value or {}, self._problems, self._where + key)

    def leftovers(self, *harmless: str) -> None:
        """Refuse every attribute that was not taken: it would mean something we do not carry out."""
        for key, value in self._left.items():
            if key not in harmless and value not in (None, "", False):
                name = self._where + key
                self.refuse(
                    f"The attribute {name} is not supported here.",
                    f"此处不支持属性 {name}。",
                    "Remove it, or say what it does by a condition or a rule of the field.",
                    "请删除该属性，或改用条件、校验规则表达。",
                )
