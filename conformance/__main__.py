"""`make conformance TCK=DIR [JSON=1]`: per level the cases, how many pass, and the same for those with a value."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from conformance.judging import passes
from conformance.kit import LEVELS, Case, cases_in

Report = dict[str, int | list[str]]


def main() -> None:
    """Run the kit below the folder given; ends with one sentence and status 1 where there is none."""
    folder = Path(sys.argv[1]) if len(sys.argv) == 2 else Path()
    if len(sys.argv) != 2 or not sys.argv[1] or not folder.is_dir():
        sys.exit("make conformance TCK=DIR: the folder of the kit with compliance-level-2 and compliance-level-3 in it")
    outcomes = [(case, passes(case)) for case in cases_in(folder)]
    if not outcomes:
        sys.exit(f"There are no cases below {folder}: the kit has them in compliance-level-2 and compliance-level-3.")
    levels = {f"level{level}": _report(outcomes, level) for level in LEVELS}
    if os.environ.get("JSON") == "1":
        print(json.dumps(levels))
        return
    for name, report in levels.items():
        print(f"{name}: {report['passed']} of {report['cases']} cases passed;", end=" ")
        print(f"of those that expect a value (valued) {report['valued_passed']} of {report['valued']} passed")
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
