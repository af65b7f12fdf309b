"""The peers of the measurements are pinned, reproducible, and name no registry."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.peers import PeerProcess

BENCH = Path(__file__).resolve().parents[2] / "bench"
NODE_PEERS = [BENCH / "feelin", BENCH / "peers" / "bpmn_engine"]


def locked(peer: Path) -> dict[str, Any]:
    packages: dict[str, Any] = json.loads((peer / "package-lock.json").read_text())["packages"]
    return {path: each for path, each in packages.items() if path}


@pytest.mark.parametrize("peer", NODE_PEERS, ids=lambda peer: peer.name)
def test_every_package_of_a_peer_is_pinned_by_its_hash_and_from_no_named_host(peer: Path) -> None:
    wanted = json.loads((peer / "package.json").read_text())["dependencies"]
    packages = locked(peer)
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())


@pytest.mark.parametrize("peer", NODE_PEERS, ids=lambda peer: peer.name)
def test_a_peer_under_node_and_what_it_needs_may_be_used_freely(peer: Path) -> None:
    assert {each["license"] for each in locked(peer).values()} <= {"MIT", "ISC", "Apache-2.0"}


def test_every_peer_under_python_is_pinned_and_named_without_a_host() -> None:
    lines = (BENCH / "peers-requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert wanted
    assert all(re.fullmatch(r"[A-Za-z-]+==[0-9.]+", line) for line in wanted)


def test_no_peer_is_a_requirement_of_what_is_shipped() -> None:
    root = BENCH.parent
    for shipped in (root / "pyproject.toml", root / "requirements.lock"):
        text = shipped.read_text().lower()
        assert not any(re.search(rf"(?m)^[\s\"]*{peer}\b\s*[=><\[\"]", text) for peer in ("viewflow", "django", "dbos"))


def test_a_peer_is_given_one_case_after_the_other(tmp_path: Path) -> None:
    program = "import sys\nfor line in sys.stdin: open('asked', 'a').write(line[:9]); print('done', flush=True)"
    with PeerProcess([sys.executable, "-c", program], tmp_path / "peer") as peer:
        peer.run_case(1)
        peer.run_case(2)
    assert (tmp_path / "peer" / "asked").read_text() == '{"applica1\n2\n'


def test_a_peer_that_does_not_start_is_told_from_one_that_is_slow(tmp_path: Path) -> None:
    with pytest.raises((LookupError, OSError)):
        PeerProcess([sys.executable, "-c", ""], tmp_path / "peer")
