"""The board of follow-ups in a browser: lists, numbers, what to do, and the alarm; also metrics."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import update

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.canary import CANARY_SENTENCE
from tests.support.house import invite
from tests.web.phone import WIDTH, Phone
from tests.web.plain_browser import Page, join, look, tap, write
from tests.web.stage import Stage, metrics_of
from usecases import signing_in, silence, sweeping
from usecases.inviting import Invited
from usecases.service import Service

DAY = timedelta(days=1)
BOARD = "/staff/followups"


async def change(service: Service, statement: Any) -> None:
    await service.lane.write(lambda connection: connection.execute(statement))


async def move_in(stage: Stage, role: Role = Role.YOUNG_PERSON) -> Invited:
    """Let somebody made up join by the web chat, with a worker who is named."""
    band = AgeBand.EIGHT_TO_ELEVEN if role is Role.YOUNG_PERSON else AgeBand.ADULT
    invited = await invite(stage.service, stage.world.clock.now, role, band)
    async with stage.browser() as child:
        await join(child, invited.web)
    return invited


async def goes_quiet(stage: Stage) -> Invited:
    """Somebody who has blocked every chat."""
    invited = await move_in(stage)
    now = stage.world.clock.now
    await change(stage.service, update(tables.addresses).values(blocked_at=now))
    await silence.look(stage.service, now)
    return invited


async def the_clock_stands_still(stage: Stage) -> None:
    """Somebody's review fell due an hour ago, and nobody has looked at it."""
    await move_in(stage)
    hour_ago = stage.world.clock.now - timedelta(hours=1)
    planned = update(tables.occasions).where(tables.occasions.c.state == "planned")
    await change(stage.service, planned.values(next_at=hour_ago, due_at=hour_ago))
    await sweeping.sweep(stage.service, stage.world.clock.now)


async def test_the_board_counts_four_lists_and_shows_what_is_due_today(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    invited = await move_in(stage)
    page = await look(desk, BOARD)
    assert re.search(r"1 due today 0 late 0 answered 0 gone quiet", page.text)
    assert re.search(
        rf"T-\d+, young person 8-11 {invited.participant} Star, at the start", page.text
    )
    assert "asked, no answer yet" in page.text
    assert "Theraplay" in page.text
    assert "made-up mo" in page.text, "the page says who is signed in"
    assert "Macro" not in page.text


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("due-today", "Nothing is due today."),
        ("late", "Nothing is late."),
        ("answered", "Nobody answered in the last four weeks."),
        ("quiet", "Nobody has gone quiet."),
        ("nonsense", "Nothing is due today."),
        ("late&from=-1", "Nothing is late."),
        ("late&from=99999999999999999999", "Nothing is late."),
        ("late&from=²", "Nothing is late."),
        ("quiet&worker=%00&intervention=%27", "Nobody has gone quiet."),
    ],
)
async def test_an_empty_list_says_so_whatever_the_address_asks_for(
    desk: httpx.AsyncClient, which: str, words: str
) -> None:
    page = await look(desk, f"{BOARD}?list={which}")
    assert (page.status, words in page.text) == (200, True)


