"""Staff take figures step by step on their pages: two people, every reason, no protected number."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from outcomes import compiling
from outcomes.audit.certificate import Certificate
from outcomes.episode import Audience
from outcomes.errors import ReleaseRefusedError
from outcomes.formats import bundle
from outcomes.release import Release
from storage import releases, tables
from storage.casework import Connection
from storage.releases import Proof, ReleaseOnList, StoredRelease
from tests.outcomes.sample import sample_release
from tests.support.callers import rows
from tests.web.plain_browser import Page, look, tap
from tests.web.releases import COMPILED_AT, store, two_files
from tests.web.stage import Stage
from usecases import publishing, signing_in
from web import compiling as web_compiling

LIST = "/staff/releases"
PERIOD = "2026/27-Q3"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    monkeypatch.setattr(bundle, "files_of", two_files)
    stage.world.clock.now = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def desk(stage: Stage, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which the one signed in who compiles."""
    await stage.sign_in(browser, signing_in.STAFF, "a.one")
    return browser


@asynccontextmanager
async def other(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody else of the staff."""
    async with stage.browser() as browser:
        await stage.sign_in(browser, signing_in.STAFF, "a.two")
        yield browser


async def compiled(desk: httpx.AsyncClient, period: str = PERIOD) -> Page:
    """Compile a period with the button beside it."""
    page = await look(desk, LIST)
    form = next(each for each in page.forms if each.fields.get("period") == period)
    return Page(await desk.post(form.action, data=form.fields))


async def draft(stage: Stage, release: Release) -> Release:
    """Keep a rich made-up draft with a certificate that claims nothing, as compiling does."""
    certificate = Certificate(())
    release = replace(release, certificate=certificate.digest)
    on_list = ReleaseOnList(
        release.id, str(release.period), release.status.value, COMPILED_AT, "a.one"
    )

    def keep(connection: Connection) -> None:
        stored = StoredRelease(on_list, release.to_json())
        releases.keep_draft(
            stage.service.open(connection), stored, Proof(certificate.to_bytes(), b"", ())
        )

    await stage.service.lane.write(keep)
    return release


async def test_two_people_take_figures_the_whole_way(stage: Stage, desk: httpx.AsyncClient) -> None:
    page = await compiled(desk)
    assert "You compiled this. Somebody else has to sign in" in page.text
    assert "Approve it" not in page.buttons
    async with other(stage) as second:
        page = await look(second, page.path)
        page = await tap(second, page, "Approve it")
        assert "Approved 1 March 2027, 09:00 by a.two" in page.text
    page = await tap(desk, await look(desk, page.path), "Publish it")
    assert "Published 1 March 2027, 09:00 by a.one" in page.text
    assert page.buttons == ["Sign out"]
    (found,) = await publishing.list_published(stage.service)
    assert page.path == f"{LIST}/{found.id}"
    assert "published 1 March 2027, 09:00 by a.one" in (await look(desk, LIST)).text


async def test_whoever_compiled_cannot_approve_even_by_hand(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    page = await compiled(desk)
    sent = {"key": page.forms[0].fields["key"]}
    answer = Page(await desk.post(f"{page.path}/approve", data=sent))
    assert answer.status == 422
    assert "a.one compiled this, so somebody else has to approve it." in answer.text
    answer = Page(await desk.post(f"{page.path}/publish", data=sent))
    assert "Nobody has approved this draft yet" in answer.text
    assert await publishing.list_published(stage.service) == []


async def test_a_step_without_the_mark_of_our_page_changes_nothing(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    page = await compiled(desk)
    for path in ("approve", "publish", "drop"):
        assert (await desk.post(f"{page.path}/{path}")).status_code == 403
    assert (await desk.post(f"{LIST}/compile", data={"period": "2026/27-Q2"})).status_code == 403
    assert len(await publishing.list_all(stage.service)) == 1


async def test_a_draft_is_dropped_and_compiled_again(desk: httpx.AsyncClient) -> None:
    page = await tap(desk, await compiled(desk), "Drop this draft")
    assert page.path == LIST
    assert "1 put away" in page.text
    again = await compiled(desk)
    assert "You compiled this" in again.text


async def test_what_cannot_be_compiled_is_said_beside_the_period(desk: httpx.AsyncClient) -> None:
    key = (await look(desk, LIST)).forms[0].fields["key"]
    for period, told in (
        ("2028/29-Q1", "there is nothing to compile yet"),
        ("soon", "There is no such period"),
        ("", "There is no such period"),
    ):
        answer = await desk.post(f"{LIST}/compile", data={"key": key, "period": period})
        assert answer.status_code == 422
        assert told in answer.text


async def test_a_failed_audit_says_its_reasons_and_keeps_them(
    stage: Stage, desk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(*given: Any, **named: Any) -> None:
        del given, named
        message = "no safe figures"
        raise ReleaseRefusedError(message, ("3 cells of the table of moves would show too much",))

    monkeypatch.setattr(compiling, "make", make)
    page = await compiled(desk)
    assert page.status == 422
    assert "3 cells of the table of moves would show too much." in page.text
    later = await look(desk, LIST)
    assert "Refused 1 time" in later.text
    assert "3 cells of the table of moves" in later.text
    noted = [row.did for row in await rows(stage.service, tables.audit) if row.who == "a.one"]
    assert noted[-1] == "was refused to compile"


def slowly(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let figures take until the event comes, longer than a page waits."""
    may_end, make = threading.Event(), compiling.make

    def slow(*given: Any, **named: Any) -> compiling.Made:
        named["progress"]("looking through every table")
        assert may_end.wait(30)
        return make(*given, **named)

    monkeypatch.setattr(compiling, "make", slow)
    monkeypatch.setattr(web_compiling, "_PATIENCE", 0.2)
    return may_end


async def test_figures_that_take_long_are_compiled_beside_the_page(
    stage: Stage, desk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says so and asks for itself again; another period waits its turn."""
    may_end = slowly(monkeypatch)
    try:
        page = await compiled(desk)
        assert page.path == LIST
        assert "2026/27-Q3 is being compiled" in page.text
        answer = await desk.get(LIST)
        assert "looking through every table" in answer.text
        assert answer.headers["Refresh"].startswith("5")
        other_period = await compiled(desk, "2026/27-Q2")
        assert other_period.status == 422
        assert "Figures are being compiled just now" in other_period.text
        assert await publishing.list_all(stage.service) == []
    finally:
        may_end.set()
    async with asyncio.timeout(30):
        while "Refresh" in (answer := await desk.get(LIST)).headers:
            pass
    assert "Look it over and approve it" in answer.text
    (made,) = await publishing.list_all(stage.service)
    assert made.period == PERIOD


async def test_a_fault_while_compiling_is_said_kindly_and_leaves_nothing(
    stage: Stage, desk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any, **named: Any) -> None:
        del given, named
        message = "7 children of one home"
        raise ArithmeticError(message)

    monkeypatch.setattr(compiling, "make", broken)
    page = await compiled(desk)
    assert page.status == 422
    assert "Nothing was stored and nothing went out" in page.text
    assert "7 children" not in page.text
    assert await publishing.list_all(stage.service) == []
    monkeypatch.undo()
    assert "Try it once more" in (await look(desk, LIST)).text


async def test_before_answers_are_frozen_compiling_is_a_second_thought(
    desk: httpx.AsyncClient,
) -> None:
    page = await look(desk, LIST)
    assert "Figures made before 28 April 2027 are provisional" in page.text
    buttons = [each for each in page.buttons if each.startswith("Compile")]
    assert buttons.count("Compile a provisional draft") == 2  # the quarter and the year go on
    assert buttons.count("Compile a draft") == len(buttons) - 2


# --- one release ----------------------------------------------------------------------------------


async def test_each_audience_is_seen_as_it_will_see(stage: Stage, desk: httpx.AsyncClient) -> None:
    release = await draft(stage, sample_release())
    whole = await desk.get(f"{LIST}/{release.id}")
    for place in ("Derby City", "Derbyshire County", "Whole service"):
        assert f'<th scope="col">{place}</th>' in whole.text
    council = await desk.get(f"{LIST}/{release.id}?as=derby-city")
    assert '<th scope="col">Derby City</th>' in council.text
    assert '<th scope="col">Whole service</th>' not in council.text
    assert (await desk.get(f"{LIST}/{release.id}?as=nobody")).text == whole.text


async def test_what_is_withheld_is_a_word_with_its_reason(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    release = await draft(stage, sample_release())
    page = await look(desk, f"{LIST}/{release.id}")
    assert "withheld, so that nobody can be found" in page.text
    assert "figures are withheld." in page.text
    assert "Decimal" not in page.text
    for note in release.notes:
        assert note in page.text


async def test_a_stale_draft_can_only_be_dropped(stage: Stage, desk: httpx.AsyncClient) -> None:
    release = await draft(stage, sample_release())
    await store(stage.service, sample_release("2026/27-Q2"), render=two_files)
    async with other(stage) as second:
        page = await look(second, f"{LIST}/{release.id}")
        assert "another release was published" in page.text
        assert page.buttons == ["Sign out", "Drop this draft"]
    assert "Look at it and drop it" in (await look(desk, LIST)).text


async def test_files_are_listed_and_not_handed_out_here(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    release = await store(stage.service, sample_release(), render=two_files)
    page = await look(desk, f"{LIST}/{release.id}")
    assert "derby-city.txt" in page.text
    assert f"{Audience.ICB}.txt" in page.text


async def test_a_release_of_the_first_form_breaks_no_page(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    old = {
        "id": "2025-26-q1-0123456789abcdef", "quarter": "2025/26-Q1", "status": "final",
        "compiled_at": COMPILED_AT, "body": '{"format":1}', "state": "dropped",
    }  # fmt: skip
    await stage.service.lane.write(lambda c: c.execute(tables.releases.insert(), old))
    assert "1 put away" in (await look(desk, LIST)).text
    page = await look(desk, f"{LIST}/{old['id']}")
    assert page.status == 200
    assert "Its figures cannot be shown" in page.text


@pytest.mark.parametrize("wrong", ["none", "%00", "compile", "2026-27-q3-0123456789abcdef"])
async def test_a_release_that_is_not_there_is_said_kindly(
    desk: httpx.AsyncClient, wrong: str
) -> None:
    assert (await desk.get(f"{LIST}/{wrong}")).status_code == 404
