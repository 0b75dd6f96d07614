"""The staff page of what the contract asks for: facts, totals, and what was given of free will."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from outcomes.measures.characteristics import TITLES, VALUE_TITLES
from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.house import invite
from tests.web.phone import WIDTH, Phone
from tests.web.plain_browser import Page, look
from tests.web.stage import Stage
from tests.web.test_browser import LOOK, NOTHING_WRONG
from usecases.inviting import Invited

FACTS = {
    "child_age": "11-15",
    "unplanned_moves": "2",
    "away_at_start": "no",
    "away_at_end": "",
    "plan_on": "2026-09-20",
    "disengaged_on": "2026-09-21",
    "back_on": "2026-09-22",
}


@pytest.fixture
async def episode(stage: Stage, invited: Invited) -> str:
    """The id of a support episode with a young person."""
    assert invited
    (row,) = await rows(stage.service, tables.support_episodes)
    return str(row.id)


async def send(desk: httpx.AsyncClient, episode: str, form: str, **entered: str) -> Page:
    """Fill in one of the forms and send it."""
    action = f"/staff/contract/{episode}/{form}"
    page = await look(desk, f"/staff/contract/{episode}")
    return Page(await desk.post(action, data={**page.form(action).fields, **entered}))


async def the_episode(stage: Stage) -> Any:
    (row,) = await rows(stage.service, tables.support_episodes)
    return row


# --- facts ----------------------------------------------------------------------------------------


async def test_every_piece_of_support_leads_to_its_page(
    desk: httpx.AsyncClient, episode: str
) -> None:
    answer = await desk.get("/staff")
    assert f'href="/staff/contract/{episode}"' in answer.text
    page = await look(desk, f"/staff/contract/{episode}")
    assert page.status == 200
    assert "For the contract" in page.text


async def test_what_staff_note_stands_on_the_page_when_it_is_opened_again(
    stage: Stage, desk: httpx.AsyncClient, episode: str
) -> None:
    page = await send(desk, episode, "facts", **FACTS)
    assert "Noted for the contract." in page.text
    row = await the_episode(stage)
    assert (row.unplanned_moves, row.away_at_start, row.away_at_end) == (2, False, None)
    assert (row.child_age, row.plan_on) == ("11-15", date(2026, 9, 20))
    again = (await look(desk, f"/staff/contract/{episode}")).form(
        f"/staff/contract/{episode}/facts"
    )
    assert again.fields["unplanned_moves"] == "2"
    assert again.fields["plan_on"] == "2026-09-20"


async def test_an_empty_field_takes_back_what_stood_there(
    stage: Stage, desk: httpx.AsyncClient, episode: str
) -> None:
    await send(desk, episode, "facts", unplanned_moves="0", away_at_start="yes")
    await send(desk, episode, "facts", unplanned_moves="", away_at_start="")
    row = await the_episode(stage)
    assert (row.unplanned_moves, row.away_at_start) == (None, None)


@pytest.mark.parametrize(
    ("entered", "field", "told"),
    [
        ({"unplanned_moves": "many"}, "unplanned_moves", "Write a whole number"),
        ({"unplanned_moves": "-1"}, "unplanned_moves", "Write a whole number"),
        ({"unplanned_moves": "51"}, "unplanned_moves", "is not between 0 and 50"),
        ({"plan_on": "soon"}, "plan_on", "Give the day"),
        ({"plan_on": "2026-02-31"}, "plan_on", "Give the day"),
        ({"plan_on": "2027-01-01"}, "plan_on", "is in the future"),
        ({"plan_on": "2026-01-01"}, "plan_on", "older than 14 days before"),
        ({"disengaged_on": "2020-01-01"}, "disengaged_on", "before this support began"),
        ({"back_on": "2026-09-22"}, "back_on", "without having stopped before"),
    ],
)
async def test_a_mistake_is_told_beside_its_field_and_what_was_entered_is_kept(
    stage: Stage,
    desk: httpx.AsyncClient,
    episode: str,
    entered: dict[str, str],
    field: str,
    told: str,
) -> None:
    action = f"/staff/contract/{episode}/facts"
    form = (await look(desk, f"/staff/contract/{episode}")).form(action)
    answer = await desk.post(action, data={**form.fields, **entered})
    assert answer.status_code == 422
    wrong = re.search(f'id="facts-{field}-wrong">([^<]*)<', answer.text)
    assert wrong is not None
    assert told in wrong[1]
    assert re.search(f'name="{field}"[^>]*aria-describedby="[^"]*facts-{field}-wrong', answer.text)
    assert Page(answer).form(action).fields[field] == entered[field]
    row = await the_episode(stage)
    assert (row.plan_on, row.unplanned_moves, row.disengaged_on, row.back_on) == (None,) * 4


async def test_what_was_noted_is_told_among_what_changed_around_the_child(
    desk: httpx.AsyncClient, episode: str, invited: Invited
) -> None:
    await send(desk, episode, "facts", unplanned_moves="0")
    await send(desk, episode, "facts", unplanned_moves="1", plan_on="2026-09-18")
    text = (await look(desk, f"/staff/people/{invited.participant}")).text
    assert "Unplanned moves from 0 to 1" in text
    assert "Plan with goals to 2026-09-18" in text


async def test_nobody_but_staff_opens_the_page(stage: Stage, episode: str) -> None:
    path = f"/staff/contract/{episode}"
    async with stage.browser() as stranger:
        assert (await stranger.get(path)).status_code == 401
    async with stage.browser() as commissioner:
        await stage.sign_in(commissioner, "commissioner:icb")
        assert (await commissioner.get(path)).status_code == 404
        for form in ("facts", "given", "totals"):
            assert (await commissioner.post(f"{path}/{form}")).status_code == 404


async def test_support_that_there_is_not_is_not_found(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/staff/contract/nothing")).status_code == 404


async def test_the_age_may_be_given_when_support_is_opened(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    form = (await look(desk, "/staff")).form("/staff/episodes")
    new = {
        "case": "T-2002", "commissioner": "derby-city", "strand": "direct",
        "intervention": "theraplay", "lives": "foster", "opened_on": "2026-09-21",
    }  # fmt: skip
    for case, age in (("T-2002", "16-25"), ("T-3003", ""), ("T-4004", "not-known")):
        sent = {**form.fields, **new, "case": case, "child_age": age}
        assert (await desk.post(form.action, data=sent)).status_code == 200
    ages = [row.child_age for row in await rows(stage.service, tables.support_episodes)]
    assert sorted(str(age) for age in ages) == ["16-25", "None", "None"]


# --- totals ---------------------------------------------------------------------------------------


async def test_a_total_is_noted_shown_and_taken_out_again(
    stage: Stage, desk: httpx.AsyncClient, episode: str
) -> None:
    entered = {"informant": "teacher", "day": "2026-09-01", "total": "17"}
    page = await send(desk, episode, "totals", **entered)
    assert "1 September 2026: 17 , teacher" in page.text
    (row,) = await rows(stage.service, tables.sdq_totals)
    assert (row.informant, row.day, row.total) == ("teacher", date(2026, 9, 1), 17)
    out = next(form for form in page.forms if form.action.endswith("/out"))
    page = Page(await desk.post(out.action, data=out.fields))
    assert "The total is taken out." in page.text
    assert await rows(stage.service, tables.sdq_totals) == []
    again = Page(await desk.post(out.action, data=out.fields))
    assert again.status == 422
    assert "not there any more" in again.text


async def test_another_number_of_the_same_day_takes_the_place_of_the_first(
    stage: Stage, desk: httpx.AsyncClient, episode: str
) -> None:
    for total in ("17", "16", "16"):
        entered = {"informant": "self", "day": "2026-09-01", "total": total}
        await send(desk, episode, "totals", **entered)
    (row,) = await rows(stage.service, tables.sdq_totals)
    assert row.total == 16


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({"informant": ""}, "Choose one"),
        ({"informant": "the cat"}, "Choose one"),
        ({"day": ""}, "Give the day"),
        ({"day": "2027-01-01"}, "in the future"),
        ({"day": "2020-01-01"}, "more than 90 days"),
        ({"total": "41"}, "between 0 and 40"),
        ({"total": ""}, "whole number"),
        ({"total": "12.5"}, "whole number"),
    ],
)
async def test_a_total_that_cannot_be_is_explained(
    stage: Stage, desk: httpx.AsyncClient, episode: str, entered: dict[str, str], told: str
) -> None:
    right = {"informant": "self", "day": "2026-09-01", "total": "17"}
    page = await send(desk, episode, "totals", **{**right, **entered})
    assert page.status == 422
    assert told in page.text
    assert await rows(stage.service, tables.sdq_totals) == []


# --- characteristics ------------------------------------------------------------------------------


async def test_not_said_is_what_stands_until_something_was_given(
    desk: httpx.AsyncClient, episode: str
) -> None:
    answer = await desk.get(f"/staff/contract/{episode}")
    for what, title in TITLES.items():
        assert title in answer.text
        chosen = re.search(f'name="{what.value}".*?</select>', answer.text, re.DOTALL)
        assert chosen is not None
        assert "selected" not in chosen[0]
        assert '<option value="">Not said</option>' in chosen[0]
        assert all(text.replace("'", "&#39;") in chosen[0] for text in VALUE_TITLES[what].values())


async def test_what_was_given_is_stored_with_who_gave_it_and_deleted_when_taken_back(
    stage: Stage, desk: httpx.AsyncClient, episode: str
) -> None:
    page = await send(desk, episode, "given", sex="female", disability="no", given_by="person")
    assert "What was given is noted." in page.text
    assert "Given by the young person" in page.text
    stored = {
        row.what: (row.value, row.given_by)
        for row in await rows(stage.service, tables.characteristics)
    }
    assert stored == {"sex": ("female", "person"), "disability": ("no", "person")}
    await send(desk, episode, "given", sex="", disability="no")
    (left,) = await rows(stage.service, tables.characteristics)
    assert left.what == "disability"
    told = [row.did for row in await rows(stage.service, tables.audit)]
    assert told.count("noted characteristics") == 2
    assert not [did for did in told if "sex" in did or "female" in did]


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({"sex": "female"}, "Say who gave it"),
        ({"sex": "a dragon", "given_by": "person"}, "There is no such value"),
    ],
)
async def test_what_cannot_be_noted_is_explained_and_nothing_is_stored(
    stage: Stage, desk: httpx.AsyncClient, episode: str, entered: dict[str, str], told: str
) -> None:
    page = await send(desk, episode, "given", **entered)
    assert page.status == 422
    assert told in page.text
    assert await rows(stage.service, tables.characteristics) == []


# --- on a phone -----------------------------------------------------------------------------------


@pytest.mark.browser
async def test_the_page_can_be_read_hit_named_and_used_by_keyboard_on_a_phone(
    phone: Phone,
) -> None:
    now = phone.stage.world.clock.now
    await invite(phone.stage.service, now, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    await phone.sign_in()
    page = phone.page
    await page.get_by_role("link", name="For the contract").click()
    await page.get_by_label("Unplanned moves").focus()
    await page.keyboard.type("3")
    await page.get_by_role("button", name="Note this").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Noted for the contract.")
    await expect(page.get_by_label("Unplanned moves")).to_have_value("3")
    await page.get_by_label("Total, 0 to 40").fill("99")
    await page.get_by_role("button", name="Note the total").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Sex").select_option("female")
    await page.get_by_label("Who gave what").select_option("worker")
    await page.get_by_role("button", name="Note what was given").click()
    await expect(page.get_by_role("status")).to_have_text("What was given is noted.")
    assert await page.evaluate(LOOK) == NOTHING_WRONG
    assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
