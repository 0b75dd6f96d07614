"""Staff pages: episodes, invitations, words that wait; mistakes are answered kindly."""

from __future__ import annotations

import re
from datetime import date, timedelta

import httpx
import pytest

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.canary import CANARY_SENTENCE
from tests.support.house import invite
from tests.web.plain_browser import Form, Page, join, look, tap, write
from tests.web.stage import Stage
from usecases import inviting, signing_in
from usecases.inviting import By, Closing, Invited, NewEpisode

NEW = {
    "case": "T-2002",
    "commissioner": "derby-city",
    "strand": "direct",
    "intervention": "theraplay",
    "lives": "foster",
    "opened_on": "2026-09-21",
}


async def open_episode(desk: httpx.AsyncClient, **changes: str) -> Page:
    form = (await look(desk, "/staff")).form("/staff/episodes")
    return Page(await desk.post(form.action, data={**form.fields, **NEW, **changes}))


def form_to(page: Page, ending: str) -> Form:
    return next(form for form in page.forms if form.action.endswith(ending))


async def test_staff_open_an_episode_invite_and_the_invitation_works(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    page = await open_episode(desk)
    assert "T-2002" in page.text
    form = form_to(page, "/invite")
    sent = {**form.fields, "role": "young-person", "age_band": "12-15"}
    answer = await desk.post(form.action, data=sent)
    link = re.search(r'href="(http://starling.test/join/\w+)"', answer.text)
    assert link is not None
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", answer.text)
    assert "<svg" in answer.text
    async with stage.browser() as child:
        assert "You are in" in (await join(child, link[1])).text
    assert "Young person 12-15: joined" in (await look(desk, "/staff")).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"case": "Tom Smith"}, "does not look like a case reference"),
        ({"case": "12/03/2014"}, "looks like a date"),
        ({"case": "TomSmith"}, "looks like a name"),
        ({"opened_on": "2027-01-01"}, "cannot be opened in the future"),
        ({"opened_on": "soon"}, "Give the day"),
        ({"opened_on": "2026-02-31"}, "Give the day"),
        ({"commissioner": "the-moon"}, "Choose one from each list"),
        ({"intervention": "magic"}, "There is no such kind of support"),
    ],
)
async def test_a_mistake_is_explained_beside_the_form_and_what_was_typed_is_kept(
    desk: httpx.AsyncClient, changes: dict[str, str], told: str
) -> None:
    page = await open_episode(desk, **changes)
    assert page.status == 422
    assert told in page.text
    kept = page.form("/staff/episodes").fields
    assert kept["case"] == {**NEW, **changes}["case"]


async def test_an_invitation_without_an_age_is_refused_kindly(desk: httpx.AsyncClient) -> None:
    form = form_to(await open_episode(desk), "/invite")
    page = Page(await desk.post(form.action, data={**form.fields, "role": "young-person"}))
    assert page.status == 422
    assert "Give the age band" in page.text


async def test_staff_close_an_episode_once(desk: httpx.AsyncClient) -> None:
    form = form_to(await open_episode(desk), "/close")
    sent = {**form.fields, "on": "2026-09-22", "reason": "planned"}
    page = Page(await desk.post(form.action, data=sent))
    assert "closed 22 September 2026 (planned ending)" in page.text
    again = Page(await desk.post(form.action, data=sent))
    assert again.status == 422
    assert "was closed on 22 September 2026 already" in again.text


# --- many support episodes ------------------------------------------------------------------------


async def test_a_case_is_found_by_its_whole_reference_and_never_stands_in_the_address(
    desk: httpx.AsyncClient,
) -> None:
    await open_episode(desk)
    await open_episode(desk, case="T-3003")
    form = (await look(desk, "/staff")).form("/staff/find")
    page = Page(await desk.post(form.action, data={**form.fields, "case": " t-2002 "}))
    assert "T-2002" in page.text
    assert "T-3003" not in page.text
    answer = await desk.post(form.action, data={**form.fields, "case": "T-2002"})
    assert "2002" not in str(answer.url)
    for case in ("T-20", ""):
        page = Page(await desk.post(form.action, data={**form.fields, "case": case}))
        assert page.status == 422
        assert "no support episode with this case reference" in page.text


