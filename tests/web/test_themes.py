"""Themes in a browser: words are sorted as they are read, and what was done is written down."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import let_be_told, rows
from tests.support.house import invite
from tests.web.phone import WIDTH, Phone
from tests.web.plain_browser import Form, Page, join, look, tap, write
from tests.web.stage import Stage
from usecases import signing_in, theming
from usecases.inviting import By, Invited
from usecases.theming import Sorting

WORDS, THEMES, AGAIN = "/staff/words", "/staff/themes", "/staff/words/again"


async def says(stage: Stage, invited: Invited, words: str) -> None:
    async with stage.browser() as child:
        await write(child, await join(child, invited.web), words)
    for row in await rows(stage.service, tables.words):
        await let_be_told(stage.service, row.id, stage.world.clock.now)


def staff(stage: Stage) -> By:
    return By("Made-up Mo", stage.world.clock.now)


def article(page: Page, ending: str) -> Form:
    """The first form that goes to an address with this end, its boxes not ticked."""
    form = next(form for form in page.forms if form.action.endswith(ending))
    ticked = {name: value for name, value in form.fields.items() if not name.startswith("theme-")}
    return Form(form.action, ticked, form.buttons)


async def send(browser: httpx.AsyncClient, form: Form, **fields: str) -> Page:
    named = {name.replace("theme_", "theme-"): value for name, value in fields.items()}
    return Page(await browser.post(form.action, data={**form.fields, **named}))


async def seen(stage: Stage) -> set[str]:
    """The slugs of the themes that somebody saw in any words."""
    words = [row.id for row in await rows(stage.service, tables.words)]
    found = await theming.look_at_words(stage.service, words)
    return {slug for slugs in found.seen.values() for slug in slugs}


async def test_words_are_sorted_with_the_same_tap_that_says_they_were_read(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    await theming.add_theme(stage.service, "School", staff(stage))
    await says(stage, invited, "i want to see my brother")
    form = article(await look(desk, WORDS), "/read")
    page = await send(desk, form, theme_sleep="on", new="Seeing my family")
    assert "Everything has been read." in page.text
    assert await seen(stage) == {"sleep", "seeing-my-family"}
    page = await look(desk, THEMES)
    assert "Seeing my family 1 young person this quarter · 1 ever" in page.text
    assert "School Nobody has raised it yet" in page.text


async def test_a_theme_is_taken_off_again_though_the_words_were_read(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    await theming.add_theme(stage.service, "School", staff(stage))
    await says(stage, invited, "i cannot sleep")
    await send(desk, article(await look(desk, WORDS), "/read"), theme_school="on")
    page = await look(desk, AGAIN)
    assert "i cannot sleep" in page.text
    form = article(page, "/themes")
    assert form.fields["had"] == "school"
    page = await send(desk, form, theme_sleep="on")
    assert (page.path, await seen(stage)) == (AGAIN, {"sleep"})
    stage.world.clock.forward(timedelta(days=8))
    await stage.sign_in(desk, signing_in.STAFF)
    assert "Nothing was read in these days." in (await look(desk, AGAIN)).text


async def test_what_a_colleague_changed_meanwhile_is_not_undone(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    for title in ("Sleep", "School", "Food"):
        await theming.add_theme(stage.service, title, staff(stage))
    await says(stage, invited, "i cannot sleep")
    (words,) = await rows(stage.service, tables.words)
    first, colleague = (
        Sorting(add=frozenset({"food"})),
        Sorting(frozenset({"school"}), frozenset({"food"})),
    )
    await theming.sort(stage.service, words.id, first, staff(stage))
    form = article(await look(desk, WORDS), "/read")
    await theming.sort(stage.service, words.id, colleague, staff(stage))
    await send(desk, form, theme_sleep="on", theme_food="on")
    assert await seen(stage) == {"sleep", "school"}


async def test_a_new_theme_that_cannot_be_is_said_beside_it_and_nothing_is_lost(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    await says(stage, invited, "i cannot sleep")
    form = article(await look(desk, WORDS), "/read")
    answer = await desk.post(form.action, data={**form.fields, "theme-sleep": "on", "new": "LAC"})
    assert answer.status_code == 422
    assert 'name="theme-sleep" checked' in answer.text
    assert 'value="LAC"' in answer.text
    assert "Everybody reads this, young children too." in Page(answer).text
    assert "i cannot sleep" in Page(answer).text
    assert await seen(stage) == set()


async def test_what_adults_wrote_is_read_without_themes(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    carer = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    await says(stage, carer, "he cannot sleep")
    page = await look(desk, WORDS)
    assert "he cannot sleep" in page.text
    assert "What is it about?" not in page.text
    await tap(desk, page, "I have read this")
    assert "he cannot sleep" not in (await look(desk, AGAIN)).text


async def test_looking_again_is_noted(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await says(stage, invited, "i cannot sleep")
    await send(desk, article(await look(desk, WORDS), "/read"))
    before = len(await rows(stage.service, tables.audit))
    await look(desk, AGAIN)
    (noted,) = (await rows(stage.service, tables.audit))[before:]
    assert (noted.who, noted.did) == ("made-up mo", "saw words")


# --- the page of themes ---------------------------------------------------------------------------


async def test_what_was_done_is_written_down_and_taken_back(desk: httpx.AsyncClient) -> None:
    page = await look(desk, THEMES)
    page = await send(desk, page.form(THEMES), title="Sleep")
    form = page.form("/staff/themes/sleep/done")
    assert form.fields["day"] == "2026-09-22"
    page = await send(desk, form, did="We bought a night light.")
    assert "We bought a night light. 22 Sep 2026 · made-up mo" in page.text
    assert "night light" not in (await tap(desk, page, "Take back")).text


async def test_hard_words_are_named_and_what_was_typed_stays(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    page = await look(desk, THEMES)
    form = page.form("/staff/themes/sleep/done")
    answer = await desk.post(form.action, data={**form.fields, "did": "We did a placement review."})
    assert answer.status_code == 422
    assert "Take out 'placement'; instead: home" in Page(answer).text
    assert ">We did a placement review.</textarea>" in answer.text
    for day in ("", "2026-02-31", "tomorrow"):
        page = await send(desk, form, did="We bought a lamp.", day=day)
        assert (page.status, "Give the day" in page.text) == (422, True)


async def test_a_theme_is_renamed_retired_and_taken_up_again(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    page = await look(desk, THEMES)
    page = await send(desk, page.form("/staff/themes/sleep/rename"), title="Sleeping well")
    assert "Sleeping well" in page.text
    page = await send(desk, page.form("/staff/themes/sleep/rename"), title="2")
    assert (page.status, "a few plain words" in page.text) == (422, True)
    page = await tap(desk, page, "Retire")
    assert "There is no theme yet" in page.text
    assert "Retired" in page.text
    page = await send(desk, page.form("/staff/themes/sleep/take-up"))
    assert "Retired" not in page.text


async def test_changes_of_a_theme_that_is_not_there_are_refused_in_words(
    desk: httpx.AsyncClient,
) -> None:
    form = (await look(desk, THEMES)).form(THEMES)
    for what in ("rename", "retire", "take-up", "done"):
        sent = {**form.fields, "title": "Sleep", "did": "We did it.", "day": "2026-09-01"}
        answer = await desk.post(f"/staff/themes/nothing/{what}", data=sent)
        assert answer.status_code == 422


async def test_a_theme_that_waits_long_is_marked_and_stands_first(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await theming.add_theme(stage.service, "A lamp", staff(stage))
    await theming.add_theme(stage.service, "Sleep", staff(stage))
    await says(stage, invited, "i cannot sleep")
    await send(desk, article(await look(desk, WORDS), "/read"), theme_sleep="on")
    assert "Nothing was done yet since" in (await look(desk, THEMES)).text
    stage.world.clock.forward(theming.LONG)
    await stage.sign_in(desk, signing_in.STAFF)
    page = await look(desk, THEMES)
    assert "more than 6 weeks ago, and nothing was done since" in page.text
    assert page.text.index("Sleep") < page.text.index("A lamp")


# --- on a phone and by keyboard -------------------------------------------------------------------


@pytest.fixture
async def phone(phone: Phone) -> Phone:
    """A phone in which staff are signed in, and some themes."""
    stage, band = phone.stage, AgeBand.SIXTEEN_TO_SEVENTEEN
    for title in ("Sleep", "School", "Brothers and sisters", "Having a say"):
        await theming.add_theme(stage.service, title, staff(stage))
    invited = await invite(stage.service, stage.world.clock.now, Role.YOUNG_PERSON, band)
    await says(stage, invited, "i want to see my brother more than now")
    await phone.sign_in()
    return phone


async def fits(phone: Phone) -> bool:
    """Whether nothing is wider than the phone."""
    wide: int = await phone.page.evaluate("document.documentElement.scrollWidth")
    return wide <= WIDTH


@pytest.mark.browser
async def test_words_are_sorted_with_a_thumb(phone: Phone) -> None:
    page = phone.page
    await page.goto(f"{phone.address}{WORDS}")
    chip = page.get_by_text("Brothers and sisters", exact=True)
    box = await chip.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await chip.click()
    await expect(page.get_by_label("Brothers and sisters")).to_be_checked()
    assert await fits(phone)
    await page.get_by_role("button", name="I have read this").click()
    await page.goto(f"{phone.address}{THEMES}")
    await expect(page.get_by_text("1 young person")).to_be_visible()
    assert await fits(phone)
    assert await seen(phone.stage) == {"brothers-and-sisters"}


@pytest.mark.browser
async def test_words_are_sorted_by_keyboard_alone(phone: Phone) -> None:
    page = phone.page
    await page.goto(f"{phone.address}{WORDS}")
    await page.get_by_label("Brothers and sisters").focus()
    await page.keyboard.press("Space")
    for _ in range(4):
        await page.keyboard.press("Tab")
    await page.keyboard.type("seeing my family")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Everything has been read.")).to_be_visible()
    assert await seen(phone.stage) == {"brothers-and-sisters", "seeing-my-family"}


async def test_words_that_look_like_names_wait_until_somebody_says_that_they_are_none(
    desk: httpx.AsyncClient,
) -> None:
    page = await look(desk, THEMES)
    page = await send(desk, page.form(THEMES), title="Sleep")
    form = page.form("/staff/themes/sleep/done")
    did = "We asked Tom for a night light."
    answer = await desk.post(form.action, data={**form.fields, "did": did})
    assert answer.status_code == 422
    assert "“Tom”" in Page(answer).text
    again = Page(answer).form("/staff/themes/sleep/done")
    assert did in answer.text  # nothing has to be typed again
    page = await send(desk, again, did=did, **{"names-nobody": "yes"})
    assert did in page.text
