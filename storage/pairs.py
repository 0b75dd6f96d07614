"""Keeps what figures compare beside each answer: a few bytes to which every answer adds its own.

A row holds all that somebody answered on one version of one instrument in one support episode, as
`outcomes.counting.packed` says. It is written in the transaction of the answer. It depends on no
date of the support episode, so only who changes observations in any other way has to `rebuild`.
It must not reach who people are, nor any words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Select, cast, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from outcomes.counting.packed import Said, pack, unpack
from outcomes.observation import Observation
from storage.casework import AnyRow, Casework, Row
from storage.errors import StorageFault
from storage.prepared import Prepared
from storage.tables import definitions, observations, pairs
from surveys.definitions import read_stored
from surveys.instrument import Instrument

Items = tuple[str, ...]
Version = tuple[str, int]
"""An instrument and its version."""

EPISODES_AT_ONCE: Final = 500
"""How many support episodes are worked out anew in one step."""


class NotAllKept(StorageFault):
    """There are observations beside which nothing is kept: no figure may be made without them."""


class ItemsUnknown(StorageFault):
    """Answers are kept of an instrument version whose definition is not in this database."""


def _keep() -> Prepared:
    """Make the statement that adds an entry to its row, or makes the row."""
    lite, server = sqlite.insert(pairs), postgresql.insert(pairs)
    # SQLite calls what it joins a text, whatever it was: the bytes are the same.
    joined = cast(pairs.c.answers.op("||")(lite.excluded.answers), LargeBinary)
    return Prepared(
        lite.on_conflict_do_update(
            index_elements=list(pairs.primary_key),
            set_={
                "first_day": func.min(pairs.c.first_day, lite.excluded.first_day),
                "last_day": func.max(pairs.c.last_day, lite.excluded.last_day),
                "answers": joined,
            },
        ),
        server.on_conflict_do_update(
            index_elements=list(pairs.primary_key),
            set_={
                "first_day": func.least(pairs.c.first_day, server.excluded.first_day),
                "last_day": func.greatest(pairs.c.last_day, server.excluded.last_day),
                "answers": pairs.c.answers.op("||")(server.excluded.answers),
            },
        ),
    )


_KEEP: Final = _keep()


def scored_items(instrument: Instrument) -> Items:
    """Return the items of an instrument that become numbers, in the order of its definition."""
    return tuple(item.id for item in instrument.items if item.scored)


def add(work: Casework, said: Observation, items: Items) -> None:
    """Gather that somebody answered: one statement, which reads nothing first.

    Raises BadFactsError where the answer holds what its instrument does not score.
    """
    entry = pack(Said(said.on, said.wave, said.scores), items)
    work.change(_KEEP, _row([said], entry))


def items_of_versions(connection: Connection) -> dict[Version, Items]:
    """Return the scored items of every instrument version that was ever asked."""
    bodies = connection.execute(select(definitions.c.body)).scalars()
    instruments = [read_stored(body) for body in bodies]
    return {(each.id, each.version): scored_items(each) for each in instruments}


def observations_of(connection: Connection, keys: Select[Any]) -> tuple[Observation, ...]:
    """Return every answer in the support episodes with these pseudonyms.

    They come by episode, person and version, and then as they came. `keys` selects pseudonyms.
    Raises NotAllKept where observations were added, or taken away, without what is kept of them.
    """
    items = items_of_versions(connection)
    query = select(pairs).where(pairs.c.episode_key.in_(keys)).order_by(*pairs.primary_key)
    found = tuple(each for row in connection.execute(query) for each in _read(row, items))
    check(connection, keys, len(found))
    return found


def check(connection: Connection, keys: Select[Any], kept: int) -> None:
    """Raise NotAllKept unless these support episodes have just as many answers as are kept."""
    stored = select(func.count()).where(observations.c.episode_key.in_(keys))
    there = connection.execute(stored).scalar_one()
    if there != kept:
        msg = (
            f"there are {there} answers and {kept} are kept for figures: "
            "run `starling pairs rebuild`, which works them out anew"
        )
        raise NotAllKept(msg)


def catch_up(connection: Connection, progress: Callable[[int, int], None] | None = None) -> int:
    """Work out what is kept where nothing is yet: for answers from before pairs were kept.

    Returns how many rows that gave; 0 where anything was kept already. progress: as `rebuild_all`.
    """
    if connection.execute(select(pairs.c.version).limit(1)).first() is not None:
        return 0
    return rebuild_all(connection, progress)


def _read(row: AnyRow, items: Mapping[Version, Items]) -> Iterator[Observation]:
    for said in unpack(row.answers, items_of(items, (row.instrument, row.version))):
        yield Observation(
            episode=row.episode_key,
            respondent=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            version=row.version,
            wave=said.wave,
            on=said.on,
            scores=said.scores,
        )


# --- worked out anew ------------------------------------------------------------------------------


def rebuild(connection: Connection, episode_keys: Iterable[str]) -> int:
    """Work out anew what is kept of these support episodes; return how many rows that gave.

    For whoever took away or changed observations: it must run in the same transaction.
    """
    items = items_of_versions(connection)
    wanted, rows = sorted(set(episode_keys)), 0
    for start in range(0, len(wanted), EPISODES_AT_ONCE):
        some = wanted[start : start + EPISODES_AT_ONCE]
        connection.execute(delete(pairs).where(pairs.c.episode_key.in_(some)))
        query = select(observations).where(observations.c.episode_key.in_(some))
        found = [_observation(row) for row in connection.execute(query)]
        made = list(worked_out(found, items))
        if made:
            connection.execute(insert(pairs), made)
        rows += len(made)
    return rows


def rebuild_all(connection: Connection, progress: Callable[[int, int], None] | None = None) -> int:
    """Work out anew everything that is kept, from all observations; return how many rows.

    For a database that has observations from before pairs were kept, and after a repair by hand.
    progress: is told how many support episodes are done, and of how many.
    """
    query = select(observations.c.episode_key).distinct().order_by(observations.c.episode_key)
    keys = list(connection.execute(query).scalars())
    connection.execute(delete(pairs).where(pairs.c.episode_key.not_in(query)))
    rows = 0
    for start in range(0, len(keys), EPISODES_AT_ONCE):
        rows += rebuild(connection, keys[start : start + EPISODES_AT_ONCE])
        if progress is not None:
            progress(min(start + EPISODES_AT_ONCE, len(keys)), len(keys))
    return rows


def worked_out(found: Iterable[Observation], items: Mapping[Version, Items]) -> Iterator[Row]:
    """Give the rows that these observations make, the entries of each in the order of time."""
    ordered = sorted(found, key=lambda each: (_key(each), each.place_in_time))
    for key, group in groupby(ordered, _key):
        answers = list(group)
        order = items_of(items, key[2:])
        entries = (pack(Said(each.on, each.wave, each.scores), order) for each in answers)
        yield _row(answers, b"".join(entries))


def _key(each: Observation) -> tuple[str, str, str, int]:
    return each.episode, each.respondent, each.instrument, each.version


def _row(answers: Sequence[Observation], entries: bytes) -> Row:
    one = answers[0]
    return {
        "episode_key": one.episode,
        "participant_key": one.respondent,
        "instrument": one.instrument,
        "version": one.version,
        "role": one.role,
        "first_day": min(each.on for each in answers),
        "last_day": max(each.on for each in answers),
        "answers": entries,
    }


def items_of(items: Mapping[Version, Items], version: Version) -> Items:
    """Return the scored items of one version. Raises ItemsUnknown."""
    try:
        return items[version]
    except KeyError:
        msg = (
            f"version {version[1]} of {version[0]} was answered and its definition is not in this "
            "database: restore the table `definitions` from a backup"
        )
        raise ItemsUnknown(msg) from None


def _observation(row: AnyRow) -> Observation:
    return Observation(
        episode=row.episode_key,
        respondent=row.participant_key,
        role=row.role,
        instrument=row.instrument,
        version=row.version,
        wave=row.wave,
        on=row.day,
        scores=json.loads(row.scores),
    )
