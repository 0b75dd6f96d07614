"""What is withheld stands nowhere: in no file, page, answer, log line or table that can be read."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import httpx
import pytest
from sqlalchemy import Connection, select

from outcomes.episode import Audience
from outcomes.figures import Figure, Symbol
from outcomes.formats.bundle import files_of
from outcomes.formats.sheets import INDICATORS
from outcomes.ledger import Entry
from outcomes.release import Release
from storage import releases, tables
from tests.starling.planted import (
    QUARTERS,
    YEAR,
    Sentinels,
    add_crowd,
    everything_in,
    found_in,
    plant,
    sentinels_of,
)
from tests.support.canary import spell_out
from tests.support.house import World
from tests.web.stage import Stage, open_stage
from usecases import publishing, signing_in
from usecases.inviting import By

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ONE, TWO = "a.one", "a.two"
OUTCOMES_WITH_EVIDENCE = "M21 Outcomes with evidence"
"""It counts outcomes of the contract for which figures are shown, and nobody."""


@dataclass(frozen=True)
class GivenOut:
    """Everything that left the service, and what must not be in it."""

    planted: Sentinels
    releases: tuple[Release, ...]
    withheld: frozenset[int]
    files: dict[tuple[str, Audience, str], bytes]
    pages: dict[str, bytes]
    stored: dict[str, bytes]
    logged: str


@pytest.fixture(scope="module")
def given_out(tmp_path_factory: pytest.TempPathFactory) -> GivenOut:
    """Two quarters and a year, given out the whole way, and pulled by everybody who may."""
    url = f"sqlite:///{tmp_path_factory.mktemp('planted') / 'planted.db'}"
    with pytest.MonkeyPatch.context() as monkeypatch, listening() as logged:
        pulled = asyncio.run(give_out(url, monkeypatch))
    return replace(pulled, logged="\n".join(logged))


async def give_out(url: str, monkeypatch: pytest.MonkeyPatch) -> GivenOut:
    """Live, compile, approve and publish; then look at everything that can be looked at."""
    await plant(url, monkeypatch)
    async with open_stage(World(url)) as stage:
        service = stage.service
        await add_crowd(service)
        made = []
        for period in (YEAR, *QUARTERS):
            now = datetime.combine(period.freeze_date, time(10), UTC)
            stage.world.clock.now = now
            release = await publishing.compile_period(service, period, By(ONE, now))
            await publishing.approve(service, release.id, By(TWO, now))
            await publishing.publish(service, release.id, By(ONE, now))
            made.append(release)
        return GivenOut(
            planted=await sentinels_of(service),
            releases=tuple(made),
            withheld=await withheld_in(stage),
            files=await files_in(stage, made),
            pages=await pages_of(stage),
            stored=await stored_in(stage),
            logged="",
        )


@contextmanager
def listening() -> Iterator[list[str]]:
    """Hear all that is logged, down to DEBUG.

    Except by the library that talks with the database: at that level it lists every row it reads,
    and nothing in the program can turn that on.
    """
    heard: list[str] = []
    root, rows = logging.getLogger(), logging.getLogger("sqlalchemy")
    before = root.level, rows.level
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(spell_out(record))  # type: ignore[method-assign]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    rows.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        rows.setLevel(before[1])


async def withheld_in(stage: Stage) -> frozenset[int]:
    """The true counts that were withheld, by what was kept of the releases."""

    def read(connection: Connection) -> frozenset[int]:
        entries = map(
            Entry.from_bytes, releases.read_ledger(stage.service.open(connection)).values()
        )
        return frozenset(
            entry.raw.count(cell.row, cell.footprint.commissioners)
            for entry in entries
            for cell, shown in entry.published.counts.items()
            if shown is None
        )

    return await stage.service.lane.read(read)


async def files_in(stage: Stage, made: Iterable[Release]) -> dict[tuple[str, Audience, str], bytes]:
    """Every file, as a program of each audience pulls it, beside what it is told about them."""
    found: dict[tuple[str, Audience, str], bytes] = {}
    for audience in Audience:
        key = await signing_in.hand_out_token(
            stage.service, f"program.{audience}", f"commissioner-program:{audience}",
            timedelta(days=1), stage.world.clock.now,
        )  # fmt: skip
        async with stage.browser(authorization=f"Bearer {key}") as program:
            found["", audience, "list.json"] = await get(program, "/api/v1/releases")
            for release in made:
                place = f"/api/v1/releases/{release.id}"
                found[release.id, audience, "answer.json"] = await get(program, place)
                for each in await publishing.files_of(stage.service, release.id, audience):
                    body = await get(program, f"{place}/files/{each.name}")
                    found[release.id, audience, each.name] = body
    return found


async def get(browser: httpx.AsyncClient, place: str) -> bytes:
    answer = await browser.get(place)
    assert answer.status_code == 200, (place, answer.text[:300])
    return answer.content


async def pages_of(stage: Stage) -> dict[str, bytes]:
    """Every page and picture about figures, as each commissioner and the staff see it."""
    roles = {f"commissioner:{each}": "/commissioner" for each in Audience}
    found = {}
    for role, first in {**roles, signing_in.STAFF: "/staff/releases"}.items():
        async with stage.browser() as browser:
            await stage.sign_in(browser, role)
            waiting, seen = [first], set[str]()
            while waiting:
                place = waiting.pop()
                answer = await browser.get(place)
                if place in seen or answer.status_code != 200:
                    continue
                seen.add(place)
                kind = ".svg" if "svg" in answer.headers["content-type"] else ".html"
                found[f"{role} {place}{kind}"] = answer.content
                waiting += [
                    each
                    for each in re.findall(r'(?:href|src)="([^"#]+)', answer.text)
                    if each.replace("&amp;", "&").startswith((first + "/", first + "?"))
                ]
    return found


async def stored_in(stage: Stage) -> dict[str, bytes]:
    """Every column about releases, as somebody reads it who opens the database."""
    steps = select(tables.audit).where(tables.audit.c.who.in_((ONE, TWO)))

    def read(connection: Connection) -> dict[str, bytes]:
        found = {}
        for table, rows in (
            (tables.releases, select(tables.releases)),
            (tables.release_refusals, select(tables.release_refusals)),
            (tables.audit, steps),
        ):
            for number, row in enumerate(connection.execute(rows)):
                for name, value in row._mapping.items():
                    body = value if isinstance(value, bytes) else str(value).encode()
                    found[f"{table.name}.{name} {number}"] = body
        return found

    return await stage.service.lane.read(read)


# --- nothing of it anywhere -----------------------------------------------------------------------


def test_there_is_something_to_be_found(given_out: GivenOut) -> None:
    """Rare numbers were withheld, names and words were stored, and three releases went out."""
    assert len(given_out.releases) == 3
    assert given_out.withheld & given_out.planted.numbers
    assert {0, 1, 2, 3, 4} <= given_out.withheld
    assert len(given_out.planted.texts) > 100
    audiences = {audience for _, audience, _ in given_out.files}
    kinds = {name.rpartition(".")[2] for _, _, name in given_out.files}
    assert (audiences, kinds) == (set(Audience), {"csv", "json", "txt", "xlsx"})
    assert any(name.endswith(".svg") for name in given_out.pages)


def test_no_planted_value_is_in_any_file_or_answer(given_out: GivenOut) -> None:
    """Every byte of every file that a program can pull, archives unpacked."""
    places = ((f"{who} {name}", body) for (_, who, name), body in given_out.files.items())
    assert found_in(given_out.planted, places) == []


def test_no_planted_value_is_on_any_page(given_out: GivenOut) -> None:
    """Those of the three commissioners and of the staff, with every picture on them."""
    for release in given_out.releases:
        for who in (
            "staff /staff/releases",
            *(f"commissioner:{a} /commissioner" for a in Audience),
        ):
            assert f"{who}/{release.id}.html" in given_out.pages
    assert found_in(given_out.planted, given_out.pages.items()) == []


def test_no_planted_value_is_in_any_log_line(given_out: GivenOut) -> None:
    assert [each for each in given_out.planted.texts if each in given_out.logged] == []


def test_no_planted_value_can_be_read_in_the_tables_of_releases(given_out: GivenOut) -> None:
    """Not in the bodies and not in what is locked; and nothing locked is only packed."""
    sealed = {name: body for name, body in given_out.stored.items() if "_cipher" in name}
    open_ = {
        name: body
        for name, body in given_out.stored.items()
        if name not in sealed and not name.startswith("audit.digest")  # a hash, no text
    }
    bodies = {f"{name}.json" if ".body" in name else name: body for name, body in open_.items()}
    assert found_in(given_out.planted, bodies.items()) == []
    assert any(name.startswith("audit") for name in bodies)
    assert not [
        each
        for body in sealed.values()
        for each in given_out.planted.texts
        if each.encode() in body
    ]
    assert len(sealed) == 2 * len(given_out.releases)
    for body in sealed.values():
        assert b"proofs" not in body
        assert b"counts" not in body
        for start in range(64):
            with pytest.raises(zlib.error):
                zlib.decompress(body[start:])


# --- every number is a figure that was shown ------------------------------------------------------


def test_every_count_in_every_table_is_rounded_or_a_letter(given_out: GivenOut) -> None:
    """A true count is a multiple of five by chance only; these all are."""
    looked_at = 0
    for (_, _, name), body in given_out.files.items():
        if name.startswith(("outcomes_", "flow_")) and not name.endswith("meta.csv"):
            for row in csv.DictReader(io.StringIO(body.decode())):
                if row.get("measure") == OUTCOMES_WITH_EVIDENCE:
                    continue
                for column in ("numerator_count", "denominator_count", "episodes_count"):
                    value = row.get(column, "z")
                    assert value in ("c", "u", "z") or (int(value) >= 5 and int(value) % 5 == 0)
                    looked_at += value.isdigit()
    assert looked_at > 100


def test_every_number_in_every_table_is_a_figure_of_that_audience(given_out: GivenOut) -> None:
    """Column by column: nothing is worked out on the way, and no other footprint's stands there."""
    by_id = {each.id: each for each in given_out.releases}
    for (release, audience, name), body in given_out.files.items():
        if not name.startswith("outcomes_") or name.endswith("meta.csv"):
            continue
        shown = by_id[release].figures_for(audience)
        for row in csv.DictReader(io.StringIO(body.decode())):
            for field, column in INDICATORS.items():
                if row[column.name] in ("c", "u", "z"):
                    continue
                values = {getattr(figure, field) for figure in shown}
                assert Decimal(row[column.name]) in values - set(Symbol)


