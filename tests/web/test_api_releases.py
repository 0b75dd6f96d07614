"""Programs pull releases with a key of their commissioner: theirs, published, the same for ever."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import Select, select, update

from outcomes.episode import Audience
from outcomes.formats.bundle import files_of
from outcomes.release import Release
from storage import releases, tables
from storage.casework import Connection
from storage.releases import Proof, ReleaseOnList, StoredRelease
from tests.outcomes.sample import sample_release
from tests.web.releases import COMPILED_AT, store, two_files
from tests.web.stage import Stage
from usecases import signing_in

LIST = "/api/v1/releases"
DAY = timedelta(days=1)
PERIODS = ("2026/27-Q1", "2026/27-Q2", "2026/27-Q3", "2026/27-Q4", "2026/27")
CITY = "commissioner-program:derby-city"


async def key_for(stage: Stage, role: str, who: str = "made-up.program") -> str:
    now = stage.world.clock.now
    return await signing_in.hand_out_token(stage.service, who, role, 30 * DAY, now)


@asynccontextmanager
async def program(stage: Stage, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """A program with a key of this role, and no cookie."""
    key = await key_for(stage, role)
    async with stage.browser(authorization=f"Bearer {key}") as client:
        yield client


async def quick(stage: Stage, period: str = "2026/27-Q3") -> Release:
    return await store(stage.service, sample_release(period), render=two_files)


async def draft(stage: Stage, period: str) -> Release:
    """Keep a draft: compiled, not published."""
    release = sample_release(period)
    on_list = ReleaseOnList(release.id, period, release.status.value, COMPILED_AT, "made-up.one")

    def keep(connection: Connection) -> None:
        stored = StoredRelease(on_list, release.to_json())
        releases.keep_draft(stage.service.open(connection), stored, Proof(b"", b"", ()))

    await stage.service.lane.write(keep)
    return release


def problem_of(answer: httpx.Response, status: int) -> Any:
    """Return a problem, as programs read it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return answer.json()


async def audited(stage: Stage) -> list[tuple[str, str, str]]:
    query = select(tables.audit).order_by(tables.audit.c.id)
    found = await stage.service.lane.read(lambda c: list(c.execute(query)))
    return [(each.who, each.did, each.target) for each in found]


# --- whose figures --------------------------------------------------------------------------------

BROWSERS = ("staff", *signing_in.COMMISSIONER_ROLES)
PROGRAMS = (signing_in.CASE_SYSTEM, *signing_in.PROGRAM_ROLES)


async def test_nobody_ever_gets_a_file_of_another_commissioner(stage: Stage) -> None:
    """Every file of every audience against everybody who can come in, and nobody."""
    release, unseen = await store(stage.service, sample_release()), await draft(stage, "2025/26-Q4")
    made = {
        audience: {each.name: each.content for each in files_of(release, audience)}
        for audience in Audience
    }
    names = sorted({name for of_one in made.values() for name in of_one})
    for role in ("nobody", *BROWSERS, *PROGRAMS):
        async with stage.browser() as client:
            if role in BROWSERS:
                await stage.sign_in(client, role)
            elif role in PROGRAMS:
                client.headers["authorization"] = f"Bearer {await key_for(stage, role)}"
            audience = {**signing_in.COMMISSIONER_ROLES, **signing_in.PROGRAM_ROLES}.get(role)
            for name in names:
                answer = await client.get(f"{LIST}/{release.id}/files/{name}")
                own = made.get(audience, {}) if audience is not None else {}
                if name in own:
                    assert (answer.status_code, answer.content) == (200, own[name]), (role, name)
                else:
                    status = {"nobody": 401, signing_in.CASE_SYSTEM: 403}.get(role, 404)
                    problem_of(answer, status)
                hidden = await client.get(f"{LIST}/{unseen.id}/files/{name}")
                assert hidden.status_code in (401, 403, 404), (role, name)


