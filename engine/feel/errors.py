"""What can go wrong with a FEEL text: it does not parse, it does not end, or a part of it is null."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.feel.mistakes import NO_HINT, Hint, hint_for_name
from persistence.errors import ErrorKind, KaihuError


class Expected(Enum):
    """What the grammar wanted at the place of an error, in English and Chinese."""

    EXPRESSION = ("a value, a name or a bracket", "值、名称或括号")
    OPERATOR_OR_END = ("an operator or the end of the expression", "运算符或表达式结尾")
    NAME = ("a name", "名称")
    TYPE = ("a type name such as string or number", "类型名称，例如 string 或 number")
    CLOSING_QUOTE = ("a closing quotation mark", "右引号")
    CLOSING_BACKTICK = ("a closing backtick", "右反引号")
    CLOSING_COMMENT = ("the end of the comment, */", "注释结尾 */")
    TEMPORAL_TEXT = ('a quoted date, time or duration after "@"', "“@”后带引号的日期、时间或时长")
    HALF_WIDTH = ("a half-width character (the full-width one is not an operator)", "半角字符（全角符号不是运算符）")
    WHOLE_CHARACTER = ("whole characters (this is half of one)", "完整的字符（此处只有半个字符）")
    SMALLER_NUMBER = ("a number below 10 to the power of 6145", "小于 10 的 6145 次方的数字")
    LESS_NESTING = ("fewer levels of nesting; split the expression", "更少的嵌套层次，请拆分表达式")
    SHORTER_TEXT = ("a shorter expression; split it", "更短的表达式，请拆分")
    RANGE_END = ("the end of a range: ], ) or [", "区间结尾：]、) 或 [")
    THEN = ('"then"', "“then”")
    ELSE = ('"else"', "“else”")
    IN = ('"in"', "“in”")
    RETURN = ('"return"', "“return”")
    SATISFIES = ('"satisfies"', "“satisfies”")
    AND = ('"and"', "“and”")
    NAMED_ARGUMENT = ("a named argument (name: value), like the others", "命名参数（名称: 值），与其余参数一致")

    @property
    def en(self) -> str:
        return self.value[0]

    @property
    def zh(self) -> str:
        return self.value[1]


class FeelSyntaxError(KaihuError):
    """The text is not a FEEL expression. `line` and `column` count from 1; `hint` may say what FEEL writes instead."""

    code = "feel_syntax"
    kind = ErrorKind.INVALID
    en = "Line {line}, column {column}: expected {expected}, but found {found}.{hint}"
    zh = "第 {line} 行第 {column} 列：此处应为{expected_zh}，实际为{found_zh}。{hint_zh}"

    def __init__(self, line: int, column: int, expected: Expected | str, found: str = "", hint: Hint = NO_HINT) -> None:
        self.line, self.column, self.hint = line, column, hint
        en, zh = (
            (expected.en, expected.zh) if isinstance(expected, Expected) else (expected, expected.replace(" or ", "或"))
        )
        self.expected = en
        super().__init__(
            line=line,
            column=column,
            expected=en,
            expected_zh=zh,
            found=f"“{found}”" if found else "the end of the text",
            found_zh=f"“{found}”" if found else "文本结尾",
            hint=f" {hint.en}" if hint.en else "",
            hint_zh=hint.zh,
        )


class FeelEvaluationError(KaihuError):
    """An evaluation that had to be stopped; never a value that is merely null."""

    code = "feel_evaluation"
    kind = ErrorKind.TOO_LARGE
    en = "The expression could not be evaluated."
    zh = "表达式无法求值。"


class StepBudgetSpent(FeelEvaluationError):
    """Loops and calls took more steps than one evaluation may."""

    code = "feel_budget"
    en = "The expression needs more than {budget} steps; shorten the lists or ranges it goes through."
    zh = "表达式的计算步数超过 {budget}，请缩短所遍历的列表或区间。"


class TotalBudgetSpent(FeelEvaluationError):
    """Many evaluations, each within its bounds, took more steps together than one command may."""

    code = "feel_total_budget"
    en = "The expressions of one command need more than {budget} steps together; wait in between or shorten the lists."
    zh = "一次命令中各表达式的计算步数合计超过 {budget}，请缩短所遍历的列表，或在中间设置等待。"


class ValueTooLarge(FeelEvaluationError):
    """A text grew beyond what a variable may hold."""

    code = "feel_value_too_large"
    en = "The expression builds a text of more than {limit} characters."
    zh = "表达式生成的文本超过 {limit} 个字符。"


class CallsTooDeep(FeelEvaluationError):
    """Functions called each other without end."""

    code = "feel_calls_too_deep"
    en = "Functions in the expression call each other more than {limit} levels deep."
    zh = "表达式中函数相互调用超过 {limit} 层。"


class NestedTooDeep(FeelEvaluationError):
    """A value or the expressions around it are nested deeper than can be worked with."""

    code = "feel_nested_too_deep"
    en = "The expression, or the value it builds, is nested too deeply."
    zh = "表达式或其生成的值嵌套过深。"


class TooManyItems(FeelEvaluationError):
    """A list or context has more items, counted at all levels, than can be worked with."""

    code = "feel_too_many_items"
    en = "The expression works on a value of more than {limit} items."
    zh = "表达式处理的值超过 {limit} 个元素。"


class WarningCode(Enum):
    """Why a part of an expression is null, as English and Chinese templates over `subject`."""

    UNKNOWN_NAME = ("There is no variable named {subject}; it is null.", "没有名为 {subject} 的变量，按 null 处理。")
    UNKNOWN_FUNCTION = ("There is no function named {subject}.", "没有名为 {subject} 的函数。")
    NO_PROPERTY = ("The value has no property {subject}.", "该值没有属性 {subject}。")
    WRONG_KINDS = (
        "The operation {subject} does not fit these kinds of value.",
        "运算 {subject} 不适用于这些类型的值。",
    )
    WRONG_ARGUMENTS = ("The function {subject} was called with unsuitable arguments.", "函数 {subject} 的参数不合适。")
    NAMELESS_ARGUMENTS = (
        "A function without a name was called with unsuitable arguments; the result is null.",
        "调用未命名函数时参数不合适，结果按 null 处理。",
    )
    NOT_A_FUNCTION = (
        "What stands before the brackets {subject} is not a function; the result is null.",
        "括号 {subject} 之前的值不是函数，结果按 null 处理。",
    )
    NOT_TEMPORAL = (
        "The text after {subject} is no date, time or duration; it is null.",
        "{subject} 之后的文本不是有效的日期、时间或时长，按 null 处理。",
    )
    EXTERNAL_FUNCTION = (
        "The body of an external {subject} (Java, PMML) is never run; its value is null.",
        "外部 {subject}（Java、PMML）不会执行，其值按 null 处理。",
    )
    DEFINED_TWICE = (
        "A context has the entry {subject} twice; it is null.",
        "上下文中重复定义了 {subject}，按 null 处理。",
    )
    NOT_A_BOOLEAN = (
        "The condition of {subject} is neither true nor false.",
        "{subject} 的条件既不是 true 也不是 false。",
    )
    OPERAND_NOT_BOOLEAN = (
        "An operand of “{subject}” is neither true nor false; the result is null.",
        "“{subject}”的操作数既不是 true 也不是 false，结果按 null 处理。",
    )
    NO_LOGIC = (
        "The decision {subject} has no logic; its value is null.",
        "决策 {subject} 没有决策逻辑，其值按 null 处理。",
    )
    WRONG_TYPE = (
        "A value does not fit its declared type {subject}; it is null.",
        "值与声明的类型 {subject} 不符，按 null 处理。",
    )
    UNUSABLE_PATTERN = (
        "The pattern, flags or replacement given to {subject} cannot be used (look-around and most back-references "
        "are not available).",
        "{subject} 的正则表达式、标志或替换文本无法使用（不支持环视，反向引用仅支持少数情形）。",
    )
    NOT_ALLOWED = (
        "The value of {subject} is not among those the decision table allows; the result is null.",
        "{subject} 的值不在决策表允许的取值范围内，结果按 null 处理。",
    )
    NOT_A_LIST = (
        "What “{subject}” goes through is neither a list nor a range with a start and an end.",
        "“{subject}”遍历的既不是列表，也不是有起点和终点的区间。",
    )
    NO_SUCH_POSITION = ("The list has no item at the position in {subject}.", "列表中没有 {subject} 所指位置的元素。")
    OUT_OF_RANGE = ("The result of {subject} is outside what can be represented.", "{subject} 的结果超出可表示的范围。")


@dataclass(frozen=True)
class FeelWarning:
    """One null the standard asks for. `subject` names an operator, variable or function, never a value."""

    code: WarningCode
    subject: str

    def message(self, language: str) -> str:
        """The sentence for a reader of `language` ("zh…" is Chinese, everything else English)."""
        chinese = language.startswith("zh")
        en, zh = self.code.value
        hint = hint_for_name(self.subject) if self.code is WarningCode.UNKNOWN_NAME else NO_HINT
        sentence = (zh if chinese else en).format(subject=self.subject)
        return sentence + (hint.zh if chinese else hint.en and f" {hint.en}")


class Unsuitable(Exception):
    """Raised by a built-in whose arguments do not fit; the call then yields null with the `warning`."""

    warning = WarningCode.WRONG_ARGUMENTS
