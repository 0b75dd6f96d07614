"""What a young person writes is words and nothing else: on pages, in files and in logs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.house import invite
from tests.web.peopled import COMMISSIONER, GRAVE, HOSTILE, WHO, address, parameters, people_it
from tests.web.plain_browser import join, write
from tests.web.stage import Stage
from tests.web.test_access import routes
from usecases import signing_in
from usecases.recipients import Recipient, SharingReason
from web.access import RULES, Rule

pytestmark = pytest.mark.slow

FORMULA = re.compile(r"^\s*[=+\-@\t\r]")
NUMBER = re.compile(r"^-?[\d.,]+%?$")


@pytest.fixture
async def ids(stage: Stage) -> Mapping[str, str]:
    """A web full of people, one of whom writes markup, a script and a formula."""
    return await people_it(stage)


def gets(stage: Stage) -> list[str]:
    """Every address that a browser or a program can look at."""
    return sorted({path for method, path in routes(stage.app) if method == "GET"})


@pytest.fixture
async def desk(
    stage: Stage, browser: httpx.AsyncClient, ids: Mapping[str, str]
) -> httpx.AsyncClient:
    """Staff in a browser, once everybody is there."""
    assert ids
    await stage.sign_in(browser, signing_in.STAFF, WHO)
    return browser


async def test_a_childs_markup_runs_on_no_page_and_its_formula_in_no_file(
    stage: Stage, desk: httpx.AsyncClient, ids: Mapping[str, str]
) -> None:
    shown = 0
    for path in gets(stage):
        if path in ("/chat/news", "/healthz"):
            continue
        answer = await desk.get(await address(stage, path, ids))
        assert answer.status_code < 500, path
        kind = answer.headers.get("content-type", "")
        if "html" in kind:
            assert "<script>document" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            shown += HOSTILE in unescape(answer.text)
        if "csv" in kind:
            for line in csv.reader(io.StringIO(answer.text)):
                assert [cell for cell in line if is_a_formula(cell)] == [], path
    assert shown >= 1, "nothing hostile was looked at"


async def test_a_childs_markup_runs_on_none_of_their_own_pages(stage: Stage) -> None:
    """The chat, everything that we know of them as a page and as a file, and what was said."""
    invited = await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
    )
    shown = []
    async with stage.browser() as child:
        page = await join(child, invited.web)
        for text in (HOSTILE, GRAVE):
            page = await write(child, page, text)
        for path in gets(stage):
            if RULES[path] is not Rule.VISITOR or "{" in path:
                continue
            answer = await child.get(path)
            if "html" in answer.headers.get("content-type", ""):
                assert "<script>document" not in answer.text, path
                assert "<img src=x" not in answer.text, path
                if HOSTILE in unescape(answer.text):
                    shown.append(path)
    assert {"/chat", "/chat/mine", "/chat/mine/file"} <= set(shown)


async def test_what_is_handed_over_holds_markup_as_text_only(
    stage: Stage, ids: Mapping[str, str]
) -> None:
    async with stage.browser() as lead:
        await stage.sign_in(lead, signing_in.STAFF, "made-up.lead")
        page = await lead.get("/staff/rights")
        key = re.search(r'name="key" value="(\w+)"', page.text)
        assert key is not None
        file = await lead.get(f"/staff/rights/{ids['wish']}/page")
        assert HOSTILE in unescape(file.text)
        assert "<script>document" not in file.text
        share = {
            "key": key[1],
            "recipient": Recipient.POLICE.value,
            "reason": next(iter(SharingReason)).value,
        }
        given = await lead.post(f"/staff/people/{ids['participant']}/share", data=share)
        assert given.headers["content-type"] == "application/json"
        assert given.headers["x-content-type-options"] == "nosniff"
        assert HOSTILE in [each["text"] for each in given.json()["everything"]["words"]]


def is_a_formula(cell: str) -> bool:
    """Whether a spreadsheet would work this cell out instead of showing it."""
    return bool(FORMULA.match(cell)) and not NUMBER.match(cell.strip())


async def test_no_cell_of_a_release_is_a_formula(stage: Stage, ids: Mapping[str, str]) -> None:
    async with stage.browser() as analyst:
        await stage.sign_in(analyst, COMMISSIONER)
        files = 0
        for row in await rows(stage.service, tables.release_files):
            if "csv" not in row.media_type:
                continue
            files += 1
            for line in csv.reader(io.StringIO(row.body.decode("utf-8-sig"))):
                assert [cell for cell in line if is_a_formula(cell)] == [], row.name
    assert files > 0
    assert ids


# --- what stands in an address --------------------------------------------------------------------

CLIMBING = (
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fpyproject.toml",
    "....//....//etc/passwd",
    "%00",
    "mark.svg%00.css",
    "C:%5cwindows%5cwin.ini",
    "%2fetc%2fpasswd",
)
SQL = (
    "' OR '1'='1",
    "x'; DROP TABLE words; --",
    '" OR ""="',
    "1) UNION SELECT cipher FROM words --",
    "%' ESCAPE '",
)


async def test_nothing_odd_in_an_address_leads_anywhere(
    stage: Stage, desk: httpx.AsyncClient, ids: Mapping[str, str]
) -> None:
    odd = [(path, name) for path in gets(stage) for name in parameters() if f"{{{name}}}" in path]
    assert len(odd) > 5
    for path, name in odd:
        for planted in (*CLIMBING, *map(quote, SQL)):
            place = await address(stage, path.replace(f"{{{name}}}", planted), ids)
            answer = await desk.get(place)
            assert answer.status_code in (200, 400, 401, 403, 404, 422), place
            for leaked in ("root:", "[build-system]", "sqlalchemy"):
                assert leaked not in answer.text.lower(), place
    assert len(await rows(stage.service, tables.words)) >= 3


async def test_what_is_typed_into_any_form_is_no_sql(
    stage: Stage, desk: httpx.AsyncClient, ids: Mapping[str, str]
) -> None:
    key = re.search(r'name="key" value="(\w+)"', (await desk.get("/staff/themes")).text)
    assert key is not None
    before = len(await rows(stage.service, tables.words))
    fields = ("text", "title", "did", "day", "case", "ref", "reason", "code", "mail", "who", "new")
    for path in sorted({path for method, path in routes(stage.app) if method == "POST"}):
        if RULES[path] in (Rule.TELEGRAM, Rule.CASE_SYSTEM) or path == "/leave":
            continue
        place = await address(stage, path, ids)
        for planted in SQL:
            answer = await desk.post(place, data={**dict.fromkeys(fields, planted), "key": key[1]})
            assert answer.status_code < 500, place
            assert "sqlalchemy" not in answer.text.lower(), place
    assert len(await rows(stage.service, tables.words)) >= before


async def test_no_line_of_the_log_can_be_made_up_by_a_visitor(
    stage: Stage, desk: httpx.AsyncClient, ids: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\r\n2026-01-01 INFO everything is well\x1b[2J"
    encoded = "x%0d%0a2026-01-01%20INFO%20everything%20is%20well%1b%5b2J"
    for path in gets(stage):
        for name in parameters():
            if "{" + name + "}" in path:
                place = await address(stage, path, {**ids, name: encoded})
                await desk.get(place, headers={"user-agent": "everything is well"})
    await desk.get(f"/{encoded}")
    await desk.post("/join", data={"code": forged})
    lines = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert lines
    assert [line for line in lines if "everything is well" in line or "\n" in line] == []


# --- how much -------------------------------------------------------------------------------------


async def test_a_body_that_is_far_too_large_is_refused_everywhere(
    stage: Stage, desk: httpx.AsyncClient, ids: Mapping[str, str]
) -> None:
    body = b"text=" + b"x" * 2_600_000
    kind = {"content-type": "application/x-www-form-urlencoded"}
    invited = await invite(
        stage.service, stage.world.clock.now, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
    )
    async with stage.browser() as child:
        await join(child, invited.web)
        for path in sorted({path for method, path in routes(stage.app) if method == "POST"}):
            browser = child if RULES[path] is Rule.VISITOR else desk
            place = await address(stage, path, ids)
            for sent in (body, _in_pieces(body)):
                answer = await browser.post(place, content=sent, headers=kind)
                assert 400 <= answer.status_code < 500, place


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 200_000):
        yield body[start : start + 200_000]
