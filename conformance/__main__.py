"""`make conformance TCK=DIR [JSON=1]`: per level the cases, how many pass, and the same for those with a value."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from conformance.judging import passes
from conformance.kit import Case, cases_in

Report = dict[str, int | list[str]]


def main() -> None:
    """Run the kit below the folder given."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(
            "make conformance TCK=DIR: the folder of the kit, which holds compliance-level-2 and compliance-level-3"
        )
    outcomes = [(case, passes(case)) for case in cases_in(Path(sys.argv[1]))]
    levels = {f"level{level}": _report(outcomes, level) for level in sorted({case.level for case, _ in outcomes})}
    if os.environ.get("JSON") == "1":
        print(json.dumps(levels))
        return
    for name, report in levels.items():
        print(f"{name}: {report['passed']} of {report['cases']} pass;", end=" ")
        print(f"of those that expect a value {report['valued_passed']} of {report['valued']}")
        print(*(f"  failed: {case}" for case in report["failed"]), sep="\n")  # type: ignore[union-attr]  # the list


def _report(outcomes: list[tuple[Case, bool]], level: int) -> Report:
    of_level = [(case, passed) for case, passed in outcomes if case.level == level]
    valued = [passed for case, passed in of_level if case.valued]
    return {
        "cases": len(of_level),
        "passed": sum(passed for _, passed in of_level),
        "valued": len(valued),
        "valued_passed": sum(valued),
        "failed": [case.id for case, passed in of_level if not passed],
    }


if __name__ == "__main__":
    main()
