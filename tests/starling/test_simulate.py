"""A made-up service is the same each time it is lived from one seed, and its counts are true."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from outcomes.facts import OwnGoal
from outcomes.quarter import Quarter
from starling.settings import Settings
from starling.simulation.life import Plan
from starling.simulation.opening import Lived, live_plan
from storage import tables
from storage.database import read_once
from storage.facts import read_facts
from storage.outbox import Delivery
from storage.people import Standing
from tests.support.tracked import PROJECT
from usecases.refusal import Refusal

KEY = base64.urlsafe_b64encode(b"a made-up key of thirty-two bytes").decode()
PLAN = Plan(children=5, first=date(2025, 9, 1), last=date(2025, 11, 30), seed=7, eventful=True)
QUIET = replace(PLAN, eventful=False)
AUTUMN = Quarter.parse("2025/26-Q3")


async def lived(url: str, plan: Plan = PLAN) -> Lived:
    """Live a plan and say what became of it."""
    settings = Settings.model_validate({"database_url": url, "secret_keys": KEY})
    return await live_plan(settings, plan, lambda: None)


def digests(url: str) -> dict[str, str]:
    """What each table holds, in one line: the same rows give the same line in whatever order."""

    def work(connection: Connection) -> dict[str, str]:
        found = {}
        for name, table in tables.metadata.tables.items():
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            found[name] = f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"
        return found

    return read_once(url, work)


def count(url: str, *which: Any) -> int:
    """How many rows fulfil these conditions on one table."""
    return read_once(
        url, lambda connection: connection.execute(select(func.count()).where(*which)).scalar_one()
    )


async def test_one_seed_gives_the_same_content_of_every_table(sqlite_url: str) -> None:
    """In another process, too, where sets of words have another order."""
    here, again = sqlite_url, f"{sqlite_url}.again"
    happened = (await lived(here)).happened
    days = ["--from", PLAN.first.isoformat(), "--to", PLAN.last.isoformat()]
    done = simulate(again, "--children", "5", *days, "--seed", "7", "--json")
    report = json.loads(done.stdout)
    assert report.pop("seconds") > 0
    assert report.pop("accounts")["adds up"]
    assert report == happened
    assert digests(here) == digests(again)


async def test_another_seed_gives_another_service(sqlite_url: str) -> None:
    other = f"{sqlite_url}.other"
    await lived(sqlite_url, replace(PLAN, children=3))
    await lived(other, replace(PLAN, children=3, seed=8))
    assert digests(sqlite_url)["support_episodes"] != digests(other)["support_episodes"]


async def test_what_is_said_to_have_happened_is_what_is_stored(sqlite_url: str) -> None:
    happened = (await lived(sqlite_url, QUIET)).happened
    episodes, people = tables.support_episodes.c, tables.participants.c
    assert happened["support episodes opened"] == count(sqlite_url, episodes.id.is_not(None))
    assert happened["support episodes closed"] == count(sqlite_url, episodes.closed_on.is_not(None))
    assert happened["people invited"] == count(sqlite_url, people.id.is_not(None))
    assert happened["inputs taken in"] == count(sqlite_url, tables.inbox.c.handled_at.is_not(None))
    sent = tables.outbox.c.state == Delivery.SENT.value
    assert happened["messages sent"] == count(sqlite_url, sent)
    assert count(sqlite_url, ~sent) == 0
    words = tables.words.c.read_at.is_not(None)
    assert happened["words read"] == count(sqlite_url, words)
    joined = people.status != Standing.INVITED.value
    assert 0 < count(sqlite_url, joined) <= happened["people invited"]
    assert count(sqlite_url, tables.observations.c.id.is_not(None)) > 0


def said(url: str) -> tuple[Counter[str], tuple[OwnGoal, ...]]:
    """What everybody answered until autumn was over, without pseudonyms, and all their goals."""
    facts = read_once(url, lambda rows: read_facts(rows, AUTUMN, ZoneInfo("Europe/London")))
    told = ((each.role, each.on, sorted(each.scores.items())) for each in facts.observations)
    return Counter(map(repr, told)), facts.goals


async def test_young_people_set_goals_and_rate_them_and_answer_all_else_as_without(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(QUIET, first=date(2025, 6, 1), children=8, seed=5)
    other = f"{sqlite_url}.other"
    await lived(sqlite_url, plan)
    monkeypatch.setattr("starling.simulation.aiming._AIM", 0)
    await lived(other, plan)
    (answers, goals), (without, nothing) = said(sqlite_url), said(other)
    assert answers == without
    assert not nothing
    assert len(goals) > 1
    assert any(len(each.ratings) > 1 for each in goals)


async def test_made_up_people_never_stand_among_others(sqlite_url: str) -> None:
    await lived(sqlite_url, Plan(1, PLAN.first, PLAN.last, seed=1))
    before = digests(sqlite_url)
    with pytest.raises(Refusal, match="people in this database already"):
        await lived(sqlite_url)
    assert digests(sqlite_url) == before


def test_the_command_lives_it_and_prints_what_happened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lived.db'}"
    done = simulate(url, "--children", "2", "--from", "2025-09-01", "--to", "2025-10-15", "--json")
    assert (done.returncode, done.stderr.strip()) == (0, "")
    report = json.loads(done.stdout)
    assert report["people invited"] == count(url, tables.participants.c.id.is_not(None))
    accounts = report["accounts"]
    planned = count(url, tables.occasions.c.id.is_not(None))
    assert accounts["total"]["planned"] == planned == sum(accounts["planned"].values())
    assert sum(sum(ends.values()) for ends in accounts["ends"].values()) == planned
    assert accounts["total"]["still open"] == count(url, tables.occasions.c.ended_at.is_(None))
    again = simulate(url, "--children", "2")
    assert (again.returncode, again.stdout) == (1, "")
    assert "people in this database already" in again.stderr


def test_days_that_end_before_they_begin_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lived.db'}"
    done = simulate(url, "--from", "2025-10-01", "--to", "2025-09-01")
    assert done.returncode == 1
    assert "The last day comes before the first" in done.stderr


def simulate(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an environment of its own."""
    ours = {"STARLING_DATABASE_URL": url, "STARLING_SECRET_KEYS": KEY, "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "starling", "simulate", *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **ours},
        capture_output=True,
        text=True,
        check=False,
    )
