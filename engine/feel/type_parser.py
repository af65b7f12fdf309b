"""Type names as they stand behind `instance of` and parameters (DMN 1.5, 10.3.1.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.feel.cursor import TokenCursor
from engine.feel.errors import Expected
from engine.feel.lexer import TokenType
from engine.feel.names import index_of
from engine.feel.syntax import TypeName

_SPACED = index_of(frozenset({"date and time", "days and time duration", "years and months duration"}))


class TypeParser(TokenCursor):
    """Reads types; a name among `types` stands for the type the model declares under it."""

    def __init__(self, source: str, known: Collection[str] = (), types: Mapping[str, TypeName] | None = None) -> None:
        super().__init__(source, known)
        self._types = types or {}
        self._type_names = index_of(frozenset(self._types))

    def type_name(self) -> TypeName:
        """A type such as `number`, `list<string>`, `context<a: number>` or `function<date> -> string`."""
        self._deeper()
        name = self._type_words()
        found = TypeName(name)
        if self._is("<") and name in ("list", "range"):
            self._at += 1
            found = TypeName(name, (self.type_name(),))
            self._need(">")
        elif self._is("<") and name == "context":
            found = TypeName(name, entries=self._type_entries())
        elif self._is("<") and name == "function":
            found = self._function_type()
        self._nesting -= 1
        return self._types.get(name, found)

    def _type_words(self) -> str:
        for names in (self._type_names, _SPACED):
            length = names.longest(self._tokens, self._at)
            if length:
                name = names.known(self._tokens, self._at)
                self._at += length
                return name
        if self._token.type not in (TokenType.NAME, TokenType.QUOTED_NAME):
            raise self._fail(Expected.TYPE)
        words = [self._property_name()]
        while self._skip("."):
            words.append(self._property_name())
        return ".".join(words)

    def _type_entries(self) -> tuple[tuple[str, TypeName], ...]:
        self._need("<")
        entries: list[tuple[str, TypeName]] = []
        closed = self._skip(">")
        while not closed:
            key = self._label()
            self._need(":")
            entries.append((key, self.type_name()))
            closed = self._ends(">")
        return tuple(entries)

    def _function_type(self) -> TypeName:
        self._need("<")
        parameters: list[TypeName] = []
        closed = self._skip(">")
        while not closed:
            parameters.append(self.type_name())
            closed = self._ends(">")
        self._need("->")
        return TypeName("function", (*parameters, self.type_name()))


def parse_type(source: str, types: Mapping[str, TypeName]) -> TypeName:
    """The whole text as one type; `types` are those the model declares. Raises FeelSyntaxError."""
    parser = TypeParser(source, types=types)
    found = parser.type_name()
    parser._end()
    return found