def test_a_councils_files_hold_its_own_figures_only(given_out: GivenOut) -> None:
    for (_, audience, name), body in given_out.files.items():
        if name == "release.json" and audience is not Audience.ICB:
            content = json.loads(body)
            footprints = {each["footprint"] for each in (*content["figures"], *content["flow"])}
            assert footprints == {audience.value}


def test_nothing_is_worked_out_from_what_is_withheld(given_out: GivenOut) -> None:
    """Where a count is a letter, so is every share, range, bound and mean beside it."""
    for figure in (each for release in given_out.releases for each in release.figures):
        if Symbol.WITHHELD in (figure.numerator, figure.denominator):
            assert not any(isinstance(each, int | Decimal) for each in worked_out(figure)), figure
        if Symbol.WITHHELD in (figure.eligible, figure.paired):
            assert isinstance(figure.paired_percent, Symbol), figure


def worked_out(figure: Figure) -> Iterator[object]:
    """Everything in a figure that follows from its numerator and denominator."""
    for field in INDICATORS:
        if field not in _BY_THEMSELVES:
            yield getattr(figure, field)


_BY_THEMSELVES = (
    "numerator",
    "denominator",
    "median_seconds",
    "eligible",
    "paired",
    "paired_percent",
    "only_first",
)
"""Counts that are shown or withheld by themselves, and what follows from those."""


