"""Wishes, holds, filings and corrections on the staff pages: shown, done, refused, walled."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from storage import wishes as stored
from storage.casework import Connection
from storage.tables import addresses, purges
from storage.wishes import NewWish, WishKind
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.house import World, invite
from tests.web.plain_browser import join, write
from tests.web.stage import Stage, open_stage
from usecases import wishes
from usecases.inviting import Invited
from usecases.walls import STAFF


@pytest.fixture
async def invited(stage: Stage) -> Invited:
    """Somebody of sixteen."""
    return await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
    )


async def wish(stage: Stage, invited: Invited, kind: WishKind) -> str:
    """Note a wish."""
    now = stage.world.clock.now

    def work(connection: Connection) -> str:
        casework = stage.service.open(connection)
        new = NewWish(invited.participant, kind, now + timedelta(days=30))
        wish_id = stored.add(casework, new, now)
        casework.flush()
        return wish_id

    return await stage.service.lane.write(work)


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Send one of the forms of the staff."""
    found = re.search(r'name="key" value="(\w+)"', (await browser.get("/staff/rights")).text)
    assert found is not None
    return await browser.post(path, data={"key": found[1], **fields})


async def test_a_wish_shows_when_it_is_due_and_red_when_it_is_late(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """The one that is due first stands first."""
    await stage.sign_in(browser, STAFF)
    assert "Nothing waits for an answer." in (await browser.get("/staff/rights")).text
    await wish(stage, invited, WishKind.FIX)
    assert "due by 22 October 2026" in (await browser.get("/staff/rights")).text
    stage.world.clock.forward(timedelta(hours=1))
    stage.world.clock.forward(timedelta(days=30))
    await stage.sign_in(browser, STAFF)
    page = (await browser.get("/staff/rights")).text
    assert '<strong class="late">was due on 22 October 2026' in page


async def test_two_people_release_everything(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """The first looks through the very page that is handed out; the second releases it."""
    seen = await wish(stage, invited, WishKind.SEE)
    await stage.sign_in(browser, STAFF, "Made-up Mo")
    handed = await browser.get(f"/staff/rights/{seen}/page")
    assert "What the team wrote down" in handed.text
    await send(browser, f"/staff/rights/{seen}/look")
    assert "Somebody else has to release it." in (await browser.get("/staff/rights")).text
    assert (await send(browser, f"/staff/rights/{seen}/grant")).status_code == 422
    async with stage.browser() as second:
        await stage.sign_in(second, STAFF, "Made-up Bo")
        await send(second, f"/staff/rights/{seen}/grant")
        page = (await second.get("/staff/rights")).text
    assert "see everything: done" in page
    assert (await browser.get(f"/staff/rights/{seen}/page")).status_code == 404


async def test_a_wish_is_refused_for_a_reason_from_the_list_alone(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """And what forbids to forget somebody stands beside the wish."""
    forget = await wish(stage, invited, WishKind.FORGET)
    await stage.sign_in(browser, STAFF)
    person = f"/staff/people/{invited.participant}"
    await send(browser, f"{person}/legal-hold", reason="police")
    page = (await browser.get("/staff/rights")).text
    assert "A legal hold stands on this record" in page
    assert (await send(browser, f"/staff/rights/{forget}/refuse")).status_code == 422
    await send(browser, f"/staff/rights/{forget}/refuse", reason="legal-hold")
    assert "be forgotten: refused (legal hold)" in (await browser.get("/staff/rights")).text


async def test_who_is_to_be_forgotten_can_still_stay(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """One tap within the day."""
    forget = await wish(stage, invited, WishKind.FORGET)
    await stage.sign_in(browser, STAFF)
    await send(browser, f"/staff/rights/{forget}/grant")
    assert "They want to stay" in (await browser.get("/staff/rights")).text
    await send(browser, f"/staff/rights/{forget}/refuse", reason="changed-their-mind")
    later = stage.world.clock.now + wishes.THINK_AGAIN
    assert await wishes.forget_granted(stage.service, later) == []


async def test_a_hold_is_lifted_by_a_second_person(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """The first one asks."""
    await stage.sign_in(browser, STAFF, "Made-up Mo")
    person = f"/staff/people/{invited.participant}"
    await send(browser, f"{person}/legal-hold", reason="court")
    page = (await browser.get(f"{person}/rights")).text
    found = re.search(r"legal-hold/(\w+)/lift", page)
    assert found is not None
    lift = f"{person}/legal-hold/{found[1]}/lift"
    await send(browser, lift)
    assert (await send(browser, lift)).status_code == 422
    async with stage.browser() as second:
        await stage.sign_in(second, STAFF, "Made-up Bo")
        await send(second, lift)
    assert "None stands." in (await browser.get("/staff/rights")).text


async def test_a_chat_of_somebody_else_is_parted_in_one_tap(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Whoever holds that browser sees nothing of it any more."""
    async with stage.browser() as child:
        page = await join(child, invited.web)
        await write(child, page, "the lark sentence")
        await stage.sign_in(browser, STAFF)
        person = f"/staff/people/{invited.participant}"
        (chat,) = await rows(stage.service, addresses)
        await send(browser, f"{person}/chats/{chat.id}/part")
        assert "They have no chat with us." in (await browser.get(f"{person}/rights")).text
        assert (await child.get("/chat")).url.path == "/join"


async def test_the_age_is_put_right_with_who_agreed(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Both on the page afterwards."""
    await stage.sign_in(browser, STAFF)
    person = f"/staff/people/{invited.participant}"
    half = await send(browser, f"{person}/age", age_band="12-15", agreed_by="parent")
    assert half.status_code == 422
    fields = {"agreed_by": "parent", "understands": "partly", "agreed_on": "2026-09-20"}
    await send(browser, f"{person}/age", age_band="12-15", **fields)
    page = (await browser.get(f"{person}/rights")).text
    assert "20 September 2026: a parent; understands it: partly" in page
    assert '<option value="12-15" selected>' in page


async def test_the_part_of_a_grown_up_is_put_right(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    """A young person has no such form."""
    now = stage.world.clock.now
    carer = await invite(stage.service, now, Role.CARER, AgeBand.ADULT)
    await stage.sign_in(browser, STAFF)
    person = f"/staff/people/{carer.participant}"
    assert (await send(browser, f"{person}/role", role="young-person")).status_code == 422
    await send(browser, f"{person}/role", role="professional")
    page = (await browser.get(f"{person}/rights")).text
    assert '<option value="professional" selected>' in page
    assert "they themselves" in page


async def test_what_protects_somebody_is_one_file(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Nothing is made before it is said for whom and why."""
    await stage.sign_in(browser, STAFF)
    share = f"/staff/people/{invited.participant}/share"
    assert (await send(browser, share, recipient="police")).status_code == 422
    given = await send(browser, share, recipient="police", reason="missing")
    assert given.headers["content-disposition"].startswith("attachment")
    told = json.loads(given.text)
    assert (told["recipient"], told["everything"]["participant"]) == (
        "police",
        invited.participant,
    )


async def test_who_agreed_has_to_be_said_on_the_invite_form_where_the_service_wants_it(
    world: World,
) -> None:
    """And the form keeps what was entered."""
    async with open_stage(world) as plain:
        site = replace(plain.site, service=replace(plain.service, agreement_required=True))
        plain.app.state.site = site
        invited = await invite(
            plain.service, world.clock.now, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN
        )
        async with plain.browser() as browser:
            await plain.sign_in(browser, STAFF)
            home = (await browser.get("/staff")).text
            found = re.search(r"/staff/episodes/(\w+)/invite", home)
            assert found is not None
            form = f"/staff/episodes/{found[1]}/invite"
            child = {"role": "young-person", "age_band": "12-15"}
            refused = await send(browser, form, **child)
            assert refused.status_code == 422
            assert "Say who agreed" in refused.text
            fields = {"agreed_by": "council", "understands": "not-yet", "agreed_on": "2026-09-21"}
            done = await send(browser, form, **child, **fields)
            assert done.status_code == 200
            rights = f"/staff/people/{invited.participant}/rights"
            assert "21 September 2026: the council" in (await browser.get(rights)).text


async def test_a_record_that_waits_for_its_filing_is_listed_and_can_be_filed(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Nothing goes by itself before the case system has it."""
    assert invited.participant
    await stage.sign_in(browser, STAFF)
    home = (await browser.get("/staff")).text
    found = re.search(r"/staff/episodes/(\w+)/close", home)
    assert found is not None
    today = {"on": "2026-09-22", "reason": "declined"}
    await send(browser, f"/staff/episodes/{found[1]}/close", **today)
    stage.world.clock.forward(timedelta(days=400))
    await stage.sign_in(browser, STAFF)
    page = (await browser.get("/staff/rights")).text
    assert "stays: not filed" in page
    refused = await send(browser, f"/staff/episodes/{found[1]}/filed", receipt=" ")
    assert refused.status_code == 422
    await send(browser, f"/staff/episodes/{found[1]}/filed", receipt="LCS-4711")
    assert "Nothing is in the way." in (await browser.get("/staff/rights")).text
    assert await rows(stage.service, purges) == []
