"""What stands around every page: strict headers, kind errors, logs without secrets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from surveys.people import AgeBand, Role
from tests.support.canary import CANARY_SENTENCE
from tests.support.house import World, invite
from tests.web.plain_browser import join, write
from tests.web.stage import Stage, open_stage
from tests.web.test_access import routes
from usecases.inviting import Invited

PAGES = (
    "/",
    "/join",
    "/join/any-code",
    "/help",
    "/enter/any-code",
    "/staff",
    "/commissioner",
    "/no-such-page",
    "/static/chat.css",
    "/api/v1/releases",
    "/healthz",
    "/chat/news",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_keeps_browsers_strict(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache", "private, no-cache")


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_inline_code_or_anything_from_elsewhere(
    browser: httpx.AsyncClient, path: str
) -> None:
    text = (await browser.get(path)).text.lower()
    for sign in ("<script>", "onclick=", "onload=", "javascript:", "<style", " style=", "//cdn"):
        assert sign not in text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 400),
        ({"origin": "https://elsewhere.test"}, 403),
        ({"origin": "http://starling.test"}, 400),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://["}, 403),
        ({"referer": "https://elsewhere.test/http://starling.test"}, 403),
        ({"referer": "http://starling.test/join"}, 400),
        ({}, 400),
    ],
)
async def test_forms_of_other_sites_are_refused(
    browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    """A body that cannot be read is answered with 400 once the door is passed."""
    sent = {"content-type": "application/x-www-form-urlencoded", **headers}
    answer = await browser.post("/join", content=b"code=%ff", headers=sent)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "null"}, {"origin": "https://x.test"}]
)
async def test_no_address_that_changes_anything_takes_a_form_of_another_site(
    stage: Stage, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Whatever carries no mark of its own, such as the chat, stands behind this and its cookie."""
    paths = {path for method, path in routes(stage.app) if method not in ("GET", "HEAD")}
    assert {"/join", "/chat/say", "/sign-in", "/account/{code}", "/staff/episodes"} <= paths
    taken = [
        path
        for path in sorted(paths - {"/telegram/webhook"})
        if (await browser.post(path, headers=headers)).status_code != 403
    ]
    assert taken == []


async def test_a_page_that_is_not_there_is_told_kindly(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is no page here" in answer.text


async def test_an_error_that_nobody_foresaw_says_nothing_of_itself(
    stage: Stage, browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise RuntimeError(CANARY_SENTENCE)

    stage.app.router.routes.clear()
    stage.app.router.dependencies.clear()
    stage.app.add_api_route("/fails", fail)
    answer = await browser.get("/fails")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "canary" not in answer.text
    assert "a page failed: RuntimeError in /fails" in caplog.text


async def test_logs_hold_routes_and_never_codes_tokens_or_words(
    browser: httpx.AsyncClient, invited: Invited, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client names addresses
    await write(browser, await join(browser, invited.web), CANARY_SENTENCE)
    assert "POST /join/{code} 303" in caplog.text
    secrets = [invited.code, invited.web.rpartition("/")[2], browser.cookies["chat"].split(".")[0]]
    assert [secret for secret in secrets if secret in caplog.text] == []


async def test_over_https_cookies_and_browsers_insist_on_it(world_https: Stage) -> None:
    async with world_https.browser() as browser:
        browser.follow_redirects = False
        from_join = await browser.get("/join")
        assert "max-age" in from_join.headers["strict-transport-security"]
        invited = await _invite(world_https)
        cookie = (await browser.post(f"/join/{invited.code}")).headers["set-cookie"]
        door = (await browser.get("/sign-in")).headers["set-cookie"]
    for name, each, same_site in (("chat", cookie, "lax"), ("door", door, "strict")):
        assert each.startswith(f"__Host-{name}=")
        assert {"secure", "httponly", f"samesite={same_site}"} <= set(each.lower().split("; "))


async def _invite(stage: Stage) -> Invited:
    return await invite(stage.service, stage.world.clock.now, Role.CARER, AgeBand.ADULT)


@pytest.fixture
async def world_https(world: World) -> AsyncIterator[Stage]:
    async with open_stage(world, "https://starling.test") as opened:
        yield opened
