"""What somebody used to another language, or to full-width typing, meant by a text that is not FEEL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.feel.lexer import Token


class Hint(NamedTuple):
    """A sentence that says how FEEL writes what was meant, in English and Chinese."""

    en: str = ""
    zh: str = ""


NO_HINT = Hint()

_OPERATORS = {
    "==": Hint("FEEL writes = for equality.", "FEEL 用 = 表示相等。"),
    "!==": Hint("FEEL writes != for inequality.", "FEEL 用 != 表示不相等。"),
    "<>": Hint("FEEL writes != for inequality.", "FEEL 用 != 表示不相等。"),
    "=<": Hint("FEEL writes <= for “at most”.", "FEEL 用 <= 表示小于或等于。"),
    "=>": Hint(
        "FEEL writes >= for “at least”, and function(x) x + 1 for a function.",
        "FEEL 用 >= 表示大于或等于，用 function(x) x + 1 定义函数。",
    ),
    "&&": Hint("FEEL writes and.", "FEEL 用 and 表示“并且”。"),
    "&": Hint("FEEL writes and, and joins texts with +.", "FEEL 用 and 表示“并且”，用 + 连接文本。"),
    "||": Hint("FEEL writes or.", "FEEL 用 or 表示“或者”。"),
    "!": Hint("FEEL writes not(…).", "FEEL 用 not(…) 表示否定。"),
    "'": Hint('FEEL writes texts in double quotation marks: "…".', 'FEEL 的文本用英文双引号括起来："…"。'),
    "?": Hint("FEEL writes if … then … else … for a choice.", "FEEL 用 if … then … else … 表示条件选择。"),
    ";": Hint("FEEL separates items by commas.", "FEEL 用英文逗号分隔各项。"),
    "%": Hint(
        "FEEL has no %: 5 % is 0.05, and the remainder is modulo(a, b).",
        "FEEL 没有 %：5% 写作 0.05，取余数用 modulo(a, b)。",
    ),
    "^": Hint("FEEL writes ** for powers.", "FEEL 用 ** 表示乘方。"),
    "${": Hint("FEEL writes names without ${ }.", "FEEL 的名称不加 ${ }。"),
    "#{": Hint("FEEL writes names without #{ }.", "FEEL 的名称不加 #{ }。"),
}
_OPERATORS |= {"===": _OPERATORS["=="], "|": _OPERATORS["||"]}
_FOREIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_OPERATORS, key=len, reverse=True)))

HALF_WIDTH = dict(
    zip("，：（）［］｛｝＋－＊／＝＜＞．、；“”＂【】《》。｀？！", ',:()[]{}+-*/=<>.,,"""[]<>.`?!', strict=True)
) | {
    "‘": '"',
    "’": '"',
    "「": '"',
    "」": '"',
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
}
"""Full-width signs and the half-width ones their writer meant."""

_CLOSING = {")": "(", "]": "[", "}": "{"}

TRAILING_COMMA = Hint("Nothing follows the last comma; remove it.", "最后一个逗号后没有内容，请删除该逗号。")
NOTHING_OPEN = Hint("There is no open bracket for it.", "没有与之对应的左括号。")
BRACKETED_RANGE = Hint("FEEL writes a range in brackets: [1..10].", "FEEL 的区间须加括号：[1..10]。")
BOTH_BOUNDS = Hint(
    "Write both bounds as a range, such as [5..10] or (5..10), or use ?: ? > 5 and ? < 10.",
    "两个界限请写成区间，例如 [5..10] 或 (5..10)，或使用 ?：? > 5 and ? < 10。",
)
REPEATED_VALUE = Hint(
    "Name the value again: a > 5 and a < 10.",
    "请重复写出要比较的值：a > 5 and a < 10。",
)
NAMED_ITEM = Hint("A filter names the item: [item > 5].", "筛选条件中须写出 item：[item > 5]。")
GROUPED_DIGITS = Hint("FEEL writes numbers without separators.", "FEEL 的数字不加千位分隔符。")
NO_SEMICOLON = Hint("An expression ends without a sign.", "表达式末尾不加符号。")
ELSE_NULL = Hint(
    "Every if has an else; write else null where there is nothing.", "if 必须有 else；没有其他值时写 else null。"
)
COLON = Hint("A context is written {name: value}.", "上下文写作 {名称: 值}。")
FULL_WIDTH_QUOTE = Hint(
    'A full-width quotation mark does not close a text; write ".',
    '全角引号不能结束文本，请使用英文双引号 "。',
)


def hint_at(source: str, tokens: Sequence[Token], at: int, expected: object) -> Hint:
    """What was probably meant where parsing stopped at token `at`; NO_HINT when that is not clear."""
    token, before = tokens[at], tokens[at - 1] if at else tokens[at]
    if token.text in HALF_WIDTH:
        half = HALF_WIDTH[token.text]
        return Hint(f"Write {half} instead of {token.text}.", f"请用 {half} 代替 {token.text}。")
    foreign = foreign_sign(source, token.start)
    if foreign is not None:
        return NO_SEMICOLON if foreign[1] == ";" and at + 2 == len(tokens) else _OPERATORS[foreign[1]]
    if token.text in _CLOSING and before.text == ",":
        return TRAILING_COMMA
    if token.text == "=" and expected == "“:”":
        return COLON
    if before.text in ("and", "or") and token.text in ("<", "<=", ">", ">=", "="):
        return REPEATED_VALUE
    if before.text == "[" and token.text in ("<", "<=", ">", ">=", "="):
        return NAMED_ITEM
    if token.text in ("and", "or") and _in_open_test(tokens, at):
        return BOTH_BOUNDS
    if before.text == "not" and token.text != "(":
        return _OPERATORS["!"]
    if token.text == "..":
        return BRACKETED_RANGE
    if token.text == "," and before.text.isdigit() and _GROUP.match(source, token.start):
        return GROUPED_DIGITS
    return _about_brackets(source, tokens, at)


def _in_open_test(tokens: Sequence[Token], at: int) -> bool:
    """Whether some comparison before `at` has no left side, as in `> 5 and < 10`."""
    return any(
        token.text in ("<", "<=", ">", ">=") and (index == 0 or tokens[index - 1].text in ("(", ",", "[", "in"))
        for index, token in enumerate(tokens[:at])
    )


_GROUP = re.compile(r",[0-9]{3}(?![0-9])")


def foreign_sign(source: str, start: int) -> tuple[int, str] | None:
    """Where the operator of another language that the sign at `start` belongs to begins, and the operator."""
    window = max(0, start - 2)
    for match in _FOREIGN.finditer(source, window, start + 3):
        if match.start() <= start < match.end():
            return match.start(), match[0]
    return None


def _about_brackets(source: str, tokens: Sequence[Token], at: int) -> Hint:
    """Which bracket is still open at the end, or that none is where one closes."""
    token = tokens[at]
    closes = token.text in _CLOSING
    if not closes and at + 1 < len(tokens):
        return NO_HINT
    opened: list[Token] = []
    for other in tokens[:at]:
        if other.end - other.start > 1:  # a quoted bracket is none
            continue
        if other.text in _CLOSING.values():
            opened.append(other)
        elif other.text in _CLOSING and opened:
            opened.pop()
    if closes:
        return NO_HINT if opened else NOTHING_OPEN
    if not opened or any(other.text == ".." for other in tokens):
        return NO_HINT
    last = opened[-1]
    column = last.start - source.rfind("\n", 0, last.start)
    line = source.count("\n", 0, last.start) + 1
    return Hint(
        f"The bracket {last.text} at line {line}, column {column} is not closed.",
        f"第 {line} 行第 {column} 列的括号 {last.text} 没有闭合。",
    )


_WORDS = {
    "True": "true",
    "TRUE": "true",
    "False": "false",
    "FALSE": "false",
    "None": "null",
    "Null": "null",
    "NULL": "null",
    "nil": "null",
    "undefined": "null",
    "AND": "and",
    "And": "and",
    "OR": "or",
    "Or": "or",
    "NOT": "not(…)",
    "Not": "not(…)",
    "not": "not(…)",
    "IN": "in",
    "is": "=",
    "IS": "=",
    "equals": "=",
    "xor": "!=",
    "mod": "modulo(a, b)",
    "div": "/",
}


def hint_for_name(name: str) -> Hint:
    """What was probably meant by a name that no variable has, such as `True` or `a AND b`."""
    for word in name.split():
        if word in _WORDS:
            return Hint(f"FEEL writes {_WORDS[word]} for {word}.", f"FEEL 用 {_WORDS[word]} 表示 {word}。")
    return NO_HINT
