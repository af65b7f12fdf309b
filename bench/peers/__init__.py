"""Other ways to run the same case, each in a process and an environment of its own; none is shipped or required.

`installed_peers` makes a virtual environment with bench/peers-requirements.txt and a folder with the packages of
`bpmn_engine/`, both thrown away after the run. A peer reads one line of settings, then a case number a line, and
answers every number when the case has ended.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from bench.application import application
from bench.diagrams import engine_diagram
from bench.node import node_program, npm_program, said

_HERE = Path(__file__).parent
_REQUIREMENTS = _HERE.parent / "peers-requirements.txt"


class PeerProcess:
    """A peer that runs a case whenever it is given a number."""

    def __init__(self, command: list[str], folder: Path) -> None:
        folder.mkdir()
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
        self._process = subprocess.Popen(  # noqa: S603  our own arguments
            command, cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._ask({"application": application(), "diagram": engine_diagram().decode(), "folder": str(folder)})

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def run_case(self, number: int) -> None:
        """One case from start to end."""
        self._ask(number)

    def _ask(self, question: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        while (answer := self._process.stdout.readline()) != "done\n":
            if not answer:
                raise LookupError("the peer has ended")


def installed_peers(stack: ExitStack, folder: Path) -> dict[str, Callable[[int], object]]:
    """Those that could be installed and started, by name; the others are named loudly."""
    peers: dict[str, Callable[[int], object]] = {}
    makers = {"viewflow": _python, "dbos": _python, "bpmn_engine": _node}
    for name, maker in makers.items():
        try:
            peer = stack.enter_context(PeerProcess(maker(name, folder), folder / f"{name}-data"))
            peer.run_case(0)  # one that starts but cannot do it is left out, too
        except (OSError, LookupError, subprocess.CalledProcessError) as error:
            print(f"{name.upper()} WAS NOT MEASURED:", said(error), file=sys.stderr)
            continue
        peers[name] = peer.run_case
    return peers


def _python(name: str, folder: Path) -> list[str]:
    home = folder / "peers"
    python = home / "bin" / "python"
    if not home.exists():
        venv.create(home, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(_REQUIREMENTS)]
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own arguments
    return [str(python), str(_HERE / f"{name}_peer.py")]


def _node(name: str, folder: Path) -> list[str]:
    home = shutil.copytree(_HERE / name, folder / name)
    node, npm = node_program(), npm_program()
    command = [str(node), str(npm), "ci", "--ignore-scripts"]
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    subprocess.run(command, cwd=home, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return [str(node), str(home / "measure.js")]
