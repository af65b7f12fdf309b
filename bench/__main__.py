"""Prints the figures: one JSON object with JSON=1, within a minute with QUICK=1, no peers installed with PEERS=0.

`python -m bench --write` (`make bench`) measures the growth curves, too, and writes `docs/performance.md` and its
pictures.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from bench.timing import Figure


def main() -> None:
    """Measure, then print."""
    from bench.measurement import Measurement  # noqa: PLC0415  spawned processes import this module, too
    from bench.report import machine, write_report  # noqa: PLC0415
    from bench.size import FULL, QUICK  # noqa: PLC0415

    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("--write", action="store_true", help="measure growth, write docs/performance.md")
    arguments.add_argument("--only", metavar="PART", help="one part alone: " + ", ".join(Measurement.PARTS))
    given = arguments.parse_args()
    quick = os.environ.get("QUICK") == "1"
    if given.write and (quick or given.only):
        arguments.error("--write tells of every figure at length: without QUICK=1 and --only")
    size = QUICK if quick else FULL
    with_peers = not quick and os.environ.get("PEERS") != "0"
    with tempfile.TemporaryDirectory(prefix="kaihu-bench-") as folder:
        measurement = Measurement(Path(folder), size, with_peers=with_peers)
        measurement.run(given.only)
        if given.write:
            measurement.run_growth()
            write_report(measurement)
    if os.environ.get("JSON") == "1":
        print(json.dumps({"machine": machine(), "figures": measurement.figures}, ensure_ascii=False))
        return
    for name, figure in measurement.figures.items():
        print(line_of(name, figure))


def line_of(name: str, figure: Figure) -> str:
    """One figure as a line of text."""
    values = (f"{key} {value:.3g}" if isinstance(value, float) else str(value) for key, value in figure.items())
    return f"{name:<24} " + " ".join(values)


if __name__ == "__main__":
    main()
