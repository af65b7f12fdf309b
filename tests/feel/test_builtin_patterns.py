"""Regular expressions of XPath (XQuery F&O 3.1, 5.6) in matches, replace and split."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.errors import FeelEvaluationError
from tests.feel.evaluation import evaluate, warnings_of


def matches(text: str, pattern: str, flags: str = "") -> object:
    return evaluate("matches(text, pattern, flags)", {"text": text, "pattern": pattern, "flags": flags})


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        ("abracadabra", "bra", "", True),
        ("abracadabra", "^a.*a$", "", True),
        ("abracadabra", "^bra", "", False),
        ("a\nb", "a.b", "", False),
        ("a\rb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("ABC", "b", "i", True),
        ("\u212a", "k", "i", True),
        ("a", r"\p{Lu}", "i", False),
        ("A", r"\p{Lu}", "i", True),
        ("x", r"[\p{Lu}x]", "i", True),
        ("X", r"[\p{Lu}x]", "i", True),
        ("q", "[^Q]", "i", False),
        ("hello world", r"hello\ sworld", "x", True),
        ("hello world", " hello[ ]world ", "x", True),
        ("a b", r"a[\] ]b", "x", True),
        ("a.b", "a.b", "q", True),
        ("axb", "a.b", "q", False),
        ("A.B", "a.b", "iq", True),
        ("开户行", r"^\w+$", "", True),
        ("a-b", r"^\w+$", "", False),
        ("a_b", r"^\w+$", "", False),
        ("a+b", r"^\w+$", "", True),
        ("\u00a0", r"\s", "", False),
        (" ", r"\S", "", False),
        ("٣", r"^\d$", "", True),
        ("٣", r"^[^\D]$", "", True),
        ("x", r"^[\W\d]$", "", False),
        ("!", r"^[\W\d]$", "", True),
        ("xml:id", r"^\i\c*$", "", True),
        ("1a", r"^\i\c*$", "", False),
        ("·", r"^[\C]$", "", False),
        ("开", r"^\p{IsCJKUnifiedIdeographs}$", "", True),
        ("е", r"^\p{IsCyrillic}$", "", True),
        ("a", r"^\P{IsBasicLatin}$", "", False),
        ("\u0378", r"^\p{Cn}$", "", True),
        ("a", r"^\P{L}$", "", False),
        ("H", "^[A-Z-[IO]]$", "", True),
        ("O", "^[A-Z-[IO]]$", "", False),
        ("o", "^[A-Z-[IO]]$", "i", False),
        ("h", "^[A-Z-[IO]]$", "i", True),
        ("é", r"^[\p{L}-[a-z]]$", "", True),
        ("e", r"^[\p{L}-[a-z]]$", "", False),
        ("5", "^[0-9-[3-7-[5]]]$", "", True),
        ("4", "^[0-9-[3-7-[5]]]$", "", False),
        ("b", "^[^a-z-[b]]$", "", False),
        ("-", "^[a-]$", "", True),
        ("-", "^[-a]$", "", True),
        ("]", r"^[\]]$", "", True),
        ("a\tb", r"a\tb", "", True),
        ("aaa", "^a{2,3}$", "", True),
        ("aaa", "^a{2}$", "", False),
        ("aa", "^a{2,}$", "", True),
        ("ab", "^(?:a|ab)b?$", "", True),
        ("", "", "", True),
        ("aa", r"(a)\1", "", True),
        ("aA", r"(a)\1", "i", True),
        ("aA", r"(a)\1", "", False),
        ("Mum", r"^([md])[aeiou]\1$", "i", True),
        ("mad", r"^([md])[aeiou]\1$", "i", False),
        ("abab", r"^(ab|cd)\1$", "", True),
        ("abcd", r"^(ab|cd)\1$", "", False),
        ("xaax", r"^(x)(a)\2\1$", "", True),
        ("'a\"", "^(['\"]).*\\1$", "", False),
        ("'a'", "^(['\"]).*\\1$", "", True),
    ],
)
def test_a_pattern_matches_as_xpath_says(text: str, pattern: str, flags: str, found: bool) -> None:
    assert matches(text, pattern, flags) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "[", "[]", "[a", "a]", "a}", "{2}", "a{2", "a{,2}", "a{3,2}", "a**", "a+*", "*a", "?", "[b-a]",
        "[[:alpha:]]", "(?=a)", "(?!a)", "(?<n>a)", "(?i)a", "(?P<n>a)", r"\b", r"\A", r"\x41", r"\Q", r"\0", r"\1",
        r"(a)\2", r"(a\1)", r"[\1]", r"(a*)\1", r"(\d)\1", r"(?:(a)|b)\1", r"\p{Xx}", r"\p{IsNowhere}", r"\p{ L}",
        r"\p", "\\", "a{1001}", r"(\p{L}{100}){9}", "a" * 2_001, "(" * 41 + ")" * 41,
    ],
)  # fmt: skip
def test_a_pattern_that_xpath_or_linear_time_does_not_know_is_null_with_a_warning(pattern: str) -> None:
    assert matches("a", pattern) is None
    assert "pattern" in warnings_of("matches(text, pattern)", {"text": "a", "pattern": pattern})[0]


@pytest.mark.parametrize("flags", ["p", "X", " ", "sg"])
def test_an_unknown_flag_is_null(flags: str) -> None:
    assert matches("a", "a", flags) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("facetiously", "[iouy]", "[$0]")', "facet[i][o][u]sl[y]"),
        ('replace("0123456789", "(\\\\d{3})(\\\\d{3})(\\\\d{4})", "($1) $2-$3")', "(012) 345-6789"),
        ('replace("abc", "b", "\\\\$\\\\\\\\")', "a$\\c"),
        ('replace("abc", "(b)", "$12")', "ab2c"),
        ('replace("abc", "b", "$3")', "ac"),
        ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
        ('replace("AAAA", "A+?", "b")', "bbbb"),
        ('replace("AAAA", "a", "b", "i")', "bbbb"),
        ('replace("aaa", "a", "$", "q")', "$$$"),
        ('replace("a.b", ".", "-", "q")', "a-b"),
        ('replace("abab cdcd abcd", "(ab|cd)\\\\1", "<$1>")', "<ab> <cd> abcd"),
        ('replace("aXbxa", "([ab])(x)", "$2$1", "i")', "Xaxba"),
        ('replace("开户", "户", "行")', "开行"),
        ('replace("abc", "x", "y")', "abc"),
        ('replace("", "x", "y")', ""),
        ('replace(input: "abc", pattern: "[A-Z]", replacement: "#", flags: "i")', "###"),
        ('replace("abc", "b", "#", null)', "a#c"),
    ],
)
def test_replace_puts_groups_into_the_replacement(text: str, value: str) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        'replace("abc", "x*", "-")',
        'replace("abc", "", "-")',
        'replace("abc", "^", "-")',
        'split("abc", "")',
        'split("abc", "x?")',
        'replace("abc", "b", "$")',
        'replace("abc", "b", "$x")',
        'replace("abc", "b", "\\\\x")',
        'replace("abc", "b", "c", "g")',
    ],
)
def test_what_fno_calls_an_error_is_null_with_a_warning(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


@pytest.mark.parametrize(
    "text", ['replace("a", "a")', 'replace("a", "a", 1)', 'replace(null, "a", "b")', "matches(1, 2)", 'matches("a")']
)
def test_unsuitable_arguments_of_patterns_are_null(text: str) -> None:
    assert evaluate(text) is None
    assert warnings_of(text)


@given(st.text("ab|()[]{}*+?-^$.\\dpLu1,: ", max_size=12), st.text("ab1 ", max_size=6), st.sampled_from(["", "i", "x"]))
def test_any_pattern_at_all_is_an_answer_or_null(pattern: str, text: str, flags: str) -> None:
    assert matches(text, pattern, flags) in (True, False, None)


@given(st.from_regex(r"(?:[ab]|\(a\||b\)|[*+?]){1,6}", fullmatch=True), st.text("ab", max_size=8))
def test_patterns_that_python_knows_too_are_found_in_the_same_texts(pattern: str, text: str) -> None:
    found = matches(text, pattern)
    if found is not None:
        assert found is (re.search(pattern, text) is not None)


@given(st.sampled_from(["(a|b)", "([ab])", "(ab?)", "(b?a)", "(a{1,2})", "(a{1,2}?)"]), st.text("ab", max_size=9))
def test_a_short_back_reference_means_what_python_makes_of_it(group: str, text: str) -> None:
    pattern = group + r"b*\1"
    variables = {"text": text, "pattern": pattern}
    assert evaluate('replace(text, pattern, "<$1>")', variables) == re.sub(pattern, r"<\1>", text)


@pytest.mark.parametrize(
    "text",
    [
        'replace(big, "a", "bb")',
        'replace(big, "(a.*b|a)", "b")',
        'split(big, "a")',
        'extract(big, "a(a)")',
        'for i in 1..100 return matches("a", "(\\\\p{L}{100}){" + string(i) + "}")',
        'for i in 1..200 return matches("a", "[\\\\p{L}\\\\p{N}]{" + string(i) + "}")',
        'matches(mixed, "(?:a|b)*a(?:a|b){40}c")',
    ],
)
def test_work_with_patterns_is_paid_for(text: str) -> None:
    with pytest.raises(FeelEvaluationError, match="steps"):
        evaluate(text, {"big": "a" * 400_000, "mixed": "ab" * 200_000})


def test_a_pattern_used_again_is_paid_for_once() -> None:
    assert evaluate('every i in 1..1000 satisfies matches("开户", "^\\\\w+$")') is True
