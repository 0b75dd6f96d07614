"""Fills databases with the made-up answers of the roll-up's measurement, in bulk.

What it writes into `pairs` is what the transactions of the answers would have: a sample is worked
out anew from single answers and held against it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from outcomes.counting.blocks import Numbers
from starling.bench.answered import (
    CHILD,
    EPISODE_COLUMNS,
    PAIR_COLUMNS,
    Answers,
    MadeUp,
    new_names,
)
from storage.database import migrate
from storage.pairs import scored_items, worked_out
from surveys.instrument import Instrument

_SAMPLE: Final = 200
_DAYS_AT_ONCE: Final = 28
_DEFINITION_COLUMNS: Final = ("digest", "instrument", "version", "body", "stored_at")
_CHILD_COLUMNS: Final = ("id", "ref_index", "ref_cipher", "made_at")


class PairsDiffer(Exception):
    """The rows made in bulk are not those that the answers themselves would have left."""


@dataclass(frozen=True, slots=True)
class Load:
    """The made-up answers, with the names of the support episodes and of all who answer."""

    made_up: MadeUp
    keys: Sequence[str]
    people: Sequence[Sequence[str]]
    instruments: Sequence[Instrument]

    def tables(self) -> Iterable[tuple[str, Sequence[str], Iterable[tuple[Any, ...]]]]:
        """Give each table's name and columns with its rows, in an order that respects its keys."""
        yield "children", _CHILD_COLUMNS, [(CHILD, b"made up", b"made up", 0)]
        definitions = [
            (each.digest, each.id, each.version, each.model_dump_json(), 0)
            for each in self.instruments
        ]
        yield "definitions", _DEFINITION_COLUMNS, definitions
        yield "support_episodes", EPISODE_COLUMNS, self.made_up.episodes(self.keys)
        for answers, people in zip(self.made_up.answers, self.people, strict=True):
            yield "pairs", PAIR_COLUMNS, answers.rows(people, self.keys)


def name_everybody(made_up: MadeUp, instruments: Sequence[Instrument]) -> Load:
    """Give pseudonyms to the support episodes and to everybody who answers."""
    people = [
        new_names(len(each.episode), salt) for salt, each in enumerate(made_up.answers, start=1)
    ]
    return Load(made_up, new_names(len(made_up.opened), 0), people, instruments)


def check(load: Load) -> None:
    """Hold a sample of the rows against what the same answers come to one by one; PairsDiffer."""
    items = {(each.id, each.version): scored_items(each) for each in load.instruments}
    for answers, people in zip(load.made_up.answers, load.people, strict=True):
        rows = {row[1]: row for row in answers.rows(people, load.keys)}
        for number in range(0, len(people), max(1, len(people) // _SAMPLE)):
            key = load.keys[answers.episode[number]]
            (expected,) = worked_out(answers.said(number, people[number], key), items)
            if rows[people[number]] != tuple(expected[column] for column in PAIR_COLUMNS):
                raise PairsDiffer


def fill_sqlite(url: str, file: str, load: Load) -> None:
    """Make the tables in a new SQLite file and fill them."""
    migrate(url)
    with sqlite3.connect(file) as connection:
        for table, columns, rows in load.tables():
            places = ", ".join("?" * len(columns))
            statement = f"insert into {table} ({', '.join(columns)}) values ({places})"  # noqa: S608 - names of ours
            connection.executemany(statement, map(_as_text, rows))
    connection.close()


def fill_postgresql(url: str, plain: str, load: Load) -> None:
    """Make the tables in a new PostgreSQL database and fill them."""
    import psycopg  # noqa: PLC0415 - only measurements on PostgreSQL need it here

    migrate(url)
    with psycopg.connect(plain, autocommit=True) as connection:
        for table, columns, rows in load.tables():
            with connection.cursor().copy(
                f"copy {table} ({', '.join(columns)}) from stdin"
            ) as copy:
                for row in rows:
                    copy.write_row(row)
        # As the server does by itself, some minutes after so much was written.
        connection.execute("vacuum analyze")


def fill_duckdb(file: str, load: Load) -> tuple[str, ...]:
    """Write every single answer into a new DuckDB file, in the order in which they came.

    Returns the questions, which stand as numbers in the file.
    """
    import duckdb  # noqa: PLC0415 - only this measurement needs it

    made_up = load.made_up
    items = tuple(item for each in made_up.answers for item in each.items)
    with duckdb.connect(file) as connection:
        connection.execute(
            "create table raw (episode integer, item utinyint, day usmallint, value tinyint, "
            "area utinyint, quarter utinyint)"
        )
        for answered in _day_by_day(made_up):
            connection.register("answered", answered)
            connection.execute("insert into raw select * from answered")
            connection.unregister("answered")
    return items


def _day_by_day(made_up: MadeUp) -> Iterator[dict[str, NDArray[Any]]]:
    """Give the columns of all single answers, some weeks at a time."""
    first = min(int(each.days.min()) for each in made_up.answers)
    last = max(int(each.days.max()) for each in made_up.answers)
    for begins in range(first, last + 1, _DAYS_AT_ONCE):
        parts, before = [], 0
        for each in made_up.answers:
            rows, moments = np.nonzero((each.days >= begins) & (each.days < begins + _DAYS_AT_ONCE))
            parts.append(_columns(made_up, each, before, rows, moments))
            before += len(each.items)
        together = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        order = np.argsort(together["day"], kind="stable")
        yield {name: column[order] for name, column in together.items()}


def _columns(
    made_up: MadeUp, answers: Answers, before: int, rows: Numbers, moments: Numbers
) -> dict[str, NDArray[Any]]:
    """Return the single answers given by these people at these moments; `before`: other items."""
    many, items = len(rows), len(answers.items)
    episode = answers.episode[rows]
    return {
        "episode": np.repeat(episode, items).astype(np.int32),
        "item": np.tile(np.arange(before, before + items), many).astype(np.uint8),
        "day": np.repeat(answers.days[rows, moments], items).astype(np.uint16),
        "value": answers.values[rows, moments].ravel().astype(np.int8),
        "area": np.repeat(made_up.commissioner[episode], items).astype(np.uint8),
        "quarter": np.repeat(made_up.quarter[episode], items).astype(np.uint8),
    }


def _as_text(row: Sequence[Any]) -> list[Any]:
    return [each.isoformat() if isinstance(each, date) else each for each in row]
