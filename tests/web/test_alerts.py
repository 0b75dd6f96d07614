"""The page of alerts: what nobody took is red and first; taken, closed and undone by name."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect

from storage import tables
from storage.alerts import AlertKind
from storage.casework import Casework
from surveys.people import AgeBand, Role
from tests.support.callers import person_of, rows
from tests.support.callers import write as store
from tests.support.canary import CANARY_SENTENCE
from tests.support.house import invite
from tests.web.phone import WIDTH, Phone
from tests.web.plain_browser import Page, join, look
from tests.web.plain_browser import write as type_into
from tests.web.stage import Stage, metrics_of
from usecases import alerting, alerting_canary, alerting_drills, inviting, signing_in
from usecases.inviting import By, Invited

CRISIS = "i want to kill myself"
ALLEGATION = "my worker touches me and says not to tell"


@pytest.fixture
async def desk(stage: Stage, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which staff are signed in."""
    await stage.sign_in(browser, signing_in.STAFF, "dee.duty")
    return browser


@pytest.fixture
async def child(stage: Stage, invited: Invited) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which a young person takes part."""
    async with stage.browser() as opened:
        await join(opened, invited.web)
        yield opened


async def write(child: httpx.AsyncClient, said: str) -> None:
    await type_into(child, await look(child, "/chat"), said)


async def press(desk: httpx.AsyncClient, page: Page, ending: str, **fields: str) -> httpx.Response:
    form = next(form for form in page.forms if form.action.endswith(ending))
    return await desk.post(form.action, data={**form.fields, **fields})


async def test_an_alert_is_red_on_every_page_until_a_named_person_takes_it(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    assert 'class="count"' not in (await desk.get("/staff")).text
    await write(child, f"{CRISIS} {CANARY_SENTENCE}")
    assert re.search(r'class="count">1<', (await desk.get("/staff/followups")).text)
    page = await look(desk, "/staff/alerts")
    assert "Crisis" in page.text
    assert "Suicide" in page.text
    assert CANARY_SENTENCE not in page.text
    await press(desk, page, "/take")
    (alert,) = await rows(stage.service, tables.alerts)
    assert (alert.acknowledged_by, alert.next_at) == ("dee.duty", None)
    (concern,) = await rows(stage.service, tables.concerns)
    assert concern.acknowledged_by == "dee.duty"
    after = await desk.get("/staff/alerts")
    assert "taken by <b>dee.duty</b>" in after.text
    assert 'class="count"' not in after.text
    answer = await press(desk, page, "/take")
    assert answer.status_code == 422
    assert "somebody has it in hand already" in answer.text


async def test_an_alert_is_closed_with_a_reason_and_a_slip_is_undone(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    await write(child, CRISIS)
    page = await look(desk, "/staff/alerts")
    assert (await press(desk, page, "/close", because="nothing")).status_code == 422
    await press(desk, page, "/close", because="not-a-concern-song-game-or-story")
    page = await look(desk, "/staff/alerts")
    assert "Nothing waits." in page.text
    assert "Not a concern: a song, a game or a story" in page.text
    report = await alerting_drills.report(stage.service, 1, stage.world.clock.now)
    assert (report.all.closed, report.all.no_concern) == (1, 1)
    assert [(each.category, each.share) for each in report.categories] == [("suicide", 1.0)]
    await press(desk, page, "/undo")
    (alert,) = await rows(stage.service, tables.alerts)
    assert (alert.closed_at, alert.closed_because, alert.acknowledged_by) == (
        None,
        None,
        "dee.duty",
    )
    did = [row.did for row in await rows(stage.service, tables.audit) if row.who == "dee.duty"]
    assert "closed alert: not-a-concern-song-game-or-story" in did
    assert "opened alert again" in did


async def test_reading_the_words_takes_the_alert_in_hand(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    await write(child, CRISIS)
    await press(desk, await look(desk, "/staff/words"), "/read")
    (alert,) = await rows(stage.service, tables.alerts)
    assert alert.acknowledged_by == "dee.duty"


async def test_what_nobody_took_comes_first_then_the_gravest_then_the_oldest(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    for said in ("i am being bullied", CRISIS, "i am being bullied"):
        await write(child, said)
        stage.world.clock.forward(timedelta(minutes=1))
    await alerting_drills.raise_now(stage.service, By("dee.duty", stage.world.clock.now))
    levels = re.findall(r'class="level">([^<]+)<', (await desk.get("/staff/alerts")).text)
    assert levels == ["Crisis", "Concern", "Concern", "Drill"]
    page = await look(desk, "/staff/alerts")
    await press(desk, page, "/take")  # the first: the crisis
    levels = re.findall(r'class="level">([^<]+)<', (await desk.get("/staff/alerts")).text)
    assert levels == ["Concern", "Concern", "Drill", "Crisis"]


async def test_what_nobody_takes_is_late_and_then_an_incident(
    stage: Stage, browser: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    await write(child, CRISIS)
    for _ in range(5):
        stage.world.clock.forward(timedelta(minutes=20))
        await alerting.sweep(stage.service, stage.world.clock.now)
    desk = browser
    await stage.sign_in(desk, signing_in.STAFF, "dee.duty")
    page = (await desk.get("/staff/alerts")).text
    assert "(late)" in page
    assert "This is an incident" in page
    metrics = await metrics_of(stage)
    assert "starling_alerts_unanswered 1.0" in metrics
    assert "starling_alerts_overdue 1.0" in metrics
    assert 'starling_alerts_red{level="crisis"} 1.0' in metrics


async def test_with_nobody_to_tell_the_page_and_the_metrics_say_so(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    assert "Nobody is told when an alert is raised" in (await desk.get("/staff/alerts")).text
    assert "starling_alert_rungs_unreachable 4.0" in await metrics_of(stage)


async def test_rules_that_break_are_shown_to_staff_and_to_monitors(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    now = stage.world.clock.now
    assert await alerting_canary.sing(stage.service, now)
    assert await rows(stage.service, tables.alerts) == []
    for _ in range(2):
        assert not await alerting_canary.sing(stage.service, now, _misses)
    assert len(await rows(stage.service, tables.alerts)) == 1
    page = (await desk.get("/staff/alerts")).text
    assert "The rules that look for words of concern do not work" in page
    assert "starling_matcher_fails 1.0" in await metrics_of(stage)


def _misses(text: str) -> None:
    del text


async def test_an_allegation_is_not_there_for_the_worker_it_may_be_about(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient, invited: Invited
) -> None:
    await write(child, ALLEGATION)
    page = await look(desk, "/staff/alerts")
    form = next(form for form in page.forms if form.action.endswith("/take"))
    await _name_worker(stage, "Mo.Worker")
    async with stage.browser() as worker:
        await stage.sign_in(worker, signing_in.STAFF, "mo.worker")
        seen = await look(worker, "/staff/alerts")
        assert "Nothing waits." in seen.text
        key = next(form for form in seen.forms if form.action == "/leave").fields["key"]
        answer = await worker.post(form.action, data={"key": key})
        assert answer.status_code in (404, 422)
        assert 'class="count"' not in (await worker.get("/staff")).text
    (alert,) = await rows(stage.service, tables.alerts)
    assert alert.acknowledged_at is None
    assert invited.participant in (await desk.get("/staff/alerts")).text


async def _name_worker(stage: Stage, name: str) -> None:
    from sqlalchemy import update  # noqa: PLC0415 - behind the back of the use cases

    await stage.service.lane.write(
        lambda connection: (
            connection.execute(update(tables.support_episodes).values(worker=name)).rowcount
        )
    )


async def test_a_carer_never_sees_a_childs_words(
    stage: Stage, child: httpx.AsyncClient, invited: Invited
) -> None:
    await write(child, f"{CRISIS} {CANARY_SENTENCE}")
    (episode,) = await rows(stage.service, tables.support_episodes)
    now = stage.world.clock.now
    invitee = inviting.Invitee(episode.id, Role.CARER, AgeBand.ADULT)  # of the very same child
    carer = await inviting.invite(stage.service, invitee, By("dee.duty", now))
    async with stage.browser() as browser:
        await join(browser, carer.web)
        for path in ("/chat", "/chat/news?after=0", "/help", "/"):
            answer = await browser.get(path)
            assert CANARY_SENTENCE not in answer.text
            assert invited.participant not in answer.text
        for path in ("/staff", "/staff/words", "/staff/words/again", "/staff/alerts"):
            answer = await browser.get(path)
            assert answer.status_code in (401, 403, 404)
            assert CANARY_SENTENCE not in answer.text


@pytest.fixture
async def phone(phone: Phone) -> Phone:
    """A phone in which somebody of the staff is signed in; a crisis and a drill wait."""
    stage, band = phone.stage, AgeBand.SIXTEEN_TO_SEVENTEEN
    now = stage.world.clock.now
    invited = await invite(stage.service, now, Role.YOUNG_PERSON, band)
    async with stage.browser() as child:
        await join(child, invited.web)
        await write(child, CRISIS)
    await alerting_drills.raise_now(stage.service, By("dee.duty", now))
    await phone.sign_in(who="dee.duty")
    return phone


@pytest.mark.browser
async def test_an_alert_is_taken_and_closed_on_a_small_phone(phone: Phone) -> None:
    page = phone.page
    await page.get_by_role("link", name="Alerts 2 to take in hand").click()
    card = page.get_by_role("article").first
    await expect(card.get_by_text("Crisis")).to_be_visible()
    button = card.get_by_role("button", name="I take this in hand")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    await button.click()
    await expect(page.get_by_text("taken by dee.duty")).to_be_visible()
    taken = page.get_by_role("article").last
    await taken.get_by_label("How it came out").select_option(label="Spoken with them")
    await taken.get_by_role("button", name="Close it").click()
    await expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    await page.get_by_role("button", name="Open it again").click()
    await expect(page.get_by_role("article")).to_have_count(2)


# --- walls ----------------------------------------------------------------------------------------


async def _listed(stage: Stage, role: str, who: str) -> list[str]:
    """Return the levels and kinds that somebody finds on the page, or nothing where it is none."""
    async with stage.browser() as browser:
        await stage.sign_in(browser, role, who)
        answer = await browser.get("/staff/alerts")
        return re.findall(r'class="level">([^<]+)<', answer.text) if answer.is_success else []


async def test_each_role_finds_its_own_alerts(stage: Stage, child: httpx.AsyncClient) -> None:
    await _name_worker(stage, "mo.worker")
    await write(child, CRISIS)
    assert await _listed(stage, "worker", "mo.worker") == ["Crisis"]
    assert await _listed(stage, "worker", "jo.worker") == []
    assert await _listed(stage, "duty", "dee.duty") == ["Crisis"]
    assert await _listed(stage, "analyst", "ann") == []
    await write(child, ALLEGATION)
    assert await _listed(stage, "worker", "mo.worker") == []  # what stood before is kept, too
    assert await _listed(stage, "duty", "dee.duty") == []
    assert await _listed(stage, "safeguarding-lead", "lee.lead") == ["Crisis"] * 2
    assert await _listed(stage, "safeguarding-lead", "mo.worker") == []
    await alerting_drills.raise_now(stage.service, By("dee.duty", stage.world.clock.now))
    assert await _listed(stage, "worker", "jo.worker") == ["Drill"]


async def test_anybody_who_works_with_people_can_take_a_drill(stage: Stage) -> None:
    await alerting_drills.raise_now(stage.service, By("dee.duty", stage.world.clock.now))
    async with stage.browser() as browser:
        await stage.sign_in(browser, "worker", "jo.worker")
        await press(browser, await look(browser, "/staff/alerts"), "/take")
    (alert,) = await rows(stage.service, tables.alerts)
    assert alert.acknowledged_by == "jo.worker"


async def test_what_follows_an_allegation_is_kept_from_the_worker_until_it_is_closed(
    stage: Stage, desk: httpx.AsyncClient, child: httpx.AsyncClient
) -> None:
    await _name_worker(stage, "mo.worker")
    await write(child, ALLEGATION)
    stage.world.clock.forward(timedelta(minutes=1))
    await write(child, f"and he did it again {CANARY_SENTENCE}")
    async with stage.browser() as worker:
        for role in ("worker", signing_in.STAFF):
            await stage.sign_in(worker, role, "mo.worker")
            text = (await worker.get("/staff/words")).text
            assert ALLEGATION not in text
            assert CANARY_SENTENCE not in text
    text = (await desk.get("/staff/words")).text
    assert ALLEGATION in text
    assert CANARY_SENTENCE in text


@pytest.mark.usefixtures("invited")
async def test_seeing_a_notice_takes_its_alert_in_hand(
    stage: Stage, desk: httpx.AsyncClient
) -> None:
    now = stage.world.clock.now
    (row,) = await rows(stage.service, tables.participants)
    person = await person_of(stage.service, row.id)

    def wish(casework: Casework) -> None:
        alerting.tell_team(casework, stage.service, person, AlertKind.WANTS_PERSON, now)

    await store(stage.service, wish)
    await press(desk, await look(desk, "/staff/words"), "/seen")
    (alert,) = await rows(stage.service, tables.alerts)
    assert alert.acknowledged_by == "dee.duty"
