"""How staff know people who answer: by their part, their age and their case, never by name.

It changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from storage import episodes, households
from storage.casework import Casework
from usecases.walls import EVERYTHING, Sight, only_children

_ELSEWHERE: Final = "no case of yours"


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody who is held or would be, as staff know them; `case` names every case of theirs."""

    participant_id: str
    role: str
    age_band: str
    case: str


def describe(
    work: Casework, participant_ids: Collection[str], sight: Sight = EVERYTHING
) -> tuple[Held, ...]:
    """Return these people as staff know them, the young people first.

    Cases outside somebody's sight are not named to them.
    """
    members = households.describe(work, participant_ids)
    children = only_children(work, sight, {child for each in members for child in each.child_ids})
    cases = episodes.case_references(work, sorted(children))
    return tuple(
        Held(
            each.participant_id,
            each.role,
            each.age_band,
            ", ".join(sorted(cases[child] for child in each.child_ids if child in cases))
            or _ELSEWHERE,
        )
        for each in members
    )
