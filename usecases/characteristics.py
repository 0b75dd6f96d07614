"""Protected characteristics that somebody gave of free will: noting them and taking them back.

Nobody is ever asked for one here. What is taken back is deleted, and the audit does not say what
was noted: only that something was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from outcomes.measures.characteristics import VALUES, Characteristic
from storage import audit, characteristics, episodes
from storage.casework import Casework
from storage.characteristics import Given
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_NO_EPISODE: Final = "There is no support episode with this id. See `starling episode list`."


class GivenBy(StrEnum):
    """Who gave it: the young person, or their worker with their knowledge."""

    PERSON = "person"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to stand of some characteristics from now on; None takes one back.

    What is not named stays as it is. `given_by` is needed where there is a value.
    """

    values: Mapping[Characteristic, str | None]
    given_by: GivenBy | None


NOTHING_GIVEN: Final = Change({}, None)
"""Nothing is said, so nothing changes."""


async def look(service: Service, episode_id: str) -> dict[Characteristic, Given]:
    """Return what was given for the child of a support episode. Raises Refusal."""

    def work(casework: Casework) -> dict[Characteristic, Given]:
        return of_child(casework, _child_of(casework, episode_id))

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def note(service: Service, episode_id: str, change: Change, by: By) -> None:
    """Note what was given for the child of a support episode, or take it back. Raises Refusal."""

    def work(casework: Casework) -> None:
        note_in(casework, episode_id, change, by)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def note_in(work: Casework, episode_id: str, change: Change, by: By) -> None:
    """Note it inside a transaction; what stands already stays as it is. The caller flushes."""
    for what, value in change.values.items():
        if value is not None and value not in VALUES[what]:
            msg = f"There is no such value for {what.value}. Use one of: {', '.join(VALUES[what])}."
            raise Refusal(msg)
    child = _child_of(work, episode_id, hold=True)
    characteristics.hold(work, [child])
    write(work, [(child, change)], {child: of_child(work, child)}, by)


def of_child(work: Casework, child_id: str) -> dict[Characteristic, Given]:
    """Return what was given for one child."""
    found = characteristics.of_children(work, [child_id]).get(child_id, {})
    return {Characteristic(what): given for what, given in found.items()}


def write(
    work: Casework,
    wanted: Sequence[tuple[str, Change]],
    stored: Mapping[str, Mapping[Characteristic, Given]],
    by: By,
) -> None:
    """Write what differs from what is stored, with one line in the audit for each child.

    wanted: changes with the child each is about; the last one counts. stored: by child. Raises
    Refusal where it is not said who gave a value.
    """
    new: dict[tuple[str, str], Given | None] = {}
    for child, change in wanted:
        was = {what: given.value for what, given in stored.get(child, {}).items()}
        for what in differences(change, was):
            new[child, what.value] = _given(what, change, by)
    characteristics.remove(work, [place for place, given in new.items() if given is None])
    characteristics.store(work, [(child, given) for (child, _), given in new.items() if given])
    for child in sorted({child for child, _ in new}):
        audit.note(work, by.who, "noted characteristics", child, by.now)


def _given(what: Characteristic, change: Change, by: By) -> Given | None:
    value = change.values[what]
    if value is None:
        return None
    if change.given_by is None:
        msg = "Say who gave it: the young person, or their worker."
        raise Refusal(msg)
    return Given(what.value, value, change.given_by.value, by.now, by.who)


def differences(change: Change, was: Mapping[Characteristic, str]) -> list[Characteristic]:
    """Return which characteristics would stand differently."""
    return [what for what, value in change.values.items() if was.get(what) != value]


def _child_of(work: Casework, episode_id: str, *, hold: bool = False) -> str:
    episode = (episodes.hold if hold else episodes.load)(work, episode_id)
    if episode is None:
        raise Refusal(_NO_EPISODE)
    return episode.child_id
