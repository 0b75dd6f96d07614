"""The chat without a script: every button a form, every answer once, every word kept."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from storage.words import WordsKind
from tests.support.canary import CANARY_SENTENCE
from tests.support.house import A_WEEKDAY_AT_FIVE
from tests.web.plain_browser import Page, join, look, tap, write
from tests.web.stage import Stage
from usecases import reading, rights, transcribing
from usecases.inviting import By, Invited


async def answer_star(browser: httpx.AsyncClient, page: Page) -> Page:
    """Answer all eight questions by the first choice."""
    page = await tap(browser, page, "Start")
    for number in range(1, 9):
        assert f"{number} of 8" in page.text
        form = next(form for form in reversed(page.forms) if "Skip" in dict(_labels(form)))
        page = Page(await browser.post(form.action, data={**form.fields, "d": form.buttons[0][2]}))
    return page


def _labels(form: object) -> list[tuple[str, str]]:
    return [(label, value) for label, _, value in form.buttons]  # type: ignore[attr-defined]  # a Form


async def test_a_star_is_answered_and_its_picture_shown_beside_the_same_in_words(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await answer_star(browser, await join(browser, invited.web))
    assert len(page.images) == 1
    assert page.images[0]["alt"]
    assert "There is no right or wrong picture" in page.text
    picture = await browser.get(page.images[0]["src"])
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    export = await rights.export(stage.service, invited.participant)
    assert len(export.runs[0].answers) == 8


async def test_a_picture_is_for_its_owner_alone(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await answer_star(browser, await join(browser, invited.web))
    source = page.images[0]["src"]
    async with stage.browser() as stranger:
        assert (await stranger.get(source)).url.path == "/join"
        _, token = await transcribing.new_visitor(stage.service, stage.world.clock.now)
        stranger.cookies.set("chat", f"{token}.x")
        assert (await stranger.get(source)).status_code == 404


async def test_an_answered_question_shows_what_was_chosen_and_can_be_changed(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await tap(browser, await join(browser, invited.web), "Start")
    page = await tap(browser, page, "🙂 I feel well most days")
    assert "🙂 I feel well most days" in page.text
    assert page.buttons.count("✏️ Change") == 1
    page = await tap(browser, page, "✏️ Change")
    assert "😐 Some days good, some days not" in page.buttons


async def test_the_same_form_sent_twice_has_one_effect(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await tap(browser, await join(browser, invited.web), "Start")
    form, sent = page.find("Skip")
    await asyncio.gather(*(browser.post(form.action, data=sent) for _ in range(3)))
    assert "2 of 8" in (await look(browser, "/chat")).text
    assert len({update["update_id"] for update in stage.updates[-3:]}) == 1


async def test_typed_words_are_shown_to_their_writer_and_read_by_staff(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await write(browser, await join(browser, invited.web), CANARY_SENTENCE)
    assert CANARY_SENTENCE in page.text
    desk = await reading.what_waits(stage.service, By("Made-up Mo", A_WEEKDAY_AT_FIVE))
    assert [(each.text, each.kind) for each in desk.unread] == [
        (CANARY_SENTENCE, WordsKind.SAID.value)
    ]


async def test_words_that_look_like_markup_are_shown_as_words(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await join(browser, invited.web)
    form = page.form("/chat/say")
    hurtful = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    answer = await browser.post(form.action, data={**form.fields, "text": hurtful})
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert hurtful in Page(answer).text


@pytest.mark.parametrize("words", ["", "   ", "\n"])
async def test_nothing_typed_sends_nothing(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited, words: str
) -> None:
    page = await join(browser, invited.web)
    before = len(stage.updates)
    assert (await write(browser, page, words)).path == "/chat"
    assert len(stage.updates) == before


async def test_a_message_of_a_hundred_thousand_letters_is_kept_and_answered_kindly(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await write(browser, await join(browser, invited.web), "long words " * 9_000)
    assert page.status == 200
    assert "long words" in page.text


async def test_far_too_much_is_refused_kindly(browser: httpx.AsyncClient, invited: Invited) -> None:
    page = await join(browser, invited.web)
    answer = await write(browser, page, "x" * 500_000)
    assert answer.status == 413
    assert "You can send it in two parts" in answer.text


@pytest.mark.parametrize(
    "body", [b"text=%ff%fe&c=1", b"text=\xff\xfe", b"&" * 3_000, b"text=%ED%A0%80"]
)
async def test_bytes_that_are_no_text_get_a_kind_answer(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited, body: bytes
) -> None:
    await join(browser, invited.web)
    before = len(stage.updates)
    answer = await browser.post(
        "/chat/say",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code in (200, 400)
    assert len(stage.updates) == before


@pytest.mark.parametrize(
    "data", ["r:nobody:1:t:3", "j:yes:yes", "m:everything", "💥" * 200, "", "o:x:start"]
)
async def test_a_forged_button_gets_a_kind_answer(
    browser: httpx.AsyncClient, invited: Invited, data: str
) -> None:
    await join(browser, invited.web)
    answer = await browser.post("/chat/tap", data={"d": data, "m": "5", "c": "a"})
    assert answer.status_code == 200
    assert answer.url.path == "/chat"


OURS = ["/chat", "/help", "/who-sees", "/join/other", "/chat/mine", "/chat/you-said", "/nothing"]


@pytest.mark.parametrize("path", OURS)
async def test_every_page_has_the_way_out_who_can_see_and_help_at_its_head(
    browser: httpx.AsyncClient, invited: Invited, path: str
) -> None:
    await join(browser, invited.web)
    head = (await browser.get(path)).text.partition("<header")[2].partition("</header>")[0]
    assert head.index("Leave") < head.index("Who can see this?") < head.index("Help now")


async def test_who_can_see_this_is_told_before_joining_too(browser: httpx.AsyncClient) -> None:
    assert 'href="/who-sees"' in (await browser.get("/join")).text
    page = await look(browser, "/who-sees")
    assert page.status == 200
    assert "Here is who can see what." in page.text


async def test_help_without_a_script_is_answered_in_the_chat(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await join(browser, invited.web)
    sent = await browser.post("/help", data=page.form("/help").fields)
    assert Page(sent).path == "/chat"
    assert "Here are people you can talk to" in Page(sent).text


async def test_help_without_a_script_shows_whom_to_call_where_nothing_can_be_stored(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await join(browser, invited.web)
    stage.away = True
    sent = await browser.post("/help", data=page.form("/help").fields)
    assert 'href="tel:999"' in sent.text
    busy = await browser.post("/chat/tap", data={"d": "m:help"})
    assert (busy.status_code, 'href="tel:999"' in busy.text) == (503, True)


async def test_help_is_shown_to_who_is_not_known(browser: httpx.AsyncClient) -> None:
    assert 'href="tel:999"' in (await browser.post("/help", data={})).text


async def test_help_and_who_sees_are_one_tap_away_in_the_middle_of_the_questions(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await tap(browser, await join(browser, invited.web), "Start")
    page = await tap(browser, page, "Who can see this?")
    assert "Here is who can see what." in page.text
    page = await tap(browser, page, "🆘 Help now")
    assert "Here are people you can talk to right now." in page.text
    page = await tap(browser, page, "▶️ Carry on")
    assert page.text.count("1 of 8") >= 1


async def test_when_nothing_could_be_stored_the_sender_is_told_so(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    page = await join(browser, invited.web)
    stage.away = True
    assert (await write(browser, page, "hello there")).status == 503


# --- what scripts get -----------------------------------------------------------------------------


async def test_news_hold_only_what_the_page_has_not_seen(
    browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    first = (await browser.get("/chat/news?after=&wait=0")).json()
    assert first["lines"]
    again = (await browser.get(f"/chat/news?after={first['cursor']}&wait=0")).json()
    assert again == {"cursor": first["cursor"], "lines": []}


async def listening(stage: Stage) -> None:
    """Return when a page waits for news."""
    while not len(stage.session.bells):  # noqa: ASYNC110 - nobody is told of it
        await asyncio.sleep(0)


async def test_a_waiting_page_hears_at_once_of_a_new_message(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    cursor = (await browser.get("/chat/news?after=&wait=0")).json()["cursor"]
    waiting = asyncio.ensure_future(browser.get(f"/chat/news?after={cursor}"))
    await listening(stage)
    told = await browser.post(
        "/chat/tap", data={"d": "m:menu", "c": "a"}, headers={"accept": "application/json"}
    )
    assert told.json() == {"state": "done"}
    assert "What would you like to do?" in (await waiting).json()["lines"][-1]["html"]


async def test_a_message_written_by_another_process_is_found_within_seconds(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    cursor = (await browser.get("/chat/news?after=&wait=0")).json()["cursor"]
    visitor = await transcribing.visitor_of(stage.service, browser.cookies["chat"].split(".")[0])
    assert visitor is not None
    waiting = asyncio.ensure_future(browser.get(f"/chat/news?after={cursor}"))
    await listening(stage)
    shown = transcribing.Shown("From elsewhere")
    await transcribing.write(stage.service, visitor, shown, stage.world.clock.now)
    assert "From elsewhere" in (await waiting).json()["lines"][-1]["html"]


async def test_a_program_that_floods_is_slowed_down_and_a_person_is_not(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    stage.away = True  # what is let through is refused for another reason, and quickly
    asks = {"accept": "application/json"}
    statuses = [
        (await browser.post("/chat/tap", data={"d": "m:menu"}, headers=asks)).status_code
        for _ in range(400)
    ]
    assert set(statuses[:40]) == {503}
    assert 429 in statuses


async def test_a_server_that_stops_lets_waiting_pages_go(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await join(browser, invited.web)
    cursor = (await browser.get("/chat/news?after=&wait=0")).json()["cursor"]
    waiting = asyncio.ensure_future(browser.get(f"/chat/news?after={cursor}"))
    await listening(stage)
    stage.session.bells.close()
    assert (await waiting).json()["lines"] == []


async def test_a_script_without_a_chat_is_told_so(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "/chat/say", data={"text": "hello"}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 401