# --- and the search finds what is there -----------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx", "release.json", "measurereport.json"])
def test_the_search_finds_a_true_count_that_was_let_through(
    given_out: GivenOut, ending: str
) -> None:
    """A release with one true count in it is found out in every kind of file."""
    (number, *_) = sorted(given_out.planted.numbers)
    release = next(
        each for each in given_out.releases
        if any(isinstance(figure.denominator, int) for figure in each.figures)
    )  # fmt: skip
    shown = next(each for each in release.figures if isinstance(each.denominator, int))
    broken = replace(shown, denominator=number)
    figures = tuple(broken if each is shown else each for each in release.figures)
    files = files_of(replace(release, figures=figures), Audience.ICB)
    places = [(each.name, each.content) for each in files if each.name.endswith(ending)]
    assert places
    assert any(found.endswith(f": {number}") for found in found_in(given_out.planted, places))


def test_the_search_finds_a_name_on_a_page_and_in_an_archive(given_out: GivenOut) -> None:
    page = b"<p>about <b>sentinel-key-0001</b>, 137 of them</p>"
    found = found_in(given_out.planted, [("p.html", page)])
    assert sorted(found) == ["p.html: 137", "p.html: sentinel"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("docProps/core.xml", "<a>written by xyzzy</a>")
    assert b"xyzzy" in everything_in("book.xlsx", archive.getvalue())
