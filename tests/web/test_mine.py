"""What we know about you: a page that a child can read, a file to keep, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect

from storage import wishes as stored_wishes
from storage.casework import Connection
from storage.wishes import NewWish, WishKind
from surveys.people import AgeBand, Role
from tests.support.house import invite
from tests.web.phone import open_phone
from tests.web.plain_browser import join, write
from tests.web.stage import Stage, free_port
from usecases import wishes
from usecases.inviting import By, Invited

NASTY = '<b>my "den"</b> & =1+1 <script>alert(1)</script>'
NARROW = 320


async def _ask_to_see(stage: Stage, invited: Invited) -> str:
    now = stage.world.clock.now

    def work(connection: Connection) -> str:
        casework = stage.service.open(connection)
        new = NewWish(invited.participant, WishKind.SEE, now + timedelta(days=28))
        wish_id = stored_wishes.add(casework, new, now)
        casework.flush()
        return wish_id

    return await stage.service.lane.write(work)


async def test_somebody_reads_what_they_told_us_and_saves_it(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Their own words stand there as they wrote them, in the page and in the file."""
    page = await join(browser, invited.web)
    await write(browser, page, NASTY)
    shown = (await browser.get("/chat/mine")).text
    assert "What we know about you" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown
    file = await browser.get("/chat/mine/file")
    assert file.headers["content-disposition"] == 'attachment; filename="about-me.html"'
    assert file.headers["cache-control"] == "no-store"
    assert "&lt;b&gt;my &quot;den&quot;&lt;/b&gt; &amp; =1+1" in file.text
    assert not re.search(r"(src|href)=|<script", file.text), "the file needs nothing of ours"
    assert invited.participant not in shown + file.text


async def test_what_the_team_wrote_down_comes_only_after_two_people_released_it(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """It may name others; a month later the page is short again."""
    await join(browser, invited.web)
    team = "What the team wrote down"
    assert team not in (await browser.get("/chat/mine")).text
    wish = await _ask_to_see(stage, invited)
    now = stage.world.clock.now
    await wishes.look_through(stage.service, wish, By("a.worker", now))
    assert team not in (await browser.get("/chat/mine")).text
    await wishes.grant(stage.service, wish, By("b.worker", now))
    whole = (await browser.get("/chat/mine")).text
    assert team in whole
    assert "theraplay" in whole
    stage.world.clock.forward(wishes.SHOWN_FOR + timedelta(seconds=1))
    assert team not in (await browser.get("/chat/mine")).text


async def test_nobody_sees_the_page_of_somebody_else(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Each browser opens its own; who has no chat is asked for their code."""
    page = await join(browser, invited.web)
    await write(browser, page, "the heron sentence")
    other = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    async with stage.browser() as second:
        assert (await second.get("/chat/mine")).url.path == "/join"
        assert (await second.get("/chat/mine/file")).url.path == "/join"
        await join(second, other.web)
        assert "heron" not in (await second.get("/chat/mine")).text


async def test_the_page_fits_a_small_screen(
    stage: Stage, chromium: str, invited: Invited, tmp_path: Path
) -> None:
    """At 320 pixels nothing has to be scrolled sideways, even with a very long word."""
    async with open_phone(stage, free_port(), chromium) as phone:
        await phone.page.set_viewport_size({"width": NARROW, "height": 640})
        await phone.page.goto(f"{phone.address}/join/{invited.web.rpartition('/')[2]}")
        await phone.page.get_by_role("button", name="Open the chat").click()
        await phone.page.wait_for_url("**/chat")
        await phone.page.goto(f"{phone.address}/chat/mine")
        await expect(phone.page.get_by_role("heading", level=1)).to_have_text(
            "What we know about you"
        )
        width = await phone.page.evaluate("document.documentElement.scrollWidth")
        assert width == NARROW
        await phone.page.screenshot(path=tmp_path / "mine.png", full_page=True)
        assert phone.complaints == []


@pytest.fixture
async def invited(stage: Stage) -> Invited:
    """Somebody of twelve."""
    return await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN
    )
