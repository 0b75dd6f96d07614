"""The program as people start it: four links, a clean stop, and a second start that keeps all."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import httpx
import pytest

PATIENCE = 120
LINKS = ("young person", "carer", "staff page", "commissioner")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def start(folder: Path, port: int) -> Process:
    """Start the demonstration in a folder of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "starling",
        "run",
        "--demo",
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUNBUFFERED": "1",
            "STARLING_WEB_PORT": str(port),
        },
        stdout=PIPE,
        stderr=PIPE,
    )


async def read_links(program: Process) -> dict[str, str]:
    """Wait for the four links that a start prints."""
    assert program.stdout is not None
    found: dict[str, str] = {}
    async with asyncio.timeout(PATIENCE):
        while len(found) < len(LINKS):
            line = (await program.stdout.readline()).decode()
            assert line, await program.stderr.read() if program.stderr else ""
            for name in LINKS:
                if name in line and (link := re.search(r"http\S+", line)):
                    found[name] = link[0]
    return found


async def stop(program: Process) -> tuple[int | None, str]:
    """Press Ctrl-C; return the exit code and what was written on standard error."""
    program.send_signal(signal.SIGINT)
    async with asyncio.timeout(PATIENCE):
        _, errors = await program.communicate()
    return program.returncode, errors.decode()


@pytest.mark.slow
async def test_a_start_prints_four_links_that_open_and_ctrl_c_stops_it_cleanly(
    tmp_path: Path,
) -> None:
    port = free_port()
    for _ in ("the first start", "the second start"):
        program = await start(tmp_path, port)
        try:
            links = await read_links(program)
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
                pages = [await http.get(link) for link in links.values()]
                health = [await http.get(path) for path in ("/healthz", "/readyz")]
                join = await http.get("/join")
        finally:
            code, errors = await stop(program)
        assert [200] * 4 == [page.status_code for page in pages]
        assert [200] * 2 == [page.status_code for page in health]
        assert 200 == join.status_code
        assert (0, True) == (code, "everything that came in is stored" in errors.lower()), errors
        assert "Traceback" not in errors
    assert (tmp_path / "var" / "starling.db").exists()


async def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        program = await start(tmp_path, taken.getsockname()[1])
        async with asyncio.timeout(PATIENCE):
            _, errors = await program.communicate()
    assert 1 == program.returncode
    assert "The pages cannot be served" in errors.decode()
    assert "STARLING_WEB_PORT" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_second_program_on_the_same_file_is_refused_politely(tmp_path: Path) -> None:
    first = await start(tmp_path, free_port())
    try:
        await read_links(first)
        second = await start(tmp_path, free_port())
        async with asyncio.timeout(PATIENCE):
            _, errors = await second.communicate()
        assert 1 == second.returncode
        assert "another Starling" in errors.decode()
        assert "Traceback" not in errors.decode()
    finally:
        await stop(first)
