"""`feelin`, the usual FEEL of JavaScript, on the same expressions under Node; installed for the run and thrown away.

What is compared is one evaluation as each is used. Kaihu compiles a text once per deployment, so its figure is the
evaluation of the compiled form, for the table with its trace. feelin has no compiled form in its interface: it reads
the text at every call, and for the table it is asked for the three inputs, then for the same cells with the same
stop at the first that is not met, then for the outputs. `kaihu_from_text` is Kaihu reading the text at every call.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.expressions import EXPRESSIONS, INPUTS, TABLE_CONTEXT, TABLE_VALUE, rules
from bench.node import node_program, npm_program, said

_SOURCE = Path(__file__).parent / "feelin"


def feelin_seconds(folder: Path, rounds: int, repeats: int, table_repeats: int) -> Mapping[str, list[float]]:
    """Seconds per evaluation, one number per round, by figure; empty, and said so, where feelin cannot be had."""
    try:
        report = _measured(shutil.copytree(_SOURCE, folder / "feelin"), rounds, repeats, table_repeats)
    except (OSError, subprocess.CalledProcessError, LookupError) as error:
        print("FEELIN WAS NOT MEASURED:", said(error), file=sys.stderr)
        return {}
    for name, measured in EXPRESSIONS.items():
        assert abs(report[name]["value"] - measured.value) < 1e-9, f"feelin makes something else of {name}"
    assert report["table_20x3"]["value"] == TABLE_VALUE, "feelin makes something else of the table"
    return {name: figure["seconds"] for name, figure in report.items()}


def _measured(folder: Path, rounds: int, repeats: int, table_repeats: int) -> dict[str, Any]:
    node = node_program()
    _run([str(node), str(npm_program()), "ci", "--ignore-scripts"], folder)
    work = {
        "rounds": rounds,
        "repeats": repeats,
        "tableRepeats": table_repeats,
        "expressions": {name: {"text": each.text, "context": each.context} for name, each in EXPRESSIONS.items()},
        "tables": {"table_20x3": {"table": _table(), "context": TABLE_CONTEXT}},
    }
    report: dict[str, Any] = json.loads(_run([str(node), "measure.js"], folder, json.dumps(work)))
    return report


def _table() -> dict[str, Any]:
    return {"inputs": INPUTS, "rules": [{"cells": cells, "output": output} for cells, output in rules()]}


def _run(command: list[str], folder: Path, given: str = "") -> str:
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])}
    done = subprocess.run(  # noqa: S603  our own arguments
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=True
    )
    return done.stdout