@pytest.mark.parametrize("role", [*signing_in.COMMISSIONER_ROLES, *signing_in.PROGRAM_ROLES])
async def test_a_release_tells_each_of_them_their_own_figures_only(stage: Stage, role: str) -> None:
    release = await quick(stage)
    audience = Audience(role.partition(":")[2])
    async with stage.browser() as client:
        if role in signing_in.PROGRAM_ROLES:
            client.headers["authorization"] = f"Bearer {await key_for(stage, role)}"
        else:
            await stage.sign_in(client, role)
        told = (await client.get(f"{LIST}/{release.id}")).json()
    seen = {audience} if audience is not Audience.ICB else set(Audience)
    assert {each["footprint"] for each in told["figures"]} == seen
    assert {each["footprint"] for each in told["flow"]} == seen
    assert len(told["figures"]) == len(release.figures_for(audience))
    assert [each["name"] for each in told["files"]] == sorted([f"{audience}.txt", "figures.json"])
    assert told["files"][0]["href"].startswith(f"{LIST}/{release.id}/files/")
    measured = {(each["measure"], each["area"]) for each in told["figures"]}
    assert {(each["measure"], each["area"]) for each in told["definitions"]} == measured


async def test_what_was_left_out_and_the_rule_of_ratings_are_told_once(stage: Stage) -> None:
    sample, said = sample_release(), "Stopped coming: left out, because it would tell too much."
    gone = replace(sample.definitions[0], measure="M15", missing="Left out of this release.")
    release = replace(
        sample,
        definitions=(*sample.definitions, gone),
        notes=(*sample.notes, said),
        coarsened=(said,),
        rating_rule="Green: at the target or better.",
    )
    await store(stage.service, release, render=two_files)
    role = next(iter(signing_in.PROGRAM_ROLES))
    async with stage.browser() as client:
        client.headers["authorization"] = f"Bearer {await key_for(stage, role)}"
        told = (await client.get(f"{LIST}/{release.id}")).json()
    assert told["notes"].count(said) == 1
    assert told["rating_rule"] == release.rating_rule
    assert [each["measure"] for each in told["definitions"] if each["missing"]] == ["M15"]


