"""String functions (DMN 1.5, 10.3.4.3, and Camunda 8's). They count characters (code points), not bytes."""

from __future__ import annotations

from engine.feel.builtins.pattern_translation import UnusablePattern
from engine.feel.builtins.patterns import Pattern, Use, compile_pattern, replacement_parts
from engine.feel.builtins.signatures import Family, items, text, whole
from engine.feel.environment import MAX_TEXT, Environment, bounded
from engine.feel.errors import Unsuitable, ValueTooLarge
from engine.feel.types import FeelValue

STRINGS = Family()
_CHARACTERS_PER_STEP = 80


def _read(environment: Environment, value: FeelValue) -> str:
    """A text argument, paid for by its length."""
    source = text(value)
    environment.spend(len(source) // _CHARACTERS_PER_STEP)
    return source


@STRINGS.function("substring", "string, start position, length?")
def substring(environment: Environment, string: FeelValue, start: FeelValue, *length: FeelValue) -> FeelValue:
    """Characters from `start` (1 is the first, -1 the last) on."""
    source, first = _read(environment, string), whole(start)
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
    """How many characters."""
    return len(text(string))


@STRINGS.function("upper case", "string")
def upper_case(environment: Environment, string: FeelValue) -> FeelValue:
    """All capitals."""
    return bounded(_read(environment, string).upper())


@STRINGS.function("lower case", "string")
def lower_case(environment: Environment, string: FeelValue) -> FeelValue:
    """No capitals."""
    return bounded(_read(environment, string).lower())


@STRINGS.function("substring before", "string, match")
def substring_before(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """What stands before the first `match`, or nothing."""
    source, wanted = _read(environment, string), _read(environment, match)
    return source.partition(wanted)[0] if wanted and wanted in source else ""


@STRINGS.function("substring after", "string, match")
def substring_after(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """What stands after the first `match`, or nothing; all of it after the empty text."""
    source, wanted = _read(environment, string), _read(environment, match)
    return source.partition(wanted)[2] if wanted else source


@STRINGS.function("contains", "string, match")
def contains(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether `match` occurs."""
    source, wanted = _read(environment, string), _read(environment, match)
    return wanted in source


@STRINGS.function("starts with", "string, match")
def starts_with(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether the text begins with `match`."""
    return text(string).startswith(_read(environment, match))


@STRINGS.function("ends with", "string, match")
def ends_with(environment: Environment, string: FeelValue, match: FeelValue) -> FeelValue:
    """Whether the text ends with `match`."""
    return text(string).endswith(_read(environment, match))


def _pattern(environment: Environment, pattern: FeelValue, use: Use, flags: tuple[FeelValue, ...] = ()) -> Pattern:
    given = text(flags[0]) if flags and flags[0] is not None else ""
    return compile_pattern(text(pattern), given, environment, use)


def _splitting(environment: Environment, pattern: FeelValue, use: Use, flags: tuple[FeelValue, ...] = ()) -> Pattern:
    """A pattern to replace or to split by: it may not match the empty text (F&O, error FORX0003)."""
    compiled = _pattern(environment, pattern, use, flags)
    if compiled.matches_nothing():
        raise UnusablePattern
    return compiled


@STRINGS.function("matches", "input, pattern, flags?", pure=False)
def matches(environment: Environment, source: FeelValue, pattern: FeelValue, *flags: FeelValue) -> FeelValue:
    """Whether the pattern is found somewhere in the text."""
    return _pattern(environment, pattern, Use.FIND, flags).found_in(text(source), environment)


@STRINGS.function("replace", "input, pattern, replacement, flags?", pure=False)
def replace(
    environment: Environment,
    source: FeelValue,
    pattern: FeelValue,
    replacement: FeelValue,
    *flags: FeelValue,
) -> FeelValue:
    """Every match replaced; `$1` in the replacement is the first group, unless the flag `q` makes it plain text."""
    whole_text, substitute = _read(environment, source), _read(environment, replacement)
    compiled = _splitting(environment, pattern, Use.GROUPS if "$" in substitute else Use.PLACES, flags)
    literal = bool(flags) and flags[0] is not None and "q" in text(flags[0])
    parts = [substitute] if literal else replacement_parts(substitute, compiled.group_count)
    pieces: list[str] = []
    at = size = 0
    for match in compiled.matches_in(whole_text, environment):
        pieces.append(whole_text[at : match.start()])
        new = "".join(part if isinstance(part, str) else compiled.group(match, part) for part in parts)
        environment.spend(len(parts) + len(new) // _CHARACTERS_PER_STEP)
        size += len(pieces[-1]) + len(new)
        if size > MAX_TEXT:
            raise ValueTooLarge(limit=MAX_TEXT)
        pieces.append(new)
        at = match.end()
    return bounded("".join(pieces) + whole_text[at:])


@STRINGS.function("split", "string, delimiter", pure=False)
def split(environment: Environment, string: FeelValue, delimiter: FeelValue) -> FeelValue:
    """The parts between the matches of a pattern."""
    source, parts, at = _read(environment, string), [], 0
    for match in _splitting(environment, delimiter, Use.PLACES).matches_in(source, environment):
        parts.append(source[at : match.start()])
        at = match.end()
    return [*parts, source[at:]]


@STRINGS.function("extract", "string, pattern", pure=False)
def extract(environment: Environment, string: FeelValue, pattern: FeelValue) -> FeelValue:
    """All matches of a pattern (Camunda 8)."""
    compiled = _pattern(environment, pattern, Use.PLACES)
    return [match.group(0) for match in compiled.matches_in(_read(environment, string), environment)]


@STRINGS.function("string join", "list, delimiter?", "list, delimiter, prefix, suffix")
def string_join(environment: Environment, parts: FeelValue, *further: FeelValue) -> FeelValue:
    """The texts of a list, without the nulls, with a delimiter between them; prefix and suffix are Camunda 8's."""
    given = items(parts)
    environment.spend(len(given) // 4)
    texts = [text(part) for part in given if part is not None]
    delimiter, prefix, suffix = ("" if part is None else text(part) for part in (*further, None, None, None)[:3])
    size = sum(map(len, texts)) + len(delimiter) * len(texts) + len(prefix) + len(suffix)
    if size > MAX_TEXT:
        raise ValueTooLarge(limit=MAX_TEXT)
    environment.spend(size // _CHARACTERS_PER_STEP)
    return prefix + delimiter.join(texts) + suffix


@STRINGS.function("trim", "string")
def trim(environment: Environment, string: FeelValue) -> FeelValue:
    """Without blanks at both ends (Camunda 8)."""
    return _read(environment, string).strip()


@STRINGS.function("is blank", "string")
def is_blank(environment: Environment, string: FeelValue) -> FeelValue:
    """Whether there is nothing but blanks (Camunda 8)."""
    return not _read(environment, string).strip()