async def test_a_character_that_no_database_takes_is_left_out_of_the_address(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await move_in(stage)
    answer = await desk.get(f"{BOARD}?list=quiet&worker=Mo%00re")
    assert answer.status_code == 200
    assert "worker=Mo%00re" not in answer.text
    assert "worker=More" in answer.text


async def test_a_list_can_be_chosen_by_support_and_worker(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await move_in(stage)
    await change(stage.service, update(tables.support_episodes).values(worker="Made-up Mo"))
    await move_in(stage, Role.PROFESSIONAL)
    answer = await desk.get(BOARD)
    assert 'href="/staff/followups?list=due-today&amp;intervention=theraplay' in answer.text
    mine = Page(await desk.get(BOARD, params={"worker": "Made-up Mo"}))
    assert "1 due today" in mine.text
    assert ", young person 8-11" in mine.text
    assert ", professional" not in mine.text
    nobodys = Page(await desk.get(BOARD, params={"worker": "-"}))
    assert ", professional" in nobodys.text
    assert ", young person 8-11" not in nobodys.text


async def test_nothing_that_somebody_said_or_answered_stands_on_the_board(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    invited = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    async with stage.browser() as carer:
        page = await join(carer, invited.web)
        page = await tap(carer, page, "Start")
        await write(carer, page, CANARY_SENTENCE)
    for which in ("due-today", "late", "answered", "quiet"):
        page = await look(desk, f"{BOARD}?list={which}")
        assert CANARY_SENTENCE not in page.text
    assert "half done" in (await look(desk, BOARD)).text


async def test_who_has_gone_quiet_is_taken_care_of_and_that_can_be_undone(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await goes_quiet(stage)
    page = await look(desk, f"{BOARD}?list=quiet&intervention=theraplay")
    assert "1 gone quiet" in page.text
    assert "Blocked the chat" in page.text
    assert "hand over a new link" in page.text
    page = await tap(desk, page, "I have taken care of this")
    assert page.path == BOARD
    assert "0 gone quiet" in page.text
    assert "made-up mo, 22 Sep 2026" in page.text
    page = await tap(desk, page, "Undo")
    assert "1 gone quiet" in page.text


async def test_a_form_without_its_mark_changes_nothing(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await goes_quiet(stage)
    page = await look(desk, f"{BOARD}?list=quiet")
    form, sent = page.find("I have taken care of this")
    answer = await desk.post(form.action, data={**sent, "key": "somebody else's"})
    assert answer.status_code == 403
    assert "1 gone quiet" in (await look(desk, BOARD)).text


async def test_an_alarm_stands_above_everything_with_numbers_and_causes(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    assert "Nothing has looked yet" in (await look(desk, BOARD)).text
    await the_clock_stands_still(stage)
    page = await look(desk, BOARD)
    assert "1 of 1 follow-ups should have been sent and were not." in page.text
    assert "1: the clock has not looked at them" in page.text
    answer = await desk.get(BOARD)
    assert answer.text.index('role="alert"') < answer.text.index("due today")


async def test_a_sweep_without_a_difference_is_told_until_it_is_old(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await sweeping.sweep(stage.service, stage.world.clock.now)
    assert "Everything that should have been sent was sent" in (await look(desk, BOARD)).text
    stage.world.clock.forward(timedelta(hours=2, seconds=1))
    await stage.sign_in(desk, signing_in.STAFF)  # a desk that nobody uses is signed out meanwhile
    assert "nothing has looked whether everything was sent" in (await look(desk, BOARD)).text


async def test_metrics_tell_what_is_missing_and_since_when_nobody_looked(
    stage: Stage,
) -> None:
    text = await metrics_of(stage)
    assert "starling_followups_missing 0.0" in text
    assert "starling_followups_sweep_age_seconds +Inf" in text
    await the_clock_stands_still(stage)
    stage.world.clock.forward(timedelta(minutes=10))
    text = await metrics_of(stage)
    assert "starling_followups_missing 1.0" in text
    assert "starling_followups_sweep_age_seconds 600.0" in text


async def test_strangers_and_commissioners_see_no_board(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await goes_quiet(stage)
    assert (await browser.get(BOARD)).status_code == 401
    await stage.sign_in(browser, "commissioner:icb")
    assert (await browser.get(BOARD)).status_code == 404
    for path in ("handled", "undo"):
        answer = await browser.post(f"{BOARD}/quiet/nothing/{path}", data={"key": ""})
        assert answer.status_code == 404


# --- in a real browser ----------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("which", ["due-today", "late", "answered", "quiet"])
async def test_every_list_fits_a_small_phone_and_can_be_read_by_its_heads(
    phone: Phone, which: str
) -> None:
    for _ in range(3):
        await goes_quiet(phone.stage)
    await the_clock_stands_still(phone.stage)
    answered = {"state": "part-answered", "ended_at": phone.stage.world.clock.now}
    some = tables.occasions.c.id.in_(
        tables.occasions.select().with_only_columns(tables.occasions.c.id).limit(2)
    )
    await change(phone.stage.service, update(tables.occasions).where(some).values(answered))
    await phone.sign_in()
    await phone.page.goto(f"{phone.address}{BOARD}?list={which}")
    wide = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDTH
    table = phone.page.locator("table.cards").first
    await expect(table).to_be_visible()
    assert await table.locator("caption").count() == 1
    assert await table.locator("thead th:not([scope=col])").count() == 0
    assert await table.locator("tbody th[scope=row]").count() > 0
    for link in await phone.page.locator(".groups a").all():
        box = await link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    for button in await phone.page.get_by_role("button", name="I have taken care of this").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= WIDTH