async def test_staff_read_figures_but_take_no_commissioners_file(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await quick(stage)
    await stage.sign_in(browser, signing_in.STAFF)
    told = (await browser.get(f"{LIST}/{release.id}")).json()
    assert told["figures"]
    assert (told["audience"], told["files"]) == (None, [])
    problem_of(await browser.get(f"{LIST}/{release.id}/files/figures.json"), 404)


async def test_a_draft_is_not_there(stage: Stage) -> None:
    unseen = await draft(stage, "2026/27-Q3")
    async with program(stage, CITY) as client:
        assert (await client.get(LIST)).json() == []
        problem_of(await client.get(f"{LIST}/{unseen.id}"), 404)


async def test_withheld_figures_are_letters_and_never_numbers(stage: Stage) -> None:
    release = await quick(stage)
    async with program(stage, "commissioner-program:icb") as client:
        told = (await client.get(f"{LIST}/{release.id}")).json()
    given = {(each["measure"], each["area"], each["footprint"], each["breakdown"], each["group"]):
             each for each in told["figures"]}  # fmt: skip
    for figure in release.figures:
        place = (figure.measure, figure.area, figure.footprint, figure.breakdown, figure.group)
        for name in ("numerator", "denominator", "percent", "change_mean"):
            held = getattr(figure, name)
            assert json.dumps(given[place][name]) == (
                f'"{held}"' if str(held) in ("c", "u", "z") else str(held)
            )


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Bearer", "Bearer wrong", "bearer  ", "Bearer " + "x" * 500])
async def test_a_wrong_key_opens_nothing_even_beside_a_cookie(
    stage: Stage, browser: httpx.AsyncClient, header: str
) -> None:
    release = await quick(stage)
    await stage.sign_in(browser, "commissioner:derby-city")
    for path in (LIST, f"{LIST}/{release.id}", f"{LIST}/{release.id}/files/figures.json"):
        answer = await browser.get(path, headers={"authorization": header})
        problem_of(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert (await browser.get(path)).status_code == 200


async def test_a_key_ends_when_it_expires_or_is_taken_back(stage: Stage) -> None:
    await quick(stage)
    async with program(stage, CITY) as client, program(stage, CITY) as other:
        assert (await client.get(LIST)).status_code == 200
        await signing_in.revoke(stage.service, "made-up.program", stage.world.clock.now)
        for each in (client, other):
            problem_of(await each.get(LIST), 401)
    async with program(stage, CITY) as client:
        stage.world.clock.forward(30 * DAY - timedelta(seconds=1))
        assert (await client.get(LIST)).status_code == 200
        stage.world.clock.forward(timedelta(seconds=1))
        problem_of(await client.get(LIST), 401)


async def test_a_key_of_another_kind_is_refused(stage: Stage) -> None:
    async with program(stage, signing_in.CASE_SYSTEM) as client:
        problem_of(await client.get(LIST), 403)
    async with program(stage, CITY) as client:
        problem_of(await client.post("/api/v1/episodes", json={"rows": []}), 403)
        for path in ("/commissioner", "/staff", "/staff/releases"):
            assert (await client.get(path)).status_code == 401


async def test_a_cookie_is_no_key_and_a_key_is_no_cookie(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    key = await key_for(stage, CITY)
    browser.cookies.set("desk", key)
    assert (await browser.get(LIST)).status_code == 401
    assert (await browser.get("/commissioner")).status_code == 401
    browser.cookies.clear()
    await stage.sign_in(browser, "commissioner:derby-city")
    cookie = browser.cookies["desk"]
    async with stage.browser(authorization=f"Bearer {cookie}") as client:
        problem_of(await client.get(LIST), 401)


async def test_a_key_is_in_no_table_and_no_line_that_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    release = await quick(stage)
    key = await key_for(stage, CITY)
    caplog.set_level(logging.DEBUG)
    async with stage.browser(authorization=f"Bearer {key}") as client:
        await client.get(f"{LIST}/{release.id}/files/figures.json")
        await client.get(f"{LIST}?limit={key}")
        problem_of(await client.get(f"{LIST}/{key}"), 404)
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("http")]
    assert ours
    assert not [line for line in ours if key in line]
    for table in (tables.sign_ins, tables.keycards, tables.audit):
        query = select(table)
        found = await stage.service.lane.read(partial(_shown, query))
        assert key not in found


def _shown(query: Select[Any], connection: Connection) -> str:
    return repr(list(connection.execute(query)))


# --- the list -------------------------------------------------------------------------------------


async def test_the_list_comes_page_by_page_until_there_is_no_next_one(stage: Stage) -> None:
    for period in PERIODS:
        await quick(stage, period)
    async with program(stage, CITY) as client:
        found, address, pages = [], f"{LIST}?limit=2", 0
        while address:
            answer = await client.get(address)
            found += [each["period"] for each in answer.json()]
            address, pages = answer.links.get("next", {}).get("url", ""), pages + 1
        assert (found, pages) == (sorted(PERIODS, reverse=True), 3)
        whole = await client.get(LIST)
        assert [each["period"] for each in whole.json()] == found
        assert "link" not in whole.headers
        assert (await client.get(f"{LIST}?limit=5")).links == {}


async def test_a_release_that_comes_meanwhile_moves_no_page(stage: Stage) -> None:
    for period in PERIODS[:3]:
        await quick(stage, period)
    async with program(stage, CITY) as client:
        first = await client.get(f"{LIST}?limit=1")
        await quick(stage, PERIODS[3])
        after = await client.get(first.links["next"]["url"])
        assert [each["period"] for each in after.json()] == ["2026/27-Q2"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=", "limit"),
        ("cursor=xyz", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=" + "ab" * 17, "cursor"),
    ],
)
async def test_what_cannot_be_used_is_named_and_not_repeated(
    stage: Stage, query: str, field: str
) -> None:
    async with program(stage, CITY) as client:
        told = problem_of(await client.get(f"{LIST}?{query}"), 422)
    assert [each["field"] for each in told["errors"]] == [field]
    assert "many" not in json.dumps(told)


# --- content --------------------------------------------------------------------------------------


async def test_whoever_has_it_already_is_told_so(stage: Stage) -> None:
    release = await quick(stage)
    async with program(stage, CITY) as client:
        for path in (LIST, f"{LIST}/{release.id}", f"{LIST}/{release.id}/files/figures.json"):
            mark = (await client.get(path)).headers["etag"]
            for known in (mark, f"W/{mark}", f'"other", {mark}', "*"):
                answer = await client.get(path, headers={"if-none-match": known})
                assert (answer.status_code, answer.content) == (304, b""), known
                assert answer.headers["etag"] == mark
            for unknown in ('"other"', mark[:-2] + '"', ""):
                answer = await client.get(path, headers={"if-none-match": unknown})
                assert answer.status_code == 200
        await quick(stage, "2026/27-Q4")
        newer = await client.get(LIST, headers={"if-none-match": mark})
        assert newer.status_code == 200


async def test_head_tells_what_get_would(stage: Stage) -> None:
    release = await quick(stage)
    async with program(stage, CITY) as client:
        for path in (LIST, f"{LIST}/{release.id}", f"{LIST}/{release.id}/files/figures.json"):
            told, whole = await client.head(path), await client.get(path)
            assert told.status_code == 200
            for name in ("etag", "content-type", "content-length", "cache-control"):
                assert told.headers[name] == whole.headers[name]
        assert (await client.head(f"{LIST}/none")).status_code == 404


async def test_nothing_can_be_written_here(stage: Stage) -> None:
    release = await quick(stage)
    async with program(stage, CITY) as client:
        for path in (LIST, f"{LIST}/{release.id}", f"{LIST}/{release.id}/files/figures.json"):
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = await client.request(method, path)
                problem_of(answer, 405)
                assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_file_says_what_it_is_and_its_digest_stays(stage: Stage) -> None:
    release = await quick(stage)
    path = f"{LIST}/{release.id}/files/figures.json"
    async with program(stage, CITY) as client:
        answer = await client.get(path)
        listed = (await client.get(f"{LIST}/{release.id}")).json()["files"]
        await quick(stage, "2026/27-Q4")
        again = await client.get(path)
    digest = hashlib.sha256(answer.content).digest()
    assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    assert answer.headers["etag"] == f'"{digest.hex()}"'
    assert digest.hex() in [each["digest"] for each in listed]
    assert answer.headers["content-type"] == "application/json"
    told = answer.headers["content-disposition"]
    assert told == f'attachment; filename="{release.id}-figures.json"'
    assert (again.content, again.headers["etag"]) == (answer.content, answer.headers["etag"])


async def test_every_pull_is_noted_and_nothing_else(stage: Stage) -> None:
    release = await quick(stage)
    path = f"{LIST}/{release.id}/files/figures.json"
    async with program(stage, CITY) as client:
        mark = (await client.get(path)).headers["etag"]
        await client.head(path)
        await client.get(path, headers={"if-none-match": mark})
        await client.get(f"{LIST}/{release.id}/files/icb.txt")
    pulls = [each for each in await audited(stage) if each[1] == "pulled file"]
    target = f"{release.id}/derby-city/figures.json"
    assert pulls == [("made-up.program", "pulled file", target)]


async def test_bytes_that_are_not_those_that_were_published_do_not_leave(stage: Stage) -> None:
    release = await quick(stage)
    await stage.service.lane.write(
        lambda c: c.execute(update(tables.release_files).values(body=b"forged"))
    )
    async with program(stage, CITY) as client:
        answer = await client.get(f"{LIST}/{release.id}/files/figures.json")
    problem_of(answer, 500)
    assert "forged" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/no-such-thing",
        f"{LIST}/none",
        f"{LIST}/%00",
        f"{LIST}/2026-27-q3-0123456789abcdef",
        f"{LIST}/2026-27-q3-0123456789abcdef/files/%ff",
        f"{LIST}/..%2f..%2fetc/files/passwd",
    ],
)
async def test_what_is_not_there_is_a_problem(stage: Stage, path: str) -> None:
    async with program(stage, CITY) as client:
        problem_of(await client.get(path), 404)


async def test_the_description_names_how_to_come_in_and_what_can_go_wrong(
    browser: httpx.AsyncClient,
) -> None:
    told = (await browser.get("/api/v1/openapi.json")).json()
    schemes = told["components"]["securitySchemes"]
    assert schemes["commissionerKey"]["scheme"] == "bearer"
    assert schemes["signedIn"]["in"] == "cookie"
    for path in (LIST, f"{LIST}/{{release}}", f"{LIST}/{{release}}/files/{{name}}"):
        for method in ("get", "head"):
            call = told["paths"][path][method]
            assert call["security"] == [{"commissionerKey": []}, {"signedIn": []}]
            assert {"200", "304", "401", "403", "405", "503"} <= set(call["responses"])
            assert "ETag" in call["responses"]["200"]["headers"]
