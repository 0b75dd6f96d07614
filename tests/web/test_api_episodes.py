"""The case system hands over support episodes with a key that opens nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import tables
from tests.web.stage import Stage
from usecases import signing_in
from usecases.import_columns import COLUMNS, EXAMPLE, OPTIONAL
from web.access import RULES, Rule
from web.api_episodes import MOST_BYTES, MOST_ROWS

PLACE = "/api/v1/episodes"
DAY = timedelta(days=1)
ONE: dict[str, Any] = {
    "reference": "EP-1",
    "case": "T-1001",
    "commissioner": "derby-city",
    "strand": "direct",
    "intervention": "theraplay",
    "lives": "foster",
    "opened_on": "2026-01-12",
    "closed_on": None,
}


@pytest.fixture
async def key(stage: Stage) -> str:
    """The case system's key."""
    now = stage.world.clock.now
    return await signing_in.hand_out_token(
        stage.service, "case.system", signing_in.CASE_SYSTEM, 30 * DAY, now
    )


@pytest.fixture
def case_system(browser: httpx.AsyncClient, key: str) -> httpx.AsyncClient:
    """The case system, with its key."""
    browser.headers["authorization"] = f"Bearer {key}"
    return browser


async def stored(stage: Stage) -> list[Any]:
    """Return the stored support episodes."""
    return await stage.service.lane.read(
        lambda connection: list(connection.execute(select(tables.support_episodes)))
    )