async def test_open_support_comes_fifty_at_a_time_and_what_ended_stands_apart(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    by = By("Made-up Mo", stage.world.clock.now)
    for number in range(52):
        new = NewEpisode(
            f"T-{number:03}",
            Commissioner.DERBY_CITY,
            Strand.DIRECT,
            "theraplay",
            Lives.FOSTER,
            date(2026, 1, 1) + timedelta(days=number),
        )
        episode = await inviting.open_episode(stage.service, new, by)
    closing = Closing(date(2026, 9, 1), CloseReason.PLANNED)
    await inviting.close_episode(stage.service, episode, closing, by)
    first = await desk.get("/staff")
    assert re.findall(r">(T-\d+)<", first.text) == [f"T-{number:03}" for number in range(50, 0, -1)]
    more = re.search(r'href="(/staff\?[^"]*)">More<', first.text)
    assert more is not None
    second = await desk.get(more[1].replace("&amp;", "&"))
    assert re.findall(r">(T-\d+)<", second.text) == ["T-000"]
    assert ">More<" not in second.text
    closed = await desk.get("/staff?closed=1")
    assert re.findall(r">(T-\d+)<", closed.text) == ["T-051"]


@pytest.mark.parametrize("query", ["?start=-1", "?start=9999999999", "?start=x", "?beside=no"])
async def test_an_odd_address_shows_a_page_all_the_same(
    desk: httpx.AsyncClient, query: str
) -> None:
    assert (await desk.get(f"/staff{query}")).status_code == 200


async def test_a_change_is_noted_and_a_mistake_in_it_is_explained(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    page = await open_episode(desk, worker="a.worker")
    assert "a.worker" in page.text
    form = form_to(page, "/change")
    sent = {**form.fields, "lives": "kinship", "commissioner": "", "worker": "Bee Worker"}
    page = Page(await desk.post(form.action, data=sent))
    assert page.status == 422
    assert "sign-in name" in page.text
    assert form_to(page, "/change").fields["worker"] == "Bee Worker"
    page = Page(await desk.post(form.action, data={**sent, "worker": "b.worker"}))
    assert "Derby City · Kinship care or special guardianship · b.worker" in page.text
    changed = {row.what for row in await rows(stage.service, tables.episode_changes)}
    assert changed == {"lives", "worker"}


async def test_what_ended_by_mistake_is_opened_again(desk: httpx.AsyncClient) -> None:
    form = form_to(await open_episode(desk), "/close")
    sent = {**form.fields, "on": "2026-09-22", "reason": "planned"}
    page = Page(await desk.post(form.action, data=sent))
    page = await tap(desk, page, "Open it again")
    assert "closed" not in page.text
    form = form_to(page, "/close")
    again = Page(await desk.post(form.action.replace("close", "reopen"), data=form.fields))
    assert again.status == 422
    assert "open already" in again.text


async def test_what_is_done_to_no_support_episode_is_refused_in_words(
    desk: httpx.AsyncClient,
) -> None:
    form = (await look(desk, "/staff")).form("/staff/episodes")
    sent = {**form.fields, "on": "2026-09-22", "reason": "planned", "role": "carer"}
    for what in ("close", "invite", "change", "reopen", "leave/somebody", "rejoin/somebody"):
        page = Page(await desk.post(f"/staff/episodes/nothing/{what}", data=sent))
        assert page.status == 422
        assert "no support episode with this id" in page.text


# --- what waits -----------------------------------------------------------------------------------


async def test_words_wait_with_the_gravest_first_until_somebody_read_them(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    async with stage.browser() as child:
        page = await write(child, await join(child, invited.web), CANARY_SENTENCE)
        await write(child, page, "i want to die")
    page = await look(desk, "/staff/words")
    assert page.text.index("i want to die") < page.text.index(CANARY_SENTENCE)
    assert "Crisis" in page.text
    assert re.search(r"T-\d+, young person 16-17", page.text)
    form = form_to(page, "/read")
    page = Page(await desk.post(form.action, data=form.fields))
    assert "i want to die" not in page.text
    assert CANARY_SENTENCE in page.text


async def test_a_childs_words_are_shown_as_words_even_where_they_look_like_markup(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    async with stage.browser() as child:
        await write(child, await join(child, invited.web), "</blockquote><script>alert(1)</script>")
    answer = await desk.get("/staff/words")
    assert "<script>" not in answer.text
    assert "</blockquote><script>alert(1)</script>" in Page(answer).text


async def test_words_that_waited_too_long_are_marked(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    async with stage.browser() as child:
        await write(child, await join(child, invited.web), "hello there")
    stage.world.clock.forward(timedelta(hours=11))
    assert "(late)" not in (await look(desk, "/staff/words")).text
    stage.world.clock.forward(timedelta(days=10))
    await stage.sign_in(desk, signing_in.STAFF)
    assert "(late)" in (await look(desk, "/staff/words")).text


async def test_somebody_who_looks_for_help_leaves_a_notice_until_it_is_seen(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    async with stage.browser() as child:
        await tap(child, await join(child, invited.web), "🆘 Help now")
    page = await look(desk, "/staff/words")
    assert "Looked at Help now" in page.text
    form = form_to(page, "/seen")
    assert "Nothing new." in Page(await desk.post(form.action, data=form.fields)).text


async def test_follow_ups_that_are_due_stand_on_the_board(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    invited = await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.EIGHT_TO_ELEVEN
    )
    async with stage.browser() as child:
        await join(child, invited.web)
    page = await look(desk, "/staff/followups")
    assert re.search(rf"T-\d+, young person 8-11 {invited.participant} Star", page.text)


async def test_what_is_gone_already_can_be_marked_again_without_harm(
    desk: httpx.AsyncClient,
) -> None:
    form = (await look(desk, "/staff")).form("/staff/episodes")
    for path in ("/staff/words/nothing/read", "/staff/notices/nothing/seen"):
        assert (await desk.post(path, data=form.fields)).url.path == "/staff/words"


async def test_staff_see_beside_words_what_their_writer_lets_become_of_them(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    async with stage.browser() as child:
        page = await write(child, await join(child, invited.web), "the dog had puppies")
        assert "only keep it: do not pass it on" in (await look(desk, "/staff/words")).text
        page = await tap(child, page, "My worker may read it")
        assert "their worker may read it" in (await look(desk, "/staff/words")).text
        await tap(child, page, "Say it without my name")
        assert "may be told without a name" in (await look(desk, "/staff/words")).text
