"""After a restore staff see what was set aside, and decide message by message."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from storage import tables
from tests.support.callers import rows
from tests.web.plain_browser import join, look, tap
from tests.web.stage import Stage
from usecases import restoring
from usecases.inviting import Invited
from usecases.restoring import Seen


@pytest.fixture
async def restored(stage: Stage, invited: Invited) -> int:
    """Somebody joined, what was said to them waited, and an older copy was brought back."""
    async with stage.browser() as child:
        await join(child, invited.web)
    now = stage.world.clock.now
    waits = update(tables.outbox).values(state="pending", due_at=now)
    await stage.service.lane.write(lambda connection: connection.execute(waits))
    known = await restoring.note_alive(stage.service, now - timedelta(hours=1))
    return await restoring.begin(stage.service, Seen(known.identity, now), now)


async def states(stage: Stage) -> set[str]:
    return {row.state for row in await rows(stage.service, tables.outbox)}


async def test_staff_are_told_and_led_to_what_was_set_aside(
    desk: httpx.AsyncClient, restored: int
) -> None:
    assert f"{restored} messages set aside" in (await look(desk, "/staff")).text
    assert 'href="/staff/outbox"' in (await desk.get("/staff/words")).text
    page = await look(desk, "/staff/outbox")
    assert "nothing is sent until somebody has looked" in page.text
    assert "young person 16-17" in page.text


async def test_one_is_dropped_and_the_others_go(
    stage: Stage, desk: httpx.AsyncClient, restored: int
) -> None:
    page = await look(desk, "/staff/outbox")
    one = next(
        form for form in page.forms if form.action.endswith("/drop") and "all" not in form.action
    )
    await desk.post(one.action, data=one.fields)
    assert len(await restoring.list_set_aside(stage.service)) == restored - 1
    page = await tap(desk, await look(desk, "/staff/outbox"), "Let them all go")
    assert "Nothing is set aside." in page.text
    assert "quarantined" not in await states(stage)


async def test_what_is_no_number_means_nothing(
    stage: Stage, desk: httpx.AsyncClient, restored: int
) -> None:
    page = await look(desk, "/staff/outbox")
    form = page.forms[-1]
    await desk.post("/staff/outbox/everything/drop", data=form.fields)
    assert len(await restoring.list_set_aside(stage.service)) == restored
