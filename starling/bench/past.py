"""Works out what one made-up person leaves in the database: a pattern for everybody else's rows.

The engine and the renderer say what was asked and answered; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from starling.bench.taps import WHO
from storage import observations, outbox, runs, tables
from storage.casework import Casework, Row
from storage.occasions import OccasionState
from storage.outbox import Delivery
from storage.people import Address, Standing
from storage.runs import StoredRun
from storage.sequence import new_id
from storage.vault import Place
from surveys import engine
from surveys.conversation import RunId, Tapped, Turn
from surveys.instrument import Instrument
from usecases.arrival import Channel
from usecases.telling import AboutRun, Renderer

PERSON: Final = "the-participant-"
EPISODE: Final = "the-episode-----"
ADDRESS: Final = Address("the-address-----", Channel.TELEGRAM.value, 1)
NEW_RUN: Final = RunId("the-new-run-----")
_KEY: Final = "the-key---------"
_EPISODE_KEY: Final = "the-episode-key-"
_CHILD: Final = "the-child-------"
_OCCASION: Final = "the-occasion----"
_OLD_RUN: Final = RunId("the-old-run-----")
NAMES: Final = (PERSON, EPISODE, ADDRESS.id, _KEY, _EPISODE_KEY, _CHILD, _OCCASION, _OLD_RUN)
"""What is replaced by names of somebody's own when the pattern is copied."""

_WINDOW: Final = timedelta(days=28)
_MIDDLE: Final = 3

Rows = list[tuple[Any, Row]]
"""Tables, each with a row for it."""


class Pattern(Casework):
    """A unit of work that keeps its new rows to be copied instead of writing them."""

    def __init__(self, like: Casework) -> None:
        """Take numbers, keys and names from where another unit takes them."""
        super().__init__(like.connection, like.vault, like.numbers, like.entropy)
        self.rows: Rows = []

    def insert(self, table: Any, row: Row) -> None:
        """Keep one row."""
        self.rows.append((table, row))

    def say(self, render: Renderer, instrument: Instrument, turn: Turn, then: datetime) -> None:
        """Add what was said after a turn, as sent."""
        told = AboutRun(instrument, turn.run, turn.events)
        said = Pattern(self)
        outbox.queue(said, ADDRESS, render([told], WHO, tapped=True), then)
        sent = {"state": Delivery.SENT.value, "leased_until": None, "sent_at": then}
        for table, row in said.rows:
            self.insert(table, {**row, **sent, "message_id": row["id"] % 1_000_000})


