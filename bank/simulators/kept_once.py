"""What a simulated system remembers: one file per key, written whole by whoever comes first."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def kept_once(folder: Path, key: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content kept under `key`: this one, or the one that came first."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _file(folder, key)
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".partial", encoding="utf-8", delete=False) as file:
        json.dump(content, file, ensure_ascii=False)
    try:
        os.link(file.name, path)  # the file appears whole, and never replaces another
    except FileExistsError:
        pass
    finally:
        os.unlink(file.name)
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def is_kept(folder: Path, key: str) -> bool:
    """Whether anything is kept under `key`."""
    return _file(folder, key).exists()


def _file(folder: Path, key: str) -> Path:
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
