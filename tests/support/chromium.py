"""One Chromium for many tests, each with a context of its own in it: to start one takes long."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",  # as on a phone
    # And as before a desk: a mouse, so that Enter sends.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
)
_LISTENS = "DevTools listening on "


class ChromiumDidNotStartError(Exception):
    """The program ended before it listened; its last words say why."""


@contextmanager
def running_chromium(program: str, folder: Path) -> Iterator[str]:
    """Start a Chromium that keeps what it stores in a folder; give the address to steer it at."""
    command = [program, *ARGUMENTS, "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            address = _address_in(running.stderr)
            # What it goes on to say is read and forgotten: a full pipe would stop it.
            forgetting = threading.Thread(target=deque, args=(running.stderr, 0))
            forgetting.start()
            yield address
        finally:
            running.terminate()
            running.wait()
        forgetting.join()


def _address_in(lines: Iterable[str]) -> str:
    said: deque[str] = deque(maxlen=20)
    for line in lines:
        if line.startswith(_LISTENS):
            return line.removeprefix(_LISTENS).strip()
        said.append(line)
    raise ChromiumDidNotStartError("".join(said))
