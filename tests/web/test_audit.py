"""The auditor sees who did what, finds lines, and is told where the audit is not as it was."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select, update

from storage import audit, tables
from storage.casework import Casework
from tests.support.callers import rows, write
from tests.web.stage import Stage
from usecases import auditing
from usecases.inviting import Invited
from usecases.refusal import Refusal


@pytest.fixture
async def auditor(stage: Stage, invited: Invited, browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which an auditor is signed in, beside a service in which something was done."""
    del invited
    await stage.sign_in(browser, "auditor", "an.auditor")
    return browser


async def test_lines_are_shown_the_newest_first_and_found(auditor: httpx.AsyncClient) -> None:
    page = (await auditor.get("/staff/audit")).text
    assert page.index("<td>signed in</td>") < page.index("<td>invited</td>")
    found = (await auditor.get("/staff/audit?who=an.auditor")).text
    assert "<td>signed in</td>" in found
    assert "<td>invited</td>" not in found
    assert "<td>invited</td>" in (await auditor.get("/staff/audit?did=invited")).text
    assert "no such line" in (await auditor.get("/staff/audit?until=2001-01-01")).text


@pytest.mark.parametrize(
    "query", ["since=x", "below=-1", "below=9999999999999999999", "who=%00'--"]
)
async def test_what_makes_no_sense_is_no_fault(auditor: httpx.AsyncClient, query: str) -> None:
    assert (await auditor.get(f"/staff/audit?{query}")).status_code == 200


async def test_the_audit_is_proven_on_the_page(stage: Stage, auditor: httpx.AsyncClient) -> None:
    assert "The audit is whole" in (await auditor.get("/staff/audit?prove=yes")).text
    line = (await rows(stage.service, tables.audit))[1]
    change = update(tables.audit).where(tables.audit.c.id == line.id).values(target="another")
    await stage.service.lane.write(lambda connection: connection.execute(change))
    page = (await auditor.get("/staff/audit?prove=yes")).text
    assert "The audit is not whole" in page
    assert f"Line {line.id} " in page


async def test_heads_outside_are_compared_and_a_spoilt_one_is_told(
    stage: Stage, auditor: httpx.AsyncClient
) -> None:
    head = await auditing.head(stage.service, stage.world.clock.now)
    assert head is not None
    end = replace(head.end, last=head.end.last + 1, count=head.end.count + 1)
    stage.app.state.site = replace(stage.site, audit_heads=lambda: [head, replace(head, end=end)])
    page = (await auditor.get("/staff/audit?prove=yes")).text
    assert "outside the database at line" in page

    def spoilt() -> list[auditing.Anchor]:
        msg = "line 2 is no head"
        raise Refusal(msg)

    stage.app.state.site = replace(stage.site, audit_heads=spoilt)
    assert "line 2 is no head" in (await auditor.get("/staff/audit?prove=yes")).text


async def test_older_lines_are_a_page_away(stage: Stage, auditor: httpx.AsyncClient) -> None:
    now = stage.world.clock.now

    def note_many(work: Casework) -> None:
        for number in range(101):
            audit.note(work, f"nobody.{number}", "did something", "", now)

    await write(stage.service, note_many)
    page = (await auditor.get("/staff/audit?did=did+something")).text
    assert "<td>nobody.100</td>" in page
    assert "<td>nobody.0</td>" not in page
    (below,) = [part.partition("&")[0].partition('"')[0] for part in page.split("below=")[1:]]
    older = (await auditor.get(f"/staff/audit?did=did+something&below={below}")).text
    assert "<td>nobody.0</td>" in older


async def test_the_page_changes_nothing(stage: Stage, auditor: httpx.AsyncClient) -> None:
    before = await rows(stage.service, tables.audit)
    await auditor.get("/staff/audit?prove=yes")
    assert await rows(stage.service, tables.audit) == before
    query = select(tables.audit.c.id).limit(1)
    assert await stage.service.lane.read(lambda c: c.execute(query).scalar())
    assert (await auditor.post("/staff/audit")).status_code in {403, 404, 405}
