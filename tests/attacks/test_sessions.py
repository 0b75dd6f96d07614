"""Cookies and forms: nobody is given a session, and no other site sends our forms."""

from __future__ import annotations

import re

import httpx
import pytest

from storage import tables
from tests.support.callers import rows
from tests.web.peopled import HOSTILE, WHO, address, people_it
from tests.web.stage import Stage, post_at_door
from tests.web.test_access import routes
from usecases import signing_in
from usecases.inviting import Invited
from web.access import RULES, Rule

pytestmark = pytest.mark.slow

FIXED = "an-attackers-own-session-0123456789"
MEANT_FOR_PROGRAMS = {Rule.TELEGRAM, Rule.CASE_SYSTEM, Rule.SIGNED_IN}


async def test_a_cookie_that_somebody_else_set_is_never_the_session(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    """Whoever comes in gets a secret of their own, and the one that was there opens nothing."""
    browser.cookies.set("chat", FIXED)
    browser.cookies.set("desk", FIXED)
    await browser.post(f"/join/{invited.web.rpartition('/')[2]}")
    await post_at_door(browser, f"/enter/{await stage.entry_code(signing_in.STAFF, WHO)}")
    given = {cookie.name: cookie.value for cookie in browser.cookies.jar if cookie.value != FIXED}
    assert set(given) == {"chat", "desk"}
    async with stage.browser() as attacker:
        attacker.cookies.set("chat", FIXED)
        attacker.cookies.set("desk", FIXED)
        assert (await attacker.get("/chat")).url.path == "/join"
        assert (await attacker.get("/staff")).status_code == 401


async def test_signing_in_again_is_another_session_and_signing_out_ends_it(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await stage.sign_in(browser, signing_in.STAFF)
    first = browser.cookies["desk"]
    await stage.sign_in(browser, signing_in.STAFF)
    assert browser.cookies["desk"] != first
    last = browser.cookies["desk"]
    key = re.search(r'name="key" value="(\w+)"', (await browser.get("/staff")).text)
    assert key is not None
    await browser.post("/leave", data={"key": key[1]})
    async with stage.browser() as attacker:
        attacker.cookies.set("desk", last)
        assert (await attacker.get("/staff")).status_code == 401


def posts(stage: Stage) -> list[str]:
    """Every address that takes a form from a browser."""
    paths = {path for method, path in routes(stage.app) if method == "POST"}
    return sorted(path for path in paths if RULES[path] not in MEANT_FOR_PROGRAMS)


UNTOUCHED = tuple(
    table for table in tables.metadata.sorted_tables if table.name not in {"audit", "marks"}
)


async def contents(stage: Stage) -> dict[str, list[object]]:
    """Everything that is stored, but what is written down about looking."""
    return {table.name: await rows(stage.service, table) for table in UNTOUCHED}


@pytest.mark.parametrize(
    "sent_from", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}]
)
async def test_no_form_of_another_site_changes_anything(
    stage: Stage, browser: httpx.AsyncClient, sent_from: dict[str, str]
) -> None:
    ids = await people_it(stage)
    await stage.sign_in(browser, signing_in.STAFF, WHO)
    places = [await address(stage, path, ids) for path in posts(stage)]
    before = await contents(stage)
    for place in places:
        answer = await browser.post(place, data={"text": "x", "title": "x"}, headers=sent_from)
        assert answer.status_code == 403, place
    assert await contents(stage) == before
    assert len(places) > 20


async def test_a_form_of_staff_without_its_pages_mark_changes_nothing(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    """Also where a browser says nothing of where a form comes from."""
    ids = await people_it(stage)
    await stage.sign_in(browser, signing_in.STAFF, WHO)
    staff = [path for path in posts(stage) if path.startswith("/staff")]
    places = [await address(stage, path, ids) for path in staff]
    before = await contents(stage)
    for place in places:
        for key in ({}, {"key": ""}, {"key": "0" * 32}, {"key": HOSTILE}):
            answer = await browser.post(place, data={"title": "x", "did": "x", **key})
            assert answer.status_code in (403, 404), f"{place}: {answer.status_code}"
    assert await contents(stage) == before
