"""Growth curves as small SVG pictures."""

from __future__ import annotations

import math
from html import escape

from bench.growth import Points

_WIDTH, _HEIGHT = 480, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 34, 48
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_TICKS = 6


def plot(title: str, x_label: str, y_label: str, points: Points) -> str:
    """A curve over linear axes that begin at zero."""
    x_ticks, y_ticks = _ticks(max(x for x, _ in points)), _ticks(max(y for _, y in points))
    place = [(_x(x, x_ticks[-1]), _y(y, y_ticks[-1])) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in place)
    parts = [
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        _text(_LEFT, 20, title, anchor="start", weight="bold"),
        *(_across(value, y_ticks[-1]) for value in y_ticks),
        *(_text(_x(value, x_ticks[-1]), _HEIGHT - _BOTTOM + 18, _number(value)) for value in x_ticks),
        f'<path d="M{_LEFT} {_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}" fill="none" stroke="#333"/>',
        f'<polyline points="{line}" fill="none" stroke="#1f6feb" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f6feb"/>' for x, y in place),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, x_label),
        _text(-(_TOP + _HEIGHT - _BOTTOM) / 2, 16, y_label, turned=True),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    return (
        f'{head} aria-label="{escape(title)}" font-family="sans-serif" font-size="12">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _ticks(highest: float) -> list[float]:
    """From zero in round steps to just above the highest value."""
    rough = (highest or 1) / _MOST_TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(step * magnitude for step in _STEPS if step * magnitude >= rough)
    return [number * step for number in range(math.ceil(highest / step) + 1)]


def _x(value: float, highest: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / highest


def _y(value: float, highest: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / highest


def _across(value: float, highest: float) -> str:
    y = _y(value, highest)
    label = _text(_LEFT - 6, y + 4, _number(value), anchor="end")
    return f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>{label}'


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _text(
    x: float, y: float, text: str, *, anchor: str = "middle", weight: str = "normal", turned: bool = False
) -> str:
    turn = ' transform="rotate(-90)"' if turned else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}"{turn}>{escape(text)}</text>'
