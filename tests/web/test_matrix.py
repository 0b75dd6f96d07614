"""Every route, every role, one's own data and other people's: let in, or nothing is there.

The routes are read from the application, so that a new one without a rule, or one that names
something of a child without a wall, fails here.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from tests.outcomes.sample import sample_release
from tests.web.plain_browser import join
from tests.web.releases import store, two_files
from tests.web.rooms import Room, furnish
from tests.web.stage import Stage
from tests.web.test_access import routes
from usecases import inviting, signing_in
from usecases.glimpsing import OPEN_FOR
from usecases.inviting import Invited
from usecases.recipients import Recipient, SharingReason
from usecases.walls import CASEWORK, SEE_EVERYBODY, STAFF, StaffRole, roles_of
from web.rules import CASE_PAGES, NOBODYS, RULES, WALLED, Rule, StaffPage

NOBODY, VISITOR, PROGRAM = "nobody", "young person", "program"
ROLES = (NOBODY, VISITOR, PROGRAM, STAFF, *StaffRole, *signing_in.COMMISSIONER_ROLES)
MINE, THEIRS = "a.worker", "b.worker"
_PART = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class House:
    """The own child and somebody else's, and a release that is published."""

    own: Room
    other: Room
    release: str


@pytest.fixture
async def house(stage: Stage) -> House:
    own = await furnish(stage, "MADE-UP-1", MINE, "the own canary")
    other = await furnish(stage, "MADE-UP-2", THEIRS, "the other canary")
    release = await store(stage.service, sample_release(), render=two_files)
    return House(own, other, release.id)


@asynccontextmanager
async def browser_of(stage: Stage, role: str, invited: Invited) -> AsyncIterator[httpx.AsyncClient]:
    async with stage.browser() as browser:
        if role == VISITOR:
            await join(browser, invited.web)
        elif role == PROGRAM:
            key = await signing_in.hand_out_token(
                stage.service,
                "case.system",
                signing_in.CASE_SYSTEM,
                OPEN_FOR,
                stage.world.clock.now,
            )
            browser.headers["authorization"] = f"Bearer {key}"
        elif role != NOBODY:
            await stage.sign_in(browser, role, MINE)
        browser.follow_redirects = False
        yield browser


def addresses(stage: Stage, house: House, room: Room) -> Iterator[tuple[str, str, str]]:
    """Yield every method, route and address for what belongs to one child."""
    known = {**room.ids, "release": house.release, "name": "figures.json", "code": "none"}
    for method, route in routes(stage.app):
        yield method, route, _PART.sub(lambda part: known.get(part[1], "1"), route)


def is_let_in(role: str, method: str, route: str, *, own: bool) -> bool:
    """Tell whether somebody should be let in to a page of the staff: the rule, said once more."""
    rule = RULES[route]
    page = CASE_PAGES if rule is Rule.STAFF else rule
    assert isinstance(page, StaffPage)
    roles = roles_of(role)
    if not roles & (page.see if method in ("GET", "HEAD") else page.do):
        return False
    names = set(_PART.findall(route)) & set(WALLED)
    if page.for_others and own and names:
        return False
    return own or not names or bool(roles & SEE_EVERYBODY)


def test_every_part_of_a_staff_address_stands_behind_a_wall_or_is_nobodys() -> None:
    for route, rule in RULES.items():
        for_casework = rule is Rule.STAFF or (
            isinstance(rule, StaffPage) and StaffRole.WORKER in rule.see | rule.do
        )
        if for_casework:
            unknown = set(_PART.findall(route)) - set(WALLED) - NOBODYS
            assert not unknown, f"{route}: whose is {unknown}?"


def test_every_page_of_the_staff_says_for_which_roles_it_is() -> None:
    for route, rule in RULES.items():
        if route.startswith("/staff"):
            assert isinstance(rule, StaffPage), route
            assert rule.see or rule.do, route


async def test_in_a_small_service_staff_read_no_audit_unless_they_are_named_auditors(
    stage: Stage,
) -> None:
    for roles, status in ((STAFF, 404), (f"{STAFF} auditor", 200), ("safeguarding-lead", 200)):
        async with stage.browser() as browser:
            await stage.sign_in(browser, roles, "c.worker")
            for path in ("/staff/audit", "/staff/opened"):
                assert (await browser.get(path)).status_code == status, f"{roles} at {path}"
            assert ('href="/staff/audit"' in (await browser.get("/staff/me")).text) == (
                status == 200
            )


