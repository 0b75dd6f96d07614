"""The way in: a link or a code, one button, and a chat that belongs to one browser."""

from __future__ import annotations

import httpx
import pytest

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.house import invite
from tests.web.plain_browser import Page, join, look, tap
from tests.web.stage import Stage
from usecases.inviting import Invited


async def test_looking_at_a_link_uses_nothing_up_and_sets_no_cookie(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    for _ in range(3):
        answer = await browser.get(invited.web)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    page = await tap(browser, Page(answer), "Open the chat")
    assert page.path == "/chat"
    assert "This chat asks a few short questions" in page.text


async def test_somebody_joins_by_a_link_and_reads_three_pages(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await join(browser, invited.web)
    assert "Thank you. You are in." in page.text
    assert "Start" in page.buttons


async def test_somebody_joins_with_the_short_code_however_it_is_typed(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await look(browser, "/join")
    typed = f"  {invited.code.lower().replace('-', ' ')} "
    page = Page(await browser.post("/join", data={**page.form("/join").fields, "code": typed}))
    assert page.path == "/chat"


async def test_used_expired_and_wrong_codes_get_the_same_kind_answer(
    stage: Stage, invited: Invited
) -> None:
    async with stage.browser() as first:
        await join(first, invited.web)
    late = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    stage.world.clock.now = late.expires_at
    told = []
    for code in (invited.code, late.code, "W0RNG-C0DE5", "nothing like a code at all"):
        async with stage.browser() as browser:
            page = Page(await browser.post("/join", data={"code": code}))
            told.append((page.status, page.path, page.text))
            assert "chat" not in browser.cookies
    assert len(set(told)) == 1
    assert "That code does not work here." in told[0][2]


async def test_guessing_is_answered_kindly_and_then_slowed_down(
    stage: Stage,
) -> None:
    pages = []
    for number in range(310):
        async with stage.browser() as browser:
            pages.append(Page(await browser.post("/join", data={"code": f"GUESS-{number:05d}"})))
    assert "That code does not work here." in pages[0].text
    assert "Let's wait a little" in pages[-1].text


async def test_a_join_form_that_is_sent_twice_lets_in_once_and_into_the_same_chat(
    stage: Stage, invited: Invited
) -> None:
    async with stage.browser() as browser:
        form, sent = (await look(browser, invited.web)).find("Open the chat")
        await browser.post(form.action, data=sent)
        first = browser.cookies["chat"]
        browser.cookies.clear()  # the first answer was lost on its way
        page = Page(await browser.post(form.action, data=sent))
        assert browser.cookies["chat"] == first
        assert page.path == "/chat"
        assert page.text.count("This chat asks a few short questions") == 1


async def test_a_known_browser_goes_straight_to_its_chat(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    for address in ("/", "/join", invited.web):
        assert (await look(browser, address)).path == "/chat"


async def test_somebody_elses_link_on_the_same_phone_shows_nothing_of_the_first_chat(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    other = await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)
    page = await look(browser, other.web)
    assert "You have a chat here" in page.text
    page = await tap(browser, page, "Open the new link")
    assert page.path == "/chat"
    assert "Your answers go to the team that works with you" in page.text
    assert "You are in" not in page.text


async def test_a_wrong_code_never_costs_somebody_the_chat_that_they_have(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    kept = browser.cookies["chat"]
    page = Page(await browser.post("/join/not-a-code-at-all", data={}))
    assert "That code does not work here." in page.text
    assert browser.cookies["chat"] == kept
    assert "You are in" in (await look(browser, "/chat")).text


async def test_the_chat_without_a_cookie_leads_to_the_way_in(browser: httpx.AsyncClient) -> None:
    page = await look(browser, "/chat")
    assert page.path == "/join"


async def test_an_empty_code_is_asked_for_again(browser: httpx.AsyncClient) -> None:
    page = Page(await browser.post("/join", data={"code": "  "}))
    assert "There is no code here yet" in page.text


async def test_the_database_being_away_is_told_kindly_and_the_code_stays_good(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await look(browser, invited.web)
    stage.away = True
    refused = await tap(browser, page, "Open the chat")
    assert refused.status == 503
    assert "Try again in a minute" in refused.text
    stage.away = False
    assert (await tap(browser, page, "Open the chat")).path == "/chat"


async def test_cookies_cannot_be_read_by_scripts_or_sent_along_by_others(
    stage: Stage, invited: Invited
) -> None:
    async with stage.browser() as browser:
        browser.follow_redirects = False
        answer = await browser.post(invited.web, data={})
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= flags


@pytest.mark.parametrize("typed", ["help", "Help me!", "999"])
async def test_help_in_the_place_of_a_code_shows_whom_to_call(
    browser: httpx.AsyncClient, typed: str
) -> None:
    page = Page(await browser.post("/join", data={"code": typed}))
    assert page.path == "/chat"
    assert "Here are people you can talk to" in page.text


@pytest.mark.parametrize("is_known", [True, False])
async def test_words_in_the_place_of_a_code_are_heard(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited, *, is_known: bool
) -> None:
    if is_known:
        await join(browser, invited.web)
    page = Page(await browser.post("/join", data={"code": "my dad hits me and " + "i cry " * 40}))
    assert page.path == "/chat"
    assert "Your message has arrived" in page.text
    (kept,) = await rows(stage.service, tables.words)
    assert (kept.participant_id == invited.participant) is is_known


async def test_a_code_with_a_letter_too_few_is_refused_on_its_page_and_kept(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    page = Page(await browser.post("/join", data={"code": "8184V-67V9"}))
    assert "That code does not work here." in page.text
    assert page.form("/join")
    assert "chat" not in browser.cookies
    assert len(await rows(stage.service, tables.words)) == 1


async def test_help_is_there_for_somebody_without_a_chat(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/help")
    assert 'href="tel:999"' in answer.text
    assert 'href="tel:08001111"' in answer.text
