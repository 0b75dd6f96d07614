"""A web that lives in a thread of its own, for tools that call it and know no event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from outcomes.episode import Audience
from outcomes.formats import bundle
from outcomes.release import Release
from tests.outcomes.sample import sample_release
from tests.support.house import World
from tests.web.releases import store
from tests.web.stage import free_port, open_stage, serving
from usecases import signing_in

PERIODS = ("2026/27-Q2", "2026/27-Q3", "2026/27")
DAY = timedelta(days=1)


@dataclass
class Living:
    """Where it lives, what it has published, and the keys that were handed out, by role."""

    address: str = ""
    releases: list[Release] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    files: Mapping[tuple[str, Audience], Mapping[str, bytes]] = field(default_factory=dict)


@contextmanager
def living(world: World) -> Iterator[Living]:
    """Let a web live for as long as the block lasts."""
    told, ready, done = Living(), threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_live(world, told, ready, done)))
    thread.start()
    try:
        assert ready.wait(60), "the web did not start"
        yield told
    finally:
        done.set()
        thread.join(60)


async def _live(world: World, told: Living, ready: threading.Event, done: threading.Event) -> None:
    port = free_port()
    async with open_stage(world, f"http://127.0.0.1:{port}") as stage:
        for role in (signing_in.CASE_SYSTEM, *signing_in.PROGRAM_ROLES):
            told.keys[role] = await signing_in.hand_out_token(
                stage.service, f"made-up.{role}".replace(":", "."), role, DAY, world.clock.now
            )
        told.releases = [await store(stage.service, sample_release(period)) for period in PERIODS]
        told.files = {
            (release.id, audience): {
                each.name: each.content for each in bundle.files_of(release, audience)
            }
            for release in told.releases
            for audience in Audience
        }
        async with serving(stage.app, port) as address:
            told.address = address
            ready.set()
            await asyncio.to_thread(done.wait)
