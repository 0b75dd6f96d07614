"""Every route has a rule, and the rule holds for everybody who is not meant."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from tests.web.stage import Stage, post_at_door
from usecases import signing_in
from web.access import RULES

HOUR = timedelta(hours=1)


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every method and path that the application answers."""
    found = []
    for included in app.router.routes:
        router = getattr(included, "original_router", None)
        for route in router.routes if router is not None else [included]:
            assert isinstance(route, APIRoute), f"{route!r} passes the guard by"
            found += [(method, route.path) for method in sorted(route.methods or ())]
    return found


async def test_the_rules_and_the_routes_are_the_same_list(stage: Stage) -> None:
    paths = {path for _, path in routes(stage.app)}
    assert paths - set(RULES) == set(), "a route without a rule is for nobody"
    assert set(RULES) - paths == set()


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (signing_in.STAFF, "/staff"),
        (signing_in.STAFF, "/staff/words"),
        (signing_in.STAFF, "/staff/followups"),
        (signing_in.STAFF, "/staff/releases"),
        (signing_in.STAFF, "/api/v1/releases"),
        ("commissioner:icb", "/commissioner"),
        ("commissioner:icb", "/api/v1/releases"),
    ],
)
async def test_whom_a_rule_names_is_let_in(
    stage: Stage, browser: httpx.AsyncClient, role: str, path: str
) -> None:
    await stage.sign_in(browser, role)
    assert (await browser.get(path)).status_code == 200


async def test_a_route_without_a_rule_is_for_nobody(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    async def forgotten() -> dict[str, str]:
        return {"secret": "shown"}

    stage.app.add_api_route("/forgotten", forgotten)
    await stage.sign_in(browser, signing_in.STAFF)
    answer = await browser.get("/forgotten")
    assert answer.status_code == 404
    assert "shown" not in answer.text


async def test_looking_at_a_sign_in_link_does_not_use_it_up(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    code = await stage.entry_code(signing_in.STAFF)
    for _ in range(2):
        assert (await browser.get(f"/enter/{code}")).status_code == 200
    assert (await post_at_door(browser, f"/enter/{code}")).url.path == "/staff"


async def test_a_sign_in_link_works_once(stage: Stage, browser: httpx.AsyncClient) -> None:
    code = await stage.entry_code("commissioner:derby-city")
    assert (await post_at_door(browser, f"/enter/{code}")).url.path == "/commissioner"
    async with stage.browser() as other:
        answer = await post_at_door(other, f"/enter/{code}")
        assert answer.status_code == 403
        assert "does not work any more" in answer.text


async def test_signing_out_ends_it(stage: Stage, browser: httpx.AsyncClient) -> None:
    await stage.sign_in(browser, signing_in.STAFF)
    kept = browser.cookies["desk"]
    key = re.search(r'name="key" value="(\w+)"', (await browser.get("/staff")).text)
    assert key is not None
    assert (await browser.post("/leave", data={"key": key[1]})).status_code == 200
    browser.cookies.set("desk", kept)
    assert (await browser.get("/staff")).status_code == 401


async def test_a_form_without_the_mark_of_its_page_changes_nothing(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await stage.sign_in(browser, signing_in.STAFF)
    for data in ({}, {"key": "guess"}, {"key": "ü"}):
        answer = await browser.post("/staff/episodes", data={"case": "T-9", **data})
        assert answer.status_code == 403
    assert "T-9" not in (await browser.get("/staff")).text
