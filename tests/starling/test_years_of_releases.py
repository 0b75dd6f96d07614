"""Figures of a lived service go out on their days, and everything that went out is proven again."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, select, update

from outcomes import compiling
from outcomes.episode import Audience
from outcomes.errors import ReleaseRefusedError
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period, Quarter, Year
from starling.compose import open_service
from starling.settings import Settings
from starling.simulation.life import Plan
from starling.simulation.opening import Lived, live_plan
from starling.simulation.orders import BY
from starling.simulation.proving import Proven, prove
from starling.simulation.releasing import Seconds, Told, due_between
from starling.simulation.staff import SECOND
from storage import tables
from storage.database import read_once, run_once
from tests.support.tracked import PROJECT

KEY = base64.urlsafe_b64encode(b"a made-up key of thirty-two bytes").decode()
SHORT = Plan(6, date(2025, 7, 1), date(2025, 9, 30), seed=7, eventful=True, releases=True)
YEARS = Plan(8, date(2025, 4, 1), date(2026, 3, 31), seed=7, eventful=True, releases=True)
"""Four quarters and the year they make: few children, for it is the files that take long."""


def settings_for(url: str) -> Settings:
    return Settings.model_validate({"database_url": url, "secret_keys": KEY})


async def lived(url: str, plan: Plan) -> Lived:
    return await live_plan(settings_for(url), plan, lambda: None)


async def look_again(url: str) -> Proven:
    """Take the last look once more."""
    async with open_service(settings_for(url)) as service:
        return await prove(service)


def rows(url: str, statement: Any) -> list[Any]:
    return read_once(url, lambda connection: list(connection.execute(statement)))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lived]:
    """One quarter, lived and given out; tests that change it copy the file."""
    file = tmp_path_factory.mktemp("short") / "short.db"
    return file, asyncio.run(lived(f"sqlite:///{file}", SHORT))


# --- what is due ----------------------------------------------------------------------------------


def test_whole_quarters_and_whole_years_are_due_in_the_order_of_their_days() -> None:
    named = [str(each) for each in due_between(YEARS.first, YEARS.last)]
    assert named == [
        "2025/26-Q1", "2025/26-Q2", "2025/26-Q3", "2025/26-Q4", "2025/26",
    ]  # fmt: skip
    three_years = due_between(date(2023, 4, 1), date(2026, 3, 31))
    assert sum(isinstance(each, Quarter) for each in three_years) == 12
    assert sum(isinstance(each, Year) for each in three_years) == 3
    days = [each.freeze_date for each in three_years]
    assert days == sorted(days)
    assert due_between(date(2025, 4, 2), date(2025, 6, 30)) == []


# --- a quarter ------------------------------------------------------------------------------------


def test_two_people_give_a_quarter_out_on_the_day_its_books_are_closed(
    short: tuple[Path, Lived],
) -> None:
    """The clock runs on until then; the figures are final."""
    file, found = short
    (told,) = found.told
    assert (told.period, told.day, told.status) == ("2025/26-Q2", date(2025, 10, 28), "final")
    assert told.is_published
    assert 0 < told.withheld < told.cells
    assert 0 < told.seconds.auditing < told.seconds.compiling
    (row,) = rows(f"sqlite:///{file}", select(tables.releases))
    assert (row.state, row.compiled_by, row.approved_by) == ("published", BY, SECOND)
    assert row.compiled_at.date() == told.day
    assert found.happened["releases published"] == 1
    assert found.accounts.adds_up


def test_the_last_look_reads_every_file_of_every_audience(short: tuple[Path, Lived]) -> None:
    file, found = short
    stored = rows(f"sqlite:///{file}", select(tables.release_files.c.audience))
    assert found.proven == Proven(releases=1, certificates=1, files=len(stored), faults=())
    assert {each.audience for each in stored} == {each.value for each in Audience}


async def test_one_seed_gives_the_same_figures_and_files(
    short: tuple[Path, Lived], tmp_path: Path
) -> None:
    """To the last byte, what is locked included."""
    again = f"sqlite:///{tmp_path / 'again.db'}"
    found = await lived(again, SHORT)
    first = f"sqlite:///{short[0]}"
    assert [timeless(each) for each in found.told] == [timeless(each) for each in short[1].told]
    for table in (tables.releases, tables.release_files):
        assert rows(again, select(table)) == rows(first, select(table))


def timeless(told: Told) -> Told:
    """What became of a period, without how long it took."""
    return replace(told, seconds=Seconds())


def test_the_command_says_what_went_out_and_that_it_is_proven(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "starling", "simulate", "--children", "3", "--releases", "--json",
         "--from", "2025-07-01", "--to", "2025-09-30"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1", "STARLING_SECRET_KEYS": KEY,
             "STARLING_DATABASE_URL": f"sqlite:///{tmp_path / 'lived.db'}"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "")
    told = json.loads(done.stdout)["releases"]
    (period,) = told["periods"]
    assert (told["published"], told["refused"]) == (1, 0)
    assert (period["period"], period["published"]) == ("2025/26-Q2", True)
    assert told["last look"]["holds"]


async def test_a_refusal_is_told_with_its_reasons_and_is_no_fault(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = ("Moves: 3 numbers would show something about a few people to anybody.",)

    def refuse(facts: Any, period: Period, policy: DisclosurePolicy, **options: Any) -> None:
        del facts, period, policy, options
        message = "nothing goes out"
        raise ReleaseRefusedError(message, reasons)

    monkeypatch.setattr(compiling, "make", refuse)
    found = await lived(sqlite_url, replace(SHORT, children=2))
    (told,) = found.told
    assert (told.is_published, told.reasons, told.cells) == (False, reasons, 0)
    assert found.happened["releases refused"] == 1
    assert found.proven is not None
    assert found.proven.holds
    assert found.accounts.adds_up


# --- what the last look finds ---------------------------------------------------------------------


def broken(short: tuple[Path, Lived], tmp_path: Path, *statements: Executable) -> str:
    """Return a copy of the lived service in which somebody changed something."""
    copy = tmp_path / "broken.db"
    with_it = [short[0], *short[0].parent.glob(f"{short[0].name}-*")]
    for part in with_it:
        shutil.copy(part, copy.with_name(part.name.replace(short[0].name, copy.name)))

    def change(connection: Connection) -> None:
        for each in statements:
            connection.execute(each)

    run_once(f"sqlite:///{copy}", change)
    return f"sqlite:///{copy}"


async def test_a_missing_certificate_is_a_fault(short: tuple[Path, Lived], tmp_path: Path) -> None:
    url = broken(short, tmp_path, update(tables.releases).values(certificate_cipher=None))
    seen = await look_again(url)
    assert not seen.holds
    assert seen.certificates == 0
    assert "2025/26-Q2: There is no certificate that proves these figures." in seen.faults


async def test_a_changed_certificate_is_a_fault(short: tuple[Path, Lived], tmp_path: Path) -> None:
    """It is locked with its place: no byte of it can be another one."""
    (row,) = rows(f"sqlite:///{short[0]}", select(tables.releases.c.certificate_cipher))
    other = row.certificate_cipher[:-1] + bytes([row.certificate_cipher[-1] ^ 1])
    url = broken(short, tmp_path, update(tables.releases).values(certificate_cipher=other))
    assert not (await look_again(url)).holds


@pytest.mark.parametrize("name", ["workbook.xlsx", "release.json", "outcomes_la.csv", "notes.txt"])
async def test_a_changed_file_is_a_fault(
    short: tuple[Path, Lived], tmp_path: Path, name: str
) -> None:
    changed = update(tables.release_files).where(tables.release_files.c.name == name)
    seen = await look_again(broken(short, tmp_path, changed.values(body=b"changed")))
    for audience in Audience:
        assert f"2025/26-Q2: The file {audience}/{name} is not what was published." in seen.faults
        assert f"2025/26-Q2: The files for {audience} come out different when made again." in (
            seen.faults
        )


# --- quarters and a year --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_everything_that_goes_out_in_a_year_is_proven(sqlite_url: str) -> None:
    """Four quarters and a year, each published or refused with reasons; together they hold."""
    found = await lived(sqlite_url, YEARS)
    assert [each.period for each in found.told] == [
        str(each) for each in due_between(YEARS.first, YEARS.last)
    ]
    assert all(bool(each.reasons) is not each.is_published for each in found.told)
    published = [each for each in found.told if each.is_published]
    assert len(published) >= 2
    assert found.proven is not None
    assert found.proven.faults == ()
    assert found.proven.certificates == found.proven.releases == len(published)
    assert found.accounts.adds_up
    stored = {row.id: row.state for row in rows(sqlite_url, select(tables.releases))}
    assert stored == {each.release: "published" for each in published}