def work_out_past(work: Casework, render: Renderer, instrument: Instrument, then: datetime) -> Rows:
    """Return the rows of somebody who joined, was asked everything once and answered it all."""
    pattern = Pattern(work)
    add_support(pattern, then)
    add_person(pattern, then, current_run=_OLD_RUN)
    turn = engine.start(instrument, _OLD_RUN, WHO.voice, then)
    stored = StoredRun(turn.run, 0, EPISODE, _OCCASION, ())
    pattern.say(render, instrument, turn, then)
    while not turn.run.status.over:
        choices = instrument.item(turn.run.asked[-1]).choices
        given = Tapped(turn.run.step, choices[len(choices) // 2].value)
        turn = engine.resume(instrument, turn.run, given, then)
        stored = runs.move(pattern, stored, turn.run, turn.events, ADDRESS.channel)
        pattern.say(render, instrument, turn, then)
    runs.begin(pattern, PERSON, stored)
    _add_outcome(pattern, instrument, then)
    return pattern.rows


def work_out_beginning(
    work: Casework, render: Renderer, instrument: Instrument, now: datetime
) -> Rows:
    """Return the rows of a new run whose first question has arrived."""
    pattern = Pattern(work)
    turn = engine.start(instrument, NEW_RUN, WHO.voice, now)
    runs.begin(pattern, PERSON, StoredRun(turn.run, 0, EPISODE, None, ()))
    pattern.say(render, instrument, turn, now)
    return pattern.rows


def renamed(work: Casework, row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of the pattern under names and numbers of its own."""
    new: dict[str, Any] = {column: names.get(value, value) for column, value in row.items()}
    own = row.get("id")
    if isinstance(own, int):
        new["id"] = work.numbers.next(row["made_at"])
    elif own is not None and own not in names:
        new["id"] = new_id(work.entropy)
    run = row.get("run_id")
    if "body" in row and run is not None:
        new["body"] = row["body"].replace(run, names[run])
    return new


def secrets_of(
    work: Casework, names: Mapping[str, str], number: int, chat_id: int
) -> dict[str, dict[str, bytes]]:
    """Return, by table, what is locked or indexed for one person alone."""
    case = f"MADE-UP-{number:06d}"
    child, address, person = names[_CHILD], names[ADDRESS.id], names[PERSON]
    chat = Place("addresses", "chat_cipher", address)
    return {
        "children": {
            "ref_index": work.vault.index("case", case.casefold()),
            "ref_cipher": work.vault.seal(Place("children", "ref_cipher", child), case.encode()),
        },
        "addresses": {
            "chat_index": work.vault.index("chat", f"{ADDRESS.channel}:{chat_id}"),
            "chat_cipher": work.vault.seal(chat, str(chat_id).encode()),
        },
        "participants": {"wrapped_key": work.vault.new_person_key(person)},
    }


def add_support(pattern: Pattern, then: datetime) -> None:
    """Add a child and the support that they get."""
    pattern.insert(
        tables.children, {"id": _CHILD, "ref_index": b"", "ref_cipher": b"", "made_at": then}
    )
    pattern.insert(
        tables.support_episodes,
        {
            "id": EPISODE,
            "key": _EPISODE_KEY,
            "child_id": _CHILD,
            "commissioner": "derby-city",
            "strand": "direct",
            "intervention": "theraplay",
            "lives": "foster",
            "opened_on": then.date(),
            "closed_on": None,
            "close_reason": None,
        },
    )


def add_person(pattern: Pattern, then: datetime, *, current_run: str | None) -> None:
    """Add somebody who joined and the chat in which they are reached."""
    pattern.insert(
        tables.participants,
        {
            "id": PERSON,
            "key": _KEY,
            "role": WHO.role.value,
            "age_band": WHO.age_band.value,
            "child_id": _CHILD,
            "status": Standing.JOINED.value,
            "resting_until": None,
            "wrapped_key": b"",
            "current_run": current_run,
            "made_at": then,
            "joined_at": then,
        },
    )
    pattern.insert(
        tables.participations,
        {"participant_id": PERSON, "episode_id": EPISODE, "since": then, "until": None},
    )
    pattern.insert(
        tables.addresses,
        {
            "id": ADDRESS.id,
            "participant_id": PERSON,
            "channel": ADDRESS.channel,
            "chat_index": b"",
            "chat_cipher": b"",
            "linked_at": then,
            "used_at": then,
            "blocked_at": None,
        },
    )


def _add_outcome(pattern: Pattern, instrument: Instrument, then: datetime) -> None:
    """Add the due moment that was answered, and its numbers."""
    answered = {
        "instrument": instrument.id,
        "wave": "start",
        "state": OccasionState.ANSWERED.value,
        "next_at": None,
        "offered_at": then,
        "ended_at": then,
        "run_id": _OLD_RUN,
    }
    pattern.insert(tables.occasions, _due(then) | answered)
    observations.add(
        pattern,
        observations.NewObservation(
            episode_key=_EPISODE_KEY,
            participant_key=_KEY,
            role=WHO.role.value,
            instrument=instrument.id,
            version=instrument.version,
            wave="start",
            day=then.date(),
            complete=True,
            scores={item.id: _MIDDLE for item in instrument.items if item.scored},
        ),
        instrument,
    )


def add_planned(pattern: Pattern, due_at: datetime) -> None:
    """Add a due moment at which they have not been asked yet: a review."""
    pattern.insert(tables.occasions, _due(due_at))


def _due(due_at: datetime) -> dict[str, Any]:
    return {
        "id": _OCCASION,
        "participant_id": PERSON,
        "participant_key": _KEY,
        "episode_id": EPISODE,
        "episode_key": _EPISODE_KEY,
        "role": WHO.role.value,
        "instrument": "check-in",
        "wave": "review",
        "round": 1,
        "rhythm": "otherwise",
        "state": OccasionState.PLANNED.value,
        "local_time": due_at.replace(tzinfo=None).isoformat(timespec="minutes"),
        "zone": "Europe/London",
        "due_at": due_at,
        "window_ends_at": due_at + _WINDOW,
        "next_at": due_at,
        "reminders": 0,
        "offered_at": None,
        "ended_at": None,
        "run_id": None,
    }