def test_neither_words_nor_people_are_for_those_who_do_no_casework() -> None:
    quiet = frozenset(StaffRole) - CASEWORK
    for route, rule in RULES.items():
        about = set(_PART.findall(route)) & set(WALLED)
        if about and isinstance(rule, StaffPage):
            assert not (rule.see | rule.do) & quiet, route
    for route in ("/staff", "/staff/words", "/staff/words/again", "/staff/followups"):
        rule = RULES[route]
        assert isinstance(rule, StaffPage)
        assert not (rule.see | rule.do) & quiet, route


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_lets_in_whom_it_is_for_and_is_not_there_for_anybody_else(
    stage: Stage, house: House, invited: Invited, role: str
) -> None:
    wrong = []
    async with browser_of(stage, role, invited) as browser:
        for room in (house.own, house.other):
            for method, route, address in addresses(stage, house, room):
                if RULES[route] in (Rule.ANYONE, Rule.TELEGRAM):
                    continue
                answer = await browser.request(method, address)
                told = _told(role, method, route, answer, own=room is house.own)
                if told:
                    wrong.append(f"{role} at {method} {address}: {told}")
    assert wrong == []


def _told(role: str, method: str, route: str, answer: httpx.Response, *, own: bool) -> str:
    """Return what is wrong with an answer, or nothing."""
    rule, status = RULES[route], answer.status_code
    if rule is Rule.VISITOR:
        fits = status != 303 or answer.headers["location"] != "/join"
        return "" if fits == (role == VISITOR) else f"{status}"
    if rule is Rule.CASE_SYSTEM or route.startswith("/api/"):
        return _told_api(role, rule, status)
    if rule is Rule.MONITOR:
        return "" if status == 401 else f"{status}"
    without_cookie = role in (NOBODY, VISITOR, PROGRAM)
    if without_cookie:
        return "" if status == 401 else f"{status} where a sign-in page should be"
    if rule is Rule.COMMISSIONER:
        let_in = role in signing_in.COMMISSIONER_ROLES
        return "" if (status == 200) == let_in or status == 404 else f"{status}"
    if not is_let_in(role, method, route, own=own):
        return "" if status == 404 else f"{status} where nothing should be"
    # A form without its mark changes nothing, and is refused by the page behind the guard alone.
    expected = (200, 303, 422) if method == "GET" else (403,)
    return "" if status in expected else f"{status}, let in"


def _told_api(role: str, rule: object, status: int) -> str:
    """Programs are told in the usual words: no key, or a key for something else."""
    if role in (NOBODY, VISITOR):
        return "" if status == 401 else f"{status}"
    if rule is Rule.CASE_SYSTEM:
        fits = status not in (401, 403) if role == PROGRAM else status == 401
        return "" if fits else f"{status}"
    pulls = role in signing_in.COMMISSIONER_ROLES or roles_of(role) & {
        StaffRole.ANALYST,
        StaffRole.SAFEGUARDING_LEAD,
    }
    return "" if (status in (200, 404)) == bool(pulls) else f"{status}"


async def test_no_page_tells_a_worker_anything_of_a_child_that_is_not_theirs(
    stage: Stage, house: House, invited: Invited
) -> None:
    seen = ""
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        for room in (house.own, house.other):
            for method, route, address in addresses(stage, house, room):
                if method == "GET" and route.startswith("/staff"):
                    for query in ("", "?closed=1", "?list=quiet", "?list=answered", "?list=late"):
                        seen += (await browser.get(f"{address}{query}")).text
        for room in (house.own, house.other):
            beside = room.ids["episode"]
            seen += (await browser.get(f"/staff?beside={beside}")).text
    for secret in (house.other.case, house.other.wrote, THEIRS, *house.other.ids.values()):
        assert secret not in seen, secret
    for known in (house.own.case, house.own.wrote):
        assert known in seen


async def test_a_search_for_a_child_of_somebody_else_finds_nothing(
    stage: Stage, house: House, invited: Invited
) -> None:
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        key = await form_key(browser)
        for case, status in ((house.own.case, 303), (house.other.case, 422), ("NONE-9", 422)):
            answer = await browser.post("/staff/find", data={"key": key, "case": case})
            assert answer.status_code == status, case


async def form_key(browser: httpx.AsyncClient, page: str = "/staff") -> str:
    found = re.search(r'name="key" value="(\w+)"', (await browser.get(page)).text)
    assert found is not None
    return found[1]


async def test_nobody_makes_a_child_their_own_by_opening_support_for_it(
    stage: Stage, house: House, invited: Invited
) -> None:
    form = {
        "commissioner": "derby-city",
        "strand": "direct",
        "intervention": "theraplay",
        "lives": "foster",
        "opened_on": "2026-09-22",
    }
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        sent = {**form, "key": await form_key(browser)}
        stolen = await browser.post("/staff/episodes", data={**sent, "case": house.other.case})
        assert stolen.status_code == 422
        new = await browser.post("/staff/episodes", data={**sent, "case": "MADE-UP-3"})
        assert new.status_code == 303
        assert "MADE-UP-3" in (await browser.get("/staff")).text, "who opens it looks after it"
        other = f"/staff/people/{house.other.ids['participant']}"
        assert (await browser.get(other)).status_code == 404


