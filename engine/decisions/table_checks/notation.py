"""Values and sets of values as FEEL text, the way an analyst would write them into a cell."""

from __future__ import annotations

from collections.abc import Sequence

from engine.decisions.table_checks.dimensions import Dimension, Group
from engine.decisions.table_checks.lines import BOOLEANS, TEXTS, line_of
from engine.decisions.table_checks.regions import Region
from engine.feel import FeelValue, text_of

_CONSTRUCTORS = {
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "days and time duration": "duration",
    "years and months duration": "duration",
}


def as_feel(value: FeelValue) -> str:
    """A value as a FEEL literal."""
    line = line_of(value)
    constructor = _CONSTRUCTORS.get(line.name) if line else None
    if constructor:
        return f'{constructor}("{text_of(value)}")'
    return text_of([value])[1:-1]  # inside a list, texts are quoted


def set_as_feel(groups: Sequence[Group], dimension: Dimension) -> str:
    """The values of some groups as the text of a cell; `-` when they are all the values expected."""
    wanted = {id(region) for group in groups for region in group.regions}
    parts: list[str] = []
    by_line: dict[str, list[Region]] = {}
    for group in dimension.groups:
        for region in group.regions:
            if region.usual:
                by_line.setdefault(repr(region.line), []).append(region)
    for regions in by_line.values():
        regions.sort(key=lambda region: region.place)
        chosen = [id(region) in wanted for region in regions]
        if all(chosen) and len(by_line) == 1:
            return "-"
        if any(chosen):
            parts += _of_line(regions, chosen)
    return ", ".join(parts)


def _of_line(regions: list[Region], chosen: list[bool]) -> list[str]:
    if regions[0].line is BOOLEANS:
        return _listed([region for region, taken in zip(regions, chosen, strict=True) if taken])
    named = [_is_named(region) for region in regions]
    taken = [region for region, is_chosen in zip(regions, chosen, strict=True) if is_chosen]
    rest = [is_chosen for is_chosen, is_named in zip(chosen, named, strict=True) if not is_named]
    left_out = [region for region, is_chosen in zip(regions, chosen, strict=True) if not is_chosen]
    if rest and all(rest) and left_out:
        return [f"not({', '.join(_listed(left_out))})"]
    if regions[0].line is TEXTS and not any(rest):
        return _listed(taken)
    return _runs(regions, chosen)


def _is_named(region: Region) -> bool:
    """Whether a cell names the value; else it is among the rest."""
    return region.is_point and not region.filler


def _listed(regions: Sequence[Region]) -> list[str]:
    return [as_feel(region.value) for region in regions]


def _runs(regions: list[Region], chosen: list[bool]) -> list[str]:
    """Neighbouring regions as intervals."""
    parts: list[str] = []
    start: Region | None = None
    for index, region in enumerate(regions):
        if chosen[index]:
            start = start or region
            if index + 1 == len(regions) or not chosen[index + 1]:
                parts.append(_interval(start, region))
                start = None
    return parts


def _interval(first: Region, last: Region) -> str:
    if first is last and first.is_point:
        return as_feel(first.value)
    if first.low is None and last.high is None:
        return "-"
    if first.low is None:
        return f"{'<=' if last.is_point else '<'} {as_feel(last.high)}"
    if last.high is None:
        return f"{'>=' if first.is_point else '>'} {as_feel(first.low)}"
    opening, closing = "[" if first.is_point else "(", "]" if last.is_point else ")"
    return f"{opening}{as_feel(first.low)}..{as_feel(last.high)}{closing}"
