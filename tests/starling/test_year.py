"""A made-up year in which the process that serves is killed again and again: its sums are right."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection, Executable, func, insert, select, update

from starling.compose import open_service
from starling.settings import Settings
from starling.simulation.accounting import ENDS, Accounts, settle_accounts
from starling.simulation.apart import Kills
from starling.simulation.life import Life, Plan
from starling.simulation.orders import Here
from storage import tables
from storage.database import read_once, run_once
from tests.support.tracked import PROJECT

KEY = base64.urlsafe_b64encode(b"a made-up key of thirty-two bytes").decode()
FIRST, LAST = date(2025, 4, 1), date(2025, 10, 17)
_COMMAND = [sys.executable, "-m", "starling", "simulate"]


def settings_for(url: str) -> Settings:
    return Settings.model_validate({"database_url": url, "secret_keys": KEY})


@pytest.mark.slow
def test_a_year_with_kills_ends_with_an_account_that_adds_up(tmp_path: Path) -> None:
    """As the command is typed, with 25 children, two hundred days and six kills."""
    url = f"sqlite:///{tmp_path / 'year.db'}"
    days = ["--from", FIRST.isoformat(), "--to", LAST.isoformat()]
    done = subprocess.run(
        [*_COMMAND, "--children", "25", *days, "--kills", "6", "--seed", "7", "--json"],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "STARLING_DATABASE_URL": url,
            "STARLING_SECRET_KEYS": KEY,
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
    report = json.loads(done.stdout)
    assert report["times the process was killed"] == 6
    accounts = report["accounts"]
    assert accounts["adds up"]
    assert accounts["problems"] == {}
    for wave, planned in accounts["planned"].items():
        ends = accounts["ends"][wave]
        assert set(ends) <= set(ENDS.values()), "something is still open"
        assert sum(ends.values()) == planned == _rows_of(url, wave)
    assert accounts["total"]["planned"] == sum(accounts["planned"].values()) > 100
    assert accounts["total"]["answered"] > 50


def _rows_of(url: str, wave: str) -> int:
    query = select(func.count()).where(tables.occasions.c.wave == wave)
    return read_once(url, lambda rows: rows.execute(query).scalar_one())


def test_kills_are_drawn_from_the_whole_time_and_the_same_for_one_seed() -> None:
    drawn, again = (
        Kills.draw(200, FIRST, LAST, Random(7)).moments  # noqa: S311 (a made-up fate)
        for _ in range(2)
    )
    assert drawn == again
    assert list(drawn) == sorted(drawn)
    assert FIRST <= drawn[0][0] < drawn[-1][0] <= LAST
    assert len({day.month for day, _ in drawn}) == 7
    assert len({number for _, number in drawn}) > 5


# --- the account itself can see what is wrong ---------------------------------------------------

PLAN = Plan(6, FIRST, date(2025, 6, 30), seed=7)


async def account_after(url: str, *statements: Executable, must_end: bool = False) -> Accounts:
    """Settle the account of a short life once more, after something was done to its rows."""
    settings = settings_for(url)
    async with open_service(settings) as service:
        life = Life(Here(service), service.rhythm, PLAN, Random(7))  # noqa: S311 (made up)
        now = await life.live(lambda: None)
        before = await settle_accounts(service, life.watch, now, must_end=False)
        assert before.adds_up
        for statement in statements:
            run_once(url, partial(_execute, statement))
        return await settle_accounts(service, life.watch, now, must_end=must_end)


def _execute(statement: Executable, connection: Connection) -> None:
    connection.execute(statement)


_ASKED = (
    select(func.min(tables.outbox.c.id)).where(tables.outbox.c.urgency == "asking")
).scalar_subquery()
"""The first asking of all."""


async def test_it_sees_what_was_never_ended(sqlite_url: str) -> None:
    accounts = await account_after(sqlite_url, must_end=True)
    assert not accounts.adds_up
    assert accounts.problems["A due moment was never ended."] == accounts.total["still open"]


async def test_it_sees_what_the_clock_forgot(sqlite_url: str) -> None:
    own = tables.occasions
    first = select(func.min(own.c.id)).where(own.c.state == "planned").scalar_subquery()
    forget = update(own).where(own.c.id == first).values(next_at=None)
    accounts = await account_after(sqlite_url, forget)
    assert accounts.problems == {"A due moment has not ended, and the clock forgot it.": 1}


async def test_it_sees_somebody_who_was_asked_in_the_night(sqlite_url: str) -> None:
    at_night = datetime(2025, 6, 1, 2, 30, tzinfo=UTC)
    box = tables.outbox
    accounts = await account_after(
        sqlite_url, update(box).where(box.c.id == _ASKED).values(made_at=at_night)
    )
    assert accounts.problems == {"Somebody was asked in quiet hours.": 1}


async def test_it_sees_somebody_who_was_asked_too_often(sqlite_url: str) -> None:
    box = tables.outbox
    same = [column for column in box.c if column.name != "id"]
    copies = [
        insert(box).from_select(
            ["id", *same],
            select(box.c.id + number, *same).where(box.c.id == _ASKED),
        )
        for number in range(1, 8)
    ]
    accounts = await account_after(sqlite_url, *copies)
    assert accounts.problems == {"Somebody was asked too often about one thing.": 1}
