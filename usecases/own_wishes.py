"""What somebody wants to reach, who agreed, and what they wished: as their own export tells it.

It changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from storage import agreements, goals, wishes
from storage.casework import Casework
from usecases.everything import GivenAgreement, GoalRating, MadeWish, RatedGoal


def tell_goals(work: Casework, participant_id: str, texts: Mapping[str, str]) -> list[RatedGoal]:
    """Return somebody's goals in their own words; `texts` holds their words by id."""
    return [
        RatedGoal(
            text=texts.get(each.words_id, ""),
            made_at=each.made_at,
            ended_at=each.ended_at,
            ratings=[GoalRating(value=rated.value, at=rated.at) for rated in each.ratings],
        )
        for each in goals.of_participant(work, participant_id)
    ]


def tell_agreements(work: Casework, participant_id: str) -> list[GivenAgreement]:
    """Return who agreed that somebody takes part, the newest first."""
    return [
        GivenAgreement(
            agreed_by=each.agreed_by.value, understands=each.understands.value, day=each.day
        )
        for each in agreements.of_participant(work, participant_id)
    ]


def tell_wishes(work: Casework, participant_id: str) -> list[MadeWish]:
    """Return what somebody wished about what we keep, and what became of it."""
    return [
        MadeWish(
            kind=each.kind.value,
            at=each.at,
            due_at=each.due_at,
            decided_at=each.decided_at,
            decision=each.decision.value if each.decision is not None else None,
            reason=each.reason.value if each.reason is not None else None,
        )
        for each in wishes.of_participant(work, participant_id)
    ]