def problem_of(answer: httpx.Response, status: int) -> Any:
    """Return a problem, as programs read it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    return told


# --- handing over ---------------------------------------------------------------------------------


async def test_rows_are_taken_over_and_twice_is_once(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    first = await case_system.post(PLACE, json={"rows": [ONE, {**ONE, "reference": "EP-2"}]})
    assert first.json() == {
        "dry_run": False, "rows": 2, "new": 2, "changed": 0, "unchanged": 0, "columns": {},
        "planned": 0,
    }  # fmt: skip
    again = await case_system.post(PLACE, json={"rows": [ONE, {**ONE, "lives": "kinship"}][:1]})
    assert (again.json()["new"], again.json()["unchanged"]) == (0, 1)
    changed = await case_system.post(PLACE, json={"rows": [{**ONE, "lives": "kinship"}]})
    assert (changed.json()["changed"], changed.json()["columns"]) == (1, {"lives": 1})
    assert {each.lives for each in await stored(stage)} == {"foster", "kinship"}


async def test_csv_is_taken_over_by_the_same_rules(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    case_system.headers["content-type"] = "text/csv; charset=utf-8"
    sent = EXAMPLE.encode()
    dry = await case_system.post(f"{PLACE}?dry_run=true", content=sent)
    assert (dry.json()["dry_run"], dry.json()["new"], await stored(stage)) == (True, 3, [])
    assert (await case_system.post(PLACE, content=sent)).json()["new"] == 3
    assert len(await stored(stage)) == 3
    problem_of(await case_system.post(f"{PLACE}?dry_run=perhaps", content=sent), 400)


async def test_a_dry_run_writes_nothing(stage: Stage, case_system: httpx.AsyncClient) -> None:
    answer = await case_system.post(PLACE, json={"rows": [ONE], "dry_run": True})
    assert (answer.json()["dry_run"], answer.json()["new"]) == (True, 1)
    assert await stored(stage) == []


async def test_one_fault_and_nothing_is_written(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    wrong = {**ONE, "reference": "EP-2", "lives": "fostr"}
    told = problem_of(await case_system.post(PLACE, json={"rows": [ONE, wrong]}), 422)
    assert told["faults"] == [
        {
            "row": 2, "column": "lives", "cause": "there is no such choice",
            "remedy": "Did you mean foster", "value": "fostr",
        }
    ]  # fmt: skip
    assert await stored(stage) == []


async def test_what_only_the_database_knows_is_a_fault_too(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    await case_system.post(PLACE, json={"rows": [ONE]})
    rows = [{**ONE, "reference": "EP-2"}, {**ONE, "case": "T-2"}]
    told = problem_of(await case_system.post(PLACE, json={"rows": rows}), 422)
    assert [(each["row"], each["column"]) for each in told["faults"]] == [(2, "case")]
    assert len(await stored(stage)) == 1


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("EP-1", (1, "")),
        ({**ONE, "lives": 7}, (1, "lives")),
        ({**ONE, "out_of_area_start": 1}, (1, "out_of_area_start")),
        ({**ONE, "unplanned_moves": True}, (1, "unplanned_moves")),
        ({**ONE, "unplanned_moves": 1.5}, (1, "unplanned_moves")),
        ({**ONE, "plan_on": 20260101}, (1, "plan_on")),
        ({**ONE, "child_age": "03/05/2014"}, (1, "child_age")),
        ({**ONE, "openedon": "2026-01-01"}, (1, "opened_on")),
        ({**ONE, "alias": "Alex Example"}, (1, "")),
        ({"reference": "EP-1"}, (1, "case")),
        ({**ONE, "worker": "\ud800"}, (1, "worker")),
        ({**ONE, "reference": "\ud800"}, (1, "reference")),
    ],
)
async def test_an_odd_row_is_named(
    stage: Stage, case_system: httpx.AsyncClient, row: object, where: tuple[int, str]
) -> None:
    body = json.dumps({"rows": [row]})
    answer = await case_system.post(
        PLACE, content=body, headers={"content-type": "application/json"}
    )
    told = problem_of(answer, 422)
    assert where in [(each["row"], each["column"]) for each in told["faults"]]
    assert "Alex" not in answer.text
    assert await stored(stage) == []


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b"\xff\xfe", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"rows": {}}', 400),
        ("application/json", b'{"rows": [], "dry_run": "yes"}', 400),
        ("application/json", b'{"rows": [], "dry-run": true}', 400),
        ("application/json", b'{"rows": [' + b"{}," * MOST_ROWS + b"{}]}", 413),
        ("application/json", b" " * (MOST_BYTES + 1), 413),
        ("text/csv", b"\n".join([",".join(COLUMNS).encode(), *[b"x"] * (MOST_ROWS + 1)]), 413),
        ("text/csv", b"", 422),
        ("text/plain", b"", 415),
        ("", b"", 415),
    ],
)
async def test_a_call_that_cannot_be_read_is_refused(
    stage: Stage, case_system: httpx.AsyncClient, kind: str, body: bytes, status: int
) -> None:
    answer = await case_system.post(PLACE, content=body, headers={"content-type": kind})
    assert problem_of(answer, status)["detail"]
    assert await stored(stage) == []


async def test_a_full_call_goes_through(stage: Stage, case_system: httpx.AsyncClient) -> None:
    rows = [{**ONE, "reference": f"EP-{number}"} for number in range(MOST_ROWS)]
    assert (await case_system.post(PLACE, json={"rows": rows})).json()["new"] == MOST_ROWS
    assert len(await stored(stage)) == MOST_ROWS


async def test_it_is_noted_who_handed_over_and_how_many(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    await case_system.post(PLACE, json={"rows": [ONE]})
    noted = await stage.service.lane.read(
        lambda connection: list(
            connection.execute(select(tables.audit).order_by(tables.audit.c.id))
        )
    )
    assert [(each.who, each.did, each.target) for each in noted] == [
        ("starling", "handed out a key for case-system", "case.system"),
        ("case.system", "imported support episodes", "new 1, changed 0, unchanged 0"),
    ]


async def test_a_flood_of_calls_is_slowed_down(case_system: httpx.AsyncClient) -> None:
    answers = [await case_system.post(PLACE) for _ in range(130)]
    assert {answer.status_code for answer in answers} == {415, 429}
    problem_of(answers[-1], 429)


NAMES = st.sampled_from(["rows", "dry_run", *COLUMNS]) | st.text()
SENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=4)
        | st.builds(lambda rows: {"rows": [rows]}, inner)
    ),
    max_leaves=12,
)


@given(body=st.binary(max_size=200) | SENT.map(lambda told: json.dumps(told).encode()))
@settings(max_examples=45, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_sent_is_answered(
    stage: Stage, case_system: httpx.AsyncClient, body: bytes
) -> None:
    stage.world.clock.forward(timedelta(minutes=1))
    for kind in ("application/json", "text/csv"):
        answer = await case_system.post(PLACE, content=body, headers={"content-type": kind})
        assert answer.status_code in (200, 400, 422)
        assert await stored(stage) == []


# --- the key --------------------------------------------------------------------------------------


async def test_without_a_key_there_is_no_way_in(stage: Stage, browser: httpx.AsyncClient) -> None:
    for header in ("", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer " + "x" * 500, "Bearer ü"):
        answer = await browser.post(
            PLACE, json={"rows": [ONE]}, headers=[(b"authorization", header.encode())]
        )
        problem = answer.json()
        assert (answer.status_code, problem["status"]) == (401, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await stored(stage) == []


@pytest.mark.parametrize("role", [signing_in.STAFF, *signing_in.COMMISSIONER_ROLES])
async def test_what_browsers_hold_does_not_open_it(
    stage: Stage, browser: httpx.AsyncClient, role: str
) -> None:
    await stage.sign_in(browser, role)
    assert (await browser.post(PLACE, json={"rows": [ONE]})).status_code == 401
    held = browser.cookies["desk"]
    answer = await browser.post(
        PLACE, json={"rows": [ONE]}, headers={"authorization": f"Bearer {held}"}
    )
    assert answer.status_code == 401


async def test_the_key_opens_nothing_else(stage: Stage, key: str) -> None:
    closed = [
        (path, rule)
        for path, rule in RULES.items()
        if rule not in (Rule.ANYONE, Rule.TELEGRAM, Rule.CASE_SYSTEM)
    ]
    async with stage.browser(authorization=f"Bearer {key}") as browser:
        browser.cookies.set("desk", key)
        browser.cookies.set("chat", key)
        browser.follow_redirects = False
        for path, rule in closed:
            for method in ("GET", "POST"):
                answer = await browser.request(method, path.replace("{", "x").replace("}", "x"))
                assert answer.status_code in (401, 403, 405, 303), path
                if answer.status_code == 303:
                    assert (rule, answer.headers["location"]) == (Rule.VISITOR, "/join")


async def test_the_key_is_not_in_the_database(stage: Stage, key: str) -> None:
    held = await stage.service.lane.read(
        lambda connection: repr(list(connection.execute(select(tables.sign_ins))))
    )
    assert "case-system" in held
    assert key not in held


async def test_a_key_expires(stage: Stage, case_system: httpx.AsyncClient) -> None:
    stage.world.clock.forward(29 * DAY)
    assert (await case_system.post(PLACE, json={"rows": []})).status_code == 200
    stage.world.clock.forward(DAY)
    assert (await case_system.post(PLACE, json={"rows": []})).status_code == 401


async def test_a_key_can_be_taken_back(stage: Stage, case_system: httpx.AsyncClient) -> None:
    now = stage.world.clock.now
    assert await signing_in.revoke(stage.service, "case.system", now) == 1
    assert (await case_system.post(PLACE, json={"rows": []})).status_code == 401


async def test_what_the_contract_asks_for_may_be_sent_as_numbers_and_truths(
    stage: Stage, case_system: httpx.AsyncClient
) -> None:
    row = {
        **ONE,
        "child_age": 9,
        "unplanned_moves": 2,
        "out_of_area_start": True,
        "out_of_area_end": False,
        "plan_on": "2026-01-15",
        "back_on": None,
        "sex": "female",
        "given_by": "person",
    }
    answer = await case_system.post(PLACE, json={"rows": [row]})
    assert answer.status_code == 200, answer.text
    (kept,) = await stored(stage)
    assert (kept.child_age, kept.unplanned_moves) == ("0-10", 2)
    assert (kept.away_at_start, kept.away_at_end) == (True, False)
    assert (str(kept.plan_on), kept.back_on) == ("2026-01-15", None)
    again = await case_system.post(PLACE, json={"rows": [{**ONE, "unplanned_moves": "2"}]})
    assert again.json()["unchanged"] == 1


# --- the description ------------------------------------------------------------------------------


async def test_programs_can_read_how_it_is_called(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/api/v1/openapi.json")).json()
    scheme = told["components"]["securitySchemes"]["caseSystem"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    post = told["paths"][PLACE]["post"]
    assert post["security"] == [{"caseSystem": []}]
    assert {"200", "401", "413", "422"} <= set(post["responses"])
    content = post["requestBody"]["content"]
    row = content["application/json"]["schema"]["properties"]["rows"]["items"]
    assert list(row["properties"]) == [*COLUMNS, *OPTIONAL]
    assert content["text/csv"]["example"] == EXAMPLE
    failed = post["responses"]["422"]["content"]["application/problem+json"]["schema"]
    assert "remedy" in failed["properties"]["faults"]["items"]["properties"]
    assert "$ref" not in json.dumps(failed)
