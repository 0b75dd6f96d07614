"""Who agreed that somebody takes part is noted, and cannot be left out where it has to be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import DAY, Place, open_support, rows
from usecases import agreeing, correcting, rights
from usecases.agreeing import Agreed, AgreedBy, Understands
from usecases.inviting import Invitee
from usecases.refusal import Refusal
from usecases.service import Service

TODAY = date(2026, 9, 22)
YOUNG = Agreed(AgreedBy.YOUNG_PERSON, Understands.YES, TODAY)


def _child(episode: str) -> Invitee:
    return Invitee(episode, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)


async def test_nobody_is_invited_without_it_where_it_has_to_be_said(
    place: Place, service: Service
) -> None:
    """Nothing is stored of an invitation that was refused."""
    strict = replace(service, agreement_required=True)
    episode = await open_support(place, strict)
    with pytest.raises(Refusal, match="who agreed"):
        await agreeing.invite(strict, _child(episode), None, place.by)
    assert await rows(strict, tables.participants) == []
    invited = await agreeing.invite(strict, _child(episode), YOUNG, place.by)
    (noted,) = await agreeing.of_participant(strict, invited.participant)
    assert (noted.agreed_by, noted.understands, noted.day, noted.who) == (
        AgreedBy.YOUNG_PERSON,
        Understands.YES,
        TODAY,
        place.by.who,
    )
    (told,) = (await rights.export(strict, invited.participant)).agreements
    assert told.agreed_by == "young-person"


async def test_it_may_be_left_out_where_the_service_decided_so(
    place: Place, service: Service
) -> None:
    """Then nothing is noted, and nothing is made up."""
    episode = await open_support(place, service)
    invited = await agreeing.invite(service, _child(episode), None, place.by)
    assert await agreeing.of_participant(service, invited.participant) == []


@pytest.mark.parametrize(
    ("role", "agreed", "why"),
    [
        (Role.YOUNG_PERSON, replace(YOUNG, understands=Understands.NOT_YET), "cannot agree alone"),
        (Role.YOUNG_PERSON, replace(YOUNG, agreed_by=AgreedBy.THEMSELVES), "who agreed"),
        (Role.YOUNG_PERSON, replace(YOUNG, understands=Understands.GROWN_UP), "who agreed"),
        (Role.YOUNG_PERSON, replace(YOUNG, day=TODAY + DAY), "today or before"),
        (Role.CARER, YOUNG, "for themselves"),
    ],
)
def test_what_cannot_be_is_refused(role: Role, agreed: Agreed, why: str) -> None:
    """A child who does not understand it yet has somebody who answers for them."""
    with pytest.raises(Refusal, match=why):
        agreeing.check(agreed, role, TODAY, required=False)


def test_a_grown_up_agrees_for_themselves() -> None:
    """Whether they understand is no question to a worker."""
    said = Agreed(AgreedBy.THEMSELVES, Understands.NOT_YET, TODAY)
    noted = agreeing.check(said, Role.CARER, TODAY, required=True)
    assert noted == replace(said, understands=Understands.GROWN_UP)


async def test_it_is_asked_again_when_the_age_changes(place: Place, service: Service) -> None:
    """What somebody understood at eleven is not what they understand at twelve."""
    strict = replace(service, agreement_required=True)
    invited = await agreeing.invite(
        strict, _child(await open_support(place, strict)), YOUNG, place.by
    )
    older = AgeBand.SIXTEEN_TO_SEVENTEEN
    with pytest.raises(Refusal, match="who agreed"):
        await correcting.set_age_band(strict, invited.participant, older, place.by)
    await correcting.set_age_band(strict, invited.participant, older, place.by, YOUNG)
    assert len(await agreeing.of_participant(strict, invited.participant)) == 2
