"""String functions (DMN 1.5, table 71, and Camunda 8's)."""

from __future__ import annotations

from engine.feel.builtins.patterns import compile_pattern, expand
from engine.feel.builtins.signatures import Family, items, text, whole
from engine.feel.environment import MAX_TEXT, Environment, bounded
from engine.feel.errors import Unsuitable, ValueTooLarge
from engine.feel.types import FeelValue

STRINGS = Family()


@STRINGS.function("substring", "string, start position, length?")
def substring(environment: Environment, string: FeelValue, start: FeelValue, *length: FeelValue) -> FeelValue:
    """Characters from `start` (1 is the first, -1 the last) on."""
    source, first = text(string), whole(start)
    if first == 0 or abs(first) > len(source):
        raise Unsuitable
    begin = first - 1 if first > 0 else len(source) + first
    if not length or length[0] is None:
        return source[begin:]
    count = whole(length[0])
    if count < 1:
        raise Unsuitable
    return source[begin : begin + count]


@STRINGS.function("string length", "string")
def string_length(environment: Environment, string: FeelValue) -> FeelValue:
    """Characters, not bytes."""
    return len(text(string))


@STRINGS.function("upper case", "string")
def upper_case(environment: Environment, string: FeelValue) -> FeelValue:
    """All capitals."""
    return text(string).upper()


@STRINGS.function("lower case", "string")
def lower_case(environment: Environment, string: FeelValue) -> FeelValue:
    """No capitals."""
    return text(string).lower()


@STRINGS.function("substring before", "string, match")
def substring_before(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """What stands before the first `match`, or nothing."""
    before, found, _ = text(string).partition(text(match)) if match != "" else ("", "", "")
    return before if found else ""


@STRINGS.function("substring after", "string, match")
def substring_after(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """What stands after the first `match`, or nothing."""
    source = text(string)
    return source.partition(text(match))[2] if match != "" else source


@STRINGS.function("contains", "string, match")
def contains(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether `match` occurs."""
    return text(match) in text(string)


@STRINGS.function("starts with", "string, match")
def starts_with(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether the text begins with `match`."""
    return text(string).startswith(text(match))


@STRINGS.function("ends with", "string, match")
def ends_with(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether the text ends with `match`."""
    return text(string).endswith(text(match))


def _flags(flags: tuple[FeelValue, ...]) -> str:
    return text(flags[0]) if flags and flags[0] is not None else ""


@STRINGS.function("matches", "input, pattern, flags?")
def matches(environment: Environment, source: FeelValue, pattern: FeelValue, *flags: FeelValue) -> FeelValue:
    """Whether the pattern is found somewhere in the text."""
    environment.spend()
    return compile_pattern(text(pattern), _flags(flags)).search(text(source)) is not None


@STRINGS.function("replace", "input, pattern, replacement, flags?")
def replace(
    environment: Environment,
    source: FeelValue,
    pattern: FeelValue,
    replacement: FeelValue,
    *flags: FeelValue,
) -> FeelValue:
    """Every match replaced; `$1` in the replacement is the first group."""
    compiled, whole_text, pieces, at, size = (
        compile_pattern(text(pattern), _flags(flags)), text(source), [], 0, 0,
    )  # fmt: skip
    substitute = text(replacement)
    for match in compiled.finditer(whole_text):
        environment.spend()
        piece = whole_text[at : match.start()] + expand(substitute, match, "q" in _flags(flags))
        size += len(piece)
        if size > MAX_TEXT:
            raise ValueTooLarge(limit=MAX_TEXT)
        pieces.append(piece)
        at = match.end()
    return bounded("".join(pieces) + whole_text[at:])


@STRINGS.function("split", "string, delimiter")
def split(environment: Environment, string: FeelValue, delimiter: FeelValue) -> FeelValue:
    """The parts between the matches of a pattern."""
    source, parts, at = text(string), [], 0
    for match in compile_pattern(text(delimiter), "").finditer(source):
        environment.spend()
        if match.end() > match.start():
            parts.append(source[at : match.start()])
            at = match.end()
    return [*parts, source[at:]]


@STRINGS.function("extract", "string, pattern")
def extract(environment: Environment, string: FeelValue, pattern: FeelValue) -> FeelValue:
    """All matches of a pattern (Camunda 8)."""
    found = []
    for match in compile_pattern(text(pattern), "").finditer(text(string)):
        environment.spend()
        found.append(match.group(0))
    return found


@STRINGS.function("string join", "list, delimiter?", "list, delimiter, prefix, suffix")
def string_join(environment: Environment, parts: FeelValue, *further: FeelValue) -> FeelValue:
    """The texts of a list, without the nulls, with a delimiter between them."""
    texts = [text(part) for part in items(parts) if part is not None]
    delimiter, prefix, suffix = ("" if part is None else text(part) for part in (*further, None, None, None)[:3])
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MAX_TEXT:
        raise ValueTooLarge(limit=MAX_TEXT)
    return prefix + delimiter.join(texts) + suffix


@STRINGS.function("trim", "string")
def trim(environment: Environment, string: FeelValue) -> FeelValue:
    """Without blanks at both ends (Camunda 8)."""
    return text(string).strip()


@STRINGS.function("is blank", "string")
def is_blank(environment: Environment, string: FeelValue) -> FeelValue:
    """Whether there is nothing but blanks (Camunda 8)."""
    return not text(string).strip()
