"""Beneficial owners (受益所有人 Order〔2024〕3): exact shares along chains, cycles solved, the arithmetic shown.

Owners are edges "A holds x % of B". A person's share in the applicant is the sum over all paths of the product
along each path. A circle makes infinitely many paths; their sum is finite and is found by solving the linear
equations exactly, with fractions. A circle that no share leaves has no solution and leaves the result incomplete.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from bank.checks.findings import Finding, error, warning

_THRESHOLD = Fraction(25, 100)
_MAJORITY = Fraction(1, 2)
_PLACES = Decimal("0.0001")  # per cent with four places: a millionth of the whole
_MOST_PATHS = 50  # per person; a web denser than this is explained by its sum
_MOST_STEPS = 20_000  # of the search for paths, which a dense web would make endless
_APPLICANT = ""


@dataclass(frozen=True)
class Holding:
    """One line of the owners list: `owner` holds `percent` of `owned`."""

    owner: str
    owned: str
    """Name of the owned entity; empty is the applicant."""
    percent: Decimal
    person: bool
    control: bool = False
    id_number: str = ""

    @property
    def node(self) -> tuple[str, str]:
        """Two people of one name are two owners when their identity numbers differ; entities go by name."""
        return (self.owner, self.id_number if self.person else "")


@dataclass(frozen=True)
class BeneficialOwner:
    """A person behind the applicant."""

    name: str
    share_percent: Decimal
    paths: tuple[str, ...]
    """The arithmetic, one line per path, such as "甲 60% × 乙公司 50% = 30%"."""
    by: str
    """"share", "control" or "share_and_control"."""


@dataclass(frozen=True)
class Ownership:
    """What the owners list amounts to."""

    beneficial_owners: tuple[BeneficialOwner, ...] = ()
    layers: int = 0
    """Entities between the applicant and the farthest person, plus one; 0 without owners."""
    cycle: bool = False
    complete: bool = True
    """False when shares are missing, impossible, or end in an entity whose owners are not given."""
    findings: tuple[Finding, ...] = field(default=())


Node = tuple[str, str]
Edges = dict[Node, list[tuple[Node, Fraction, Holding]]]


def beneficial_owners(holdings: Sequence[Holding], *, applicant: str = "", sole_trader: bool = False) -> Ownership:
    """The beneficial owners of an applicant: at least 25 % of the shares, or control.

    A sole trader is exempt: the operator is the owner (Order〔2024〕3). `applicant` is the applicant's name, which an
    owners list may write instead of leaving `owned` empty.
    """
    if sole_trader:
        return Ownership()
    edges = _edges(holdings, applicant)
    findings = _check(edges)
    shares = _shares(edges)
    if shares is None:
        findings.append(
            error(
                "owners",
                "closed_cycle",
                "The owners hold each other entirely; nobody outside the circle owns anything.",
                "股权循环闭合，无法确定圈外的最终所有人。",
            )
        )
    layers, cycle = _layers(edges)
    if cycle:
        findings.append(
            warning(
                "owners", "cycle", "Owners hold each other in a circle.", "股权结构存在循环持股，须进行强化尽职调查。"
            )
        )
    owners = _owners(edges, shares or {}, layers_bound=len(edges) + 1)
    if not owners:
        findings.append(
            warning(
                "owners",
                "nobody_reaches_threshold",
                "Nobody holds 25 % or controls; the senior managing official is to be identified.",
                "无人达到25%或实际控制，应识别高级管理人员。",
            )
        )
    complete = shares is not None and not any(
        finding.code in {"over_whole", "unexplained_share", "share_range", "chain_ends_in_entity"}
        for finding in findings
    )
    return Ownership(tuple(owners), layers, cycle, complete and bool(holdings), tuple(findings))


def _edges(holdings: Sequence[Holding], applicant: str) -> Edges:
    edges: Edges = defaultdict(list)
    for holding in holdings:
        owned = _APPLICANT if holding.owned in {"", applicant} else holding.owned
        edges[(owned, "")].append((holding.node, Fraction(holding.percent) / 100, holding))
    return dict(edges)


def _check(edges: Edges) -> list[Finding]:
    findings = []
    for held in edges.values():
        if any(not 0 <= share <= 1 for _, share, _ in held):
            findings.append(
                error("owners", "share_range", "A share must lie between 0 and 100 %.", "持股比例应在0至100%之间。")
            )
        total = sum(share for _, share, _ in held)
        if total > 1:
            findings.append(
                error(
                    "owners", "over_whole", "The shares of one entity exceed 100 %.", "同一主体的持股比例合计超过100%。"
                )
            )
        elif 1 - total >= _THRESHOLD:
            findings.append(
                warning(
                    "owners",
                    "unexplained_share",
                    "25 % or more of an entity has no stated owner.",
                    "某一主体有25%及以上的股权未说明所有人。",
                )
            )
    if any(not holding.person and node not in edges for held in edges.values() for node, _, holding in held):
        findings.append(
            warning(
                "owners",
                "chain_ends_in_entity",
                "A chain ends in an entity whose owners are not given.",
                "股权链条止于未披露股东的主体。",
            )
        )
    return findings


def _shares(edges: Edges) -> dict[Node, Fraction] | None:
    """Each node's share in the applicant: s(owner) = Σ s(owned) · x over its holdings; s(applicant) has 1 besides.

    Solved exactly by Gauss–Jordan elimination over the entities; None when a circle is closed (singular).
    """
    entities = list(edges)
    position = {node: index for index, node in enumerate(entities)}
    size = len(entities)
    matrix = [[Fraction(int(row == column)) for column in range(size)] + [Fraction(0)] for row in range(size)]
    for owned, held in edges.items():
        for owner, share, _ in held:
            if owner in position:
                matrix[position[owner]][position[owned]] -= share
    root = position.get((_APPLICANT, ""))
    if root is None:
        return {}
    matrix[root][size] = Fraction(1)
    if not _eliminate(matrix):
        return None
    shares: dict[Node, Fraction] = defaultdict(Fraction)
    for owned, held in edges.items():
        for owner, share, _ in held:
            shares[owner] += matrix[position[owned]][size] * share
    return dict(shares)


def _eliminate(matrix: list[list[Fraction]]) -> bool:
    size = len(matrix)
    for column in range(size):
        pivot = next((row for row in range(column, size) if matrix[row][column]), None)
        if pivot is None:
            return False
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        scale = matrix[column][column]
        matrix[column] = [value / scale for value in matrix[column]]
        for row in range(size):
            factor = matrix[row][column]
            if row != column and factor:
                matrix[row] = [value - factor * top for value, top in zip(matrix[row], matrix[column], strict=True)]
    return True


def _layers(edges: Edges) -> tuple[int, bool]:
    """The longest chain above the applicant in holdings, and whether any chain comes back to itself."""
    depth: dict[Node, int] = {}
    cycle = False

    def visit(node: Node, above: frozenset[Node]) -> int:
        nonlocal cycle
        if node in above:
            cycle = True
            return 0
        if node not in depth:
            depth[node] = max(
                (1 + visit(owner, above | {node}) for owner, _, _ in edges.get(node, ())),
                default=0,
            )
        return depth[node]

    return visit((_APPLICANT, ""), frozenset()), cycle


def _owners(edges: Edges, shares: dict[Node, Fraction], layers_bound: int) -> list[BeneficialOwner]:
    people: dict[Node, bool] = {}
    controlling = _controlling(edges)
    for owned, held in edges.items():
        for node, _, holding in held:
            if holding.person:
                people[node] = people.get(node, False) or (holding.control and owned in controlling)
    owners = []
    for node, control in people.items():
        share = shares.get(node, Fraction(0))
        if share < _THRESHOLD and not control:
            continue
        by = "control" if share < _THRESHOLD else "share_and_control" if control else "share"
        owners.append(BeneficialOwner(node[0], percent(share), _path_texts(edges, node, share, layers_bound), by))
    return sorted(owners, key=lambda owner: (-owner.share_percent, owner.name))


def _controlling(edges: Edges) -> set[Node]:
    """The applicant and every entity that controls it: by a stated control or more than half, link by link."""
    reached, waiting = set[Node](), [(_APPLICANT, "")]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [owner for owner, share, holding in edges.get(node, ()) if holding.control or share > _MAJORITY]
    return reached


def _path_texts(edges: Edges, person: Node, share: Fraction, bound: int) -> tuple[str, ...]:
    texts = []
    total = Fraction(0)
    for path in _paths(edges, person, bound):
        product = Fraction(1)
        for _, part in path:
            product *= part
        total += product
        factors = " × ".join(f"{name} {_percent_text(part)}" for name, part in reversed(path))
        texts.append(f"{factors} = {_percent_text(product)}" if len(path) > 1 else factors)
    if total != share:  # what circles and paths beyond the bound add
        texts.append(f"循环或更多路径 / circles and further paths: {_percent_text(total)} → {_percent_text(share)}")
    elif len(texts) > 1:
        texts.append(f"合计 / total = {_percent_text(share)}")
    return tuple(texts)


def _paths(edges: Edges, person: Node, bound: int) -> list[list[tuple[str, Fraction]]]:
    """Paths from the applicant up to a person that meet no entity twice, breadth first, as (name, share) steps."""
    root = (_APPLICANT, "")
    found: list[list[tuple[str, Fraction]]] = []
    waiting: deque[tuple[Node, frozenset[Node], list[tuple[str, Fraction]]]] = deque([(root, frozenset({root}), [])])
    for _ in range(_MOST_STEPS):
        if not waiting or len(found) >= _MOST_PATHS:
            break
        node, above, path = waiting.popleft()
        for owner, share, holding in edges.get(node, ()):
            step = [*path, (holding.owner, share)]
            if owner == person:
                found.append(step)
            elif owner in edges and owner not in above and len(step) < bound:
                waiting.append((owner, above | {owner}, step))
    return found


def percent(share: Fraction) -> Decimal:
    """A share of the whole as per cent, rounded half up to four places; comparisons use the exact fraction."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(_PLACES, ROUND_HALF_UP)


def _percent_text(share: Fraction) -> str:
    value = percent(share).normalize()
    about = "" if Fraction(value) == share * 100 else "≈"
    return f"{about}{value:f}%"
