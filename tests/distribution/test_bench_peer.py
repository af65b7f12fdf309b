"""The peer of the measurements is pinned, reproducible, and names no registry."""

from __future__ import annotations

import json
from pathlib import Path

FEELIN = Path(__file__).resolve().parents[2] / "bench" / "feelin"


def test_every_package_of_the_peer_is_pinned_by_its_hash_and_from_no_named_host() -> None:
    locked = json.loads((FEELIN / "package-lock.json").read_text())["packages"]
    wanted = json.loads((FEELIN / "package.json").read_text())["dependencies"]
    packages = {path.removeprefix("node_modules/"): each for path, each in locked.items() if path}
    assert {name: packages[name]["version"] for name in wanted} == wanted
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())


def test_the_peer_and_what_it_needs_may_be_used_freely() -> None:
    locked = json.loads((FEELIN / "package-lock.json").read_text())["packages"]
    assert {each["license"] for path, each in locked.items() if path} <= {"MIT", "ISC", "Apache-2.0"}
