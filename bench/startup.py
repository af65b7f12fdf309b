"""From starting `kaihu serve` to the first page, with the shipped processes deployed; and with a hundred versions."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench.size import Size
from bench.timing import Figure
from engine.services.answers import Resource

_ROOT = Path(__file__).resolve().parents[1]
_PROCESS = _ROOT / "processes" / "account_opening" / "aftercare.bpmn"
_KAIHU = "from cli.main import main; main()"
"""The installed command."""
_LONGEST = 120.0


def startup_figures(folder: Path, size: Size) -> dict[str, Figure]:
    """Seconds to the sign-in page of a demo home that is seeded already."""
    _deployed(folder, 0)
    _served(folder)
    warm = _median_start(folder, size.starts)
    _deployed(folder, size.versions)
    many = _median_start(folder, size.starts)
    unit = f"s to the first page, modules compiled before, median of {size.starts}"
    versions: Figure = {"kaihu": many, "one_version": warm, "ratio": warm / many}
    return {
        "server_start_warm": {"kaihu": warm, "unit": unit},
        "hundred_versions_start": versions | {"unit": f"{unit}, {size.versions} more versions deployed"},
    }


def _median_start(folder: Path, starts: int) -> float:
    return statistics.median(_served(folder) for _ in range(starts))


def _served(home: Path) -> float:
    """Start the server, wait for its first page, stop it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", _KAIHU, "serve", "--port", str(port)]
    database = f"sqlite:///{home / 'kaihu.db'}"
    environment = {**_with_bytecode(home), "KAIHU_HOME": str(home), "KAIHU_DATABASE_URL": database}
    began = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  our own program
        command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for_page(server, f"http://127.0.0.1:{port}/sign-in", began + _LONGEST)
            return time.perf_counter() - began
        finally:
            server.terminate()


def _wait_for_page(server: subprocess.Popen[bytes], address: str, until: float) -> None:
    while True:
        try:
            with urllib.request.urlopen(address) as answer:  # noqa: S310  our own server
                answer.read()
                return
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.perf_counter() < until, "no page came"
            time.sleep(0.01)


def _deployed(home: Path, versions: int) -> None:
    """Deployed by a process of its own, as people do."""
    code = f"from bench.startup import deploy_here; deploy_here({str(home)!r}, {versions})"
    subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", code], cwd=_ROOT, env=_with_bytecode(home), check=True, stdout=subprocess.DEVNULL
    )


def _with_bytecode(home: Path) -> dict[str, str]:
    """Python keeps what it has compiled, as it does where pip has installed Kaihu, whatever this run's own setting."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}


def deploy_here(home: str, versions: int) -> None:
    """Seed the demo home unless it is, then deploy so many versions of the last stage."""
    from app import build  # noqa: PLC0415  composing sets up logs and the umask of a process
    from cli.demo_home import prepare_demo_home, staff_with_role  # noqa: PLC0415
    from persistence.settings import Settings  # noqa: PLC0415

    environment = {"KAIHU_HOME": home, "KAIHU_DATABASE_URL": f"sqlite:///{home}/kaihu.db"}
    kaihu = build(Settings.from_environment(environment))
    prepare_demo_home(kaihu)
    owner = staff_with_role(kaihu, "process_owner")
    content = _PROCESS.read_bytes()
    for number in range(versions):
        changed = content.replace(b"</bpmn:definitions>", f"<!-- {number} --></bpmn:definitions>".encode())
        created = kaihu.engine.deployments.deploy(owner, [Resource(_PROCESS.name, changed)]).created
        assert created, "the same content again is no new version"
    kaihu.database.close()
