"""What a program reads on standard output is ours alone."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import asyncio, os
from starling.commands.speaking import run_async

async def work():
    os.write(1, b"a library speaks\\n")
    print("we speak", flush=True)

run_async(work())
os.write(1, b"afterwards\\n")
"""


def test_what_a_library_prints_by_itself_goes_to_standard_error() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "we speak\nafterwards\n"
    assert "a library speaks" in ended.stderr