async def test_a_child_opened_for_a_reason_is_there_for_some_hours_and_the_lead_sees_it(
    stage: Stage, house: House, invited: Invited
) -> None:
    person = f"/staff/people/{house.other.ids['participant']}"
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        key = await form_key(browser, "/staff/open")
        sent = {"key": key, "case": house.other.case}
        assert (await browser.post("/staff/open", data=sent)).status_code == 422, "without a reason"
        assert (await browser.get(person)).status_code == 404
        sent["why"] = "worried-about-safety"
        assert (await browser.post("/staff/open", data=sent)).status_code == 303
        assert (await browser.get(person)).status_code == 200
        assert house.other.wrote in (await browser.get("/staff/words")).text
    stage.world.clock.forward(OPEN_FOR + timedelta(seconds=1))
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        assert (await browser.get(person)).status_code == 404, "it closes by itself"
    for role in (StaffRole.SAFEGUARDING_LEAD, StaffRole.AUDITOR):
        async with browser_of(stage, role, invited) as browser:
            page = (await browser.get("/staff/opened")).text
            assert MINE in page
            assert "Worried about safety" in page
            assert "opened outside their caseload" in (await browser.get("/staff/audit")).text
            if role is StaffRole.SAFEGUARDING_LEAD:
                assert "opened outside caseloads" in (await browser.get("/staff")).text


async def test_what_accuses_a_worker_never_comes_before_that_worker(
    stage: Stage, house: House, invited: Invited
) -> None:
    accused = await furnish(stage, "MADE-UP-4", MINE, "my worker hit me and")
    for role in (StaffRole.WORKER, "worker duty", STAFF):
        async with browser_of(stage, role, invited) as browser:
            assert accused.wrote not in (await browser.get("/staff/words")).text, role
            read = f"/staff/words/{accused.ids['words']}/read"
            assert (await browser.post(read)).status_code == 404, role
            for method, route, address in addresses(stage, house, accused):
                if route.startswith("/staff") and route != "/staff/me/out":
                    answer = await _as_meant(browser, method, address)
                    assert accused.wrote not in answer.text, f"{role} at {method} {address}"
    async with stage.browser() as browser:
        await stage.sign_in(browser, StaffRole.SAFEGUARDING_LEAD, "made-up.lead")
        assert accused.wrote in (await browser.get("/staff/words")).text
    assert house.own.case


async def _as_meant(browser: httpx.AsyncClient, method: str, address: str) -> httpx.Response:
    """Ask as a page's own form would, with its mark, so that the use case behind is reached."""
    if method != "POST":
        return await browser.request(method, address)
    sent = {
        "key": await form_key(browser, "/staff/words"),
        "recipient": Recipient.POLICE.value,
        "reason": next(iter(SharingReason)).value,
    }
    return await browser.post(address, data=sent)


@pytest.mark.parametrize("role", [StaffRole.WORKER, "worker duty", STAFF])
async def test_whoever_looks_after_a_child_neither_takes_their_record_nor_parts_their_chat(
    stage: Stage, house: House, role: str
) -> None:
    ids = house.own.ids
    part = f"/staff/people/{ids['participant']}/chats/1/part"
    async with stage.browser() as browser:
        await stage.sign_in(browser, role, MINE)
        for address in (
            f"/staff/people/{ids['participant']}/share",
            part,
            *(f"/staff/rights/{ids['wish']}/{each}" for each in ("look", "grant", "refuse")),
        ):
            assert (await _as_meant(browser, "POST", address)).status_code == 404, address
        assert (await browser.get(f"/staff/rights/{ids['wish']}/page")).status_code == 404
    async with stage.browser() as browser:
        await stage.sign_in(browser, StaffRole.SAFEGUARDING_LEAD, "made-up.lead")
        share = f"/staff/people/{ids['participant']}/share"
        assert house.own.wrote in (await _as_meant(browser, "POST", share)).text


async def test_every_look_at_words_is_in_the_audit(
    stage: Stage, house: House, invited: Invited
) -> None:
    async with browser_of(stage, StaffRole.WORKER, invited) as browser:
        await browser.get("/staff/words")
    async with browser_of(stage, StaffRole.AUDITOR, invited) as browser:
        lines = (await browser.get("/staff/audit")).text
    assert re.search(rf"{MINE}</td><td>saw words</td><td><code>{house.own.ids['words']}", lines)
    assert house.other.ids["words"] not in re.sub(r".*made-up.*\n", "", lines)
    assert house.own.wrote not in lines


async def test_the_old_staff_role_sees_everything(
    stage: Stage, house: House, invited: Invited
) -> None:
    async with browser_of(stage, STAFF, invited) as browser:
        page = (await browser.get("/staff")).text
        assert house.own.case in page
        assert house.other.case in page
        assert house.other.wrote in (await browser.get("/staff/words")).text


async def test_whoever_says_who_they_are_in_another_way_sees_the_same_caseload(
    stage: Stage, house: House
) -> None:
    async with stage.browser() as browser:
        await stage.sign_in(browser, "worker", "A.Worker")
        page = (await browser.get("/staff")).text
    assert house.own.case in page
    assert house.other.case not in page
    assert len(await inviting.list_episodes(stage.service)) >= 2
