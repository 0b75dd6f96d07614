"""What was done is there for every young person to read, and names nobody who asked for it."""

from __future__ import annotations

from datetime import timedelta

import httpx

from surveys.people import AgeBand, Role
from tests.support.house import invite
from tests.web.stage import Stage
from usecases import theming
from usecases.inviting import By, Invited
from usecases.telling_back import UNDO_FOR

BY = "Made-up Mo"


async def opens(browser: httpx.AsyncClient, invited: Invited) -> None:
    """Come in by the link."""
    await browser.post(f"/join/{invited.web.rpartition('/')[2]}")


async def test_the_chat_leads_to_what_was_done_and_back(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await opens(browser, invited)
    assert 'href="/chat/you-said"' in (await browser.get("/chat")).text
    empty = (await browser.get("/chat/you-said")).text
    assert "Nothing is here so far." in empty
    assert 'href="/chat"' in empty
    now = stage.world.clock.now
    slug = await theming.add_theme(stage.service, "Sleep", By(BY, now))
    await theming.add_reply(
        stage.service, slug, "We bought <b>night</b> lights.", now.date(), By(BY, now)
    )
    assert "night" not in (await browser.get("/chat/you-said")).text  # it may yet be taken back
    stage.world.clock.forward(UNDO_FOR + timedelta(seconds=1))
    page = (await browser.get("/chat/you-said")).text
    assert "Sleep" in page
    assert "We bought &lt;b&gt;night&lt;/b&gt; lights." in page
    assert BY not in page


async def test_somebody_without_a_chat_is_asked_for_their_code(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    del stage
    assert (await browser.get("/chat/you-said")).url.path == "/join"


async def test_a_carer_may_read_it_too_as_it_names_nobody(stage: Stage) -> None:
    invited = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    async with stage.browser() as browser:
        await opens(browser, invited)
        assert (await browser.get("/chat/you-said")).status_code == 200
