"""What the other process does: it takes a release a step further, and dies at a named moment."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from outcomes import compiling
from outcomes.episode import Audience
from outcomes.formats import bundle
from outcomes.formats.bundle import OutFile
from outcomes.quarter import Quarter
from outcomes.release import Release
from storage import audit, release_files, releases
from tests.support.callers import Place
from usecases import publishing
from usecases.inviting import By

MOMENTS: dict[str, tuple[Any, str]] = {
    "counting": (compiling, "make"),
    "draft stored": (releases, "keep_draft"),
    "files made": (bundle, "files_of"),
    "files stored": (release_files, "add"),
    "state moved": (releases, "publish"),
    "audit noted": (audit, "note"),
}
"""Where a process can die: after this function has done its work, before anything is committed."""


def files_of(release: Release, audience: Audience) -> tuple[OutFile, ...]:
    """Stand in for the files of a release: quick to make, other bytes for each audience."""
    return (OutFile("figures.json", "application/json", f"{release.id} {audience}".encode()),)


def take_step(url: str, release: str, moment: str) -> None:
    """Compile the autumn quarter, or publish this release, and die by kill -9 at a moment."""
    bundle.files_of = files_of
    module, name = MOMENTS[moment]
    setattr(module, name, _dying_after(getattr(module, name)))
    asyncio.run(_step(url, release))


def _dying_after(real: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*given: Any, **named: Any) -> None:
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return dying


async def _step(url: str, release: str) -> None:
    async with Place(url).open(3) as service:
        by = By("a.three", datetime(2027, 3, 2, tzinfo=UTC))
        if release:
            await publishing.publish(service, release, by)
        else:
            await publishing.compile_period(service, Quarter.parse("2026/27-Q3"), by)
