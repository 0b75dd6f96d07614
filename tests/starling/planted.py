"""A made-up service in which everything that must stay inside can be told from everything else.

Some children live through the real use cases and answer; a crowd stands beside them only to be
counted, in numbers that are written nowhere else.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from outcomes.counting.tally import count_period
from outcomes.episode import AgeBand, Audience, CloseReason, Commissioner, Lives, Strand
from outcomes.measures.catalogue import MEASURES
from outcomes.quarter import Period, Year, parse_period
from outcomes.raw import RawTables
from starling.settings import Settings
from starling.simulation import pretend, turns
from starling.simulation.life import Plan
from starling.simulation.opening import live_plan
from storage import facts, tables
from storage.vault import Place as Sealed
from tests.outcomes.formats.xlsx import tabs_of
from usecases.service import Service

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
QUARTERS = (parse_period("2025/26-Q1"), parse_period("2025/26-Q2"))
YEAR = Year.parse("2022/23")
PLAN = Plan(10, date(2025, 4, 1), date(2025, 9, 30), seed=7, eventful=True)
WORDS = ("the zebra sentence that only my worker reads", "the lilac sentence about nobody")
WORKER = "sentinel.worker.who.is.nobody"
_MANY = {
    Commissioner.DERBY_CITY: 137,
    Commissioner.DERBYSHIRE_COUNTY: 211,
    Commissioner.OTHER: 118,
}
"""How many of the crowd are paid for by whom, in each period: the sentinels among the numbers."""


async def plant(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live a short while, in which everybody writes the planted words."""
    for module, name in ((pretend, "REMARKS"), (pretend, "WORRIES"), (turns, "REMARKS")):
        monkeypatch.setattr(module, name, WORDS)
    settings = Settings.model_validate({"database_url": url, "secret_keys": KEY})
    await live_plan(settings, PLAN, lambda: None)


async def add_crowd(service: Service) -> None:
    """Add children whose support ended in the periods, as they are stored."""

    def write(connection: Connection) -> None:
        work = service.open(connection)
        for number, (period, who) in enumerate(_crowd()):
            child = f"sentinel-child-{number:04d}-xyzzy"
            sealed = work.vault.seal(Sealed("children", "ref_cipher", child), b"SENTINEL-CASE")
            connection.execute(
                tables.children.insert(),
                {"id": child, "ref_index": child.encode(), "ref_cipher": sealed,
                 "made_at": datetime(2022, 1, 1, tzinfo=UTC)},
            )  # fmt: skip
            connection.execute(tables.support_episodes.insert(), _support(number, period, who))

    await service.lane.write(write)


def _crowd() -> Iterator[tuple[Period, Commissioner]]:
    for period, (who, many) in product((YEAR, *QUARTERS), _MANY.items()):
        yield from ((period, who) for _ in range(many))


def _support(number: int, period: Period, who: Commissioner) -> dict[str, Any]:
    """One support episode, ended in the period; the first few of each kind moved."""
    days = (period.last_day - period.first_day).days
    opened = period.first_day + timedelta(days=number * 7 % (days // 2))
    return {
        "id": f"sentinel-episode-{number:04d}",
        "key": f"sentinel-key-{number:04d}",
        "child_id": f"sentinel-child-{number:04d}-xyzzy",
        "commissioner": who.value,
        "strand": (Strand.CONSULTATION if number % 3 else Strand.CARERS).value,
        "intervention": "training",
        "lives": Lives.FOSTER.value,
        "opened_on": opened,
        "closed_on": opened + timedelta(days=days // 3),
        "close_reason": CloseReason.PLANNED.value,
        "worker": WORKER,
        "child_age": (AgeBand.TO_FIFTEEN if number % 4 else AgeBand.TO_TEN).value,
        "unplanned_moves": int(number % 40 == 0),
        "away_at_start": number % 5 == 0,
        "away_at_end": number % 5 == 0,
        "plan_on": opened if number % 7 else None,
    }


# --- what must not be found -----------------------------------------------------------------------


@dataclass(frozen=True)
class Sentinels:
    """What may stand nowhere: pieces of text, and whole numbers from 100 on."""

    texts: frozenset[str]
    numbers: frozenset[int]


async def sentinels_of(service: Service) -> Sentinels:
    """Collect every name, reference, key and true count that there is in the service."""

    def read(connection: Connection) -> Sentinels:
        return Sentinels(frozenset(_texts(connection)), frozenset(_counts(connection)))

    return await service.lane.read(read)


_PSEUDONYMS = (
    tables.children.c.id,
    tables.participants.c.id,
    tables.participants.c.key,
    tables.support_episodes.c.id,
    tables.support_episodes.c.key,
    tables.runs.c.id,
    tables.addresses.c.id,
)


def _texts(connection: Connection) -> Iterator[str]:
    yield from (*WORDS, "zebra", "lilac", WORKER, "sentinel", "SENTINEL", "xyzzy", "MADE-UP-0")
    for column in _PSEUDONYMS:
        found = connection.execute(select(column)).scalars()
        yield from (each for each in found if "sentinel" not in each)


def _counts(connection: Connection) -> Iterator[int]:
    for period in (YEAR, *QUARTERS):
        raw = counted(connection, period)
        for row, footprint in product(raw.rows, Audience):
            count = raw.count(row, footprint.commissioners)
            if count >= 100 and count % 5:
                yield count


def counted(connection: Connection, period: Period) -> RawTables:
    """Count a period, truly."""
    return count_period(
        MEASURES, facts.read_facts(connection, period, ZoneInfo("Europe/London")), period
    )


# --- where it is looked for -----------------------------------------------------------------------

_NUMBER = re.compile(r"(?<![\w.,/#-])\d+(?:\.0)?(?![\w/]|[.,]\d| kB)")


def numbers_in(text: str) -> set[int]:
    """Return the whole numbers in a text, but for those inside of words, and sizes of files."""
    return {int(float(each)) for each in _NUMBER.findall(text)}


def spoken(name: str, body: bytes) -> str:
    """Return everything in a file or page that somebody or a program reads as text."""
    if name.endswith(".xlsx"):
        return "\n".join(str(cell) for tab in tabs_of(body) for row in tab.rows for cell in row)
    text = body.decode()
    if name.endswith((".html", ".svg")):
        text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
        text = html.unescape(re.sub(r"<[^>]*>", " \n ", text))
    elif name.endswith(".csv"):
        text = text.replace(",", " \n ")
    elif name.endswith("json"):
        text = "\n".join(_leaves(json.loads(text)))
    return text


def _leaves(content: object) -> Iterator[str]:
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(content, list):
        for each in content:
            yield from _leaves(each)
    else:
        yield str(content)


def everything_in(name: str, body: bytes) -> bytes:
    """Return all bytes of a file, those of an archive unpacked."""
    if not name.endswith(".xlsx"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = (part.encode() + b"\n" + book.read(part) for part in book.namelist())
        return b"\n".join(parts)


def found_in(planted: Sentinels, places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return what was found of what may stand nowhere, and where."""
    found = []
    for name, body in places:
        content = everything_in(name, body).decode(errors="replace")
        found += [f"{name}: {each}" for each in planted.texts if each in content]
        shown = numbers_in(spoken(name, body))
        found += [f"{name}: {each}" for each in sorted(shown & planted.numbers)]
    return found
