"""What is wrong is put right in one step, and what protects somebody can be handed over in two."""

from __future__ import annotations

import pytest

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import Place, browser, invite, joined, open_support, person_of, rows
from usecases import correcting, handing_over, transcribing
from usecases.arrival import MenuInput, MenuWish
from usecases.handing_over import Recipient, SharingReason
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import Sight, StaffRole


async def test_the_age_is_put_right_and_noted(place: Place, service: Service) -> None:
    """Children are not as old as somebody typed."""
    _, invited = await joined(place, service)
    await correcting.set_age_band(service, invited.participant, AgeBand.TWELVE_TO_FIFTEEN, place.by)
    person = await person_of(service, invited.participant)
    assert person.age_band is AgeBand.TWELVE_TO_FIFTEEN
    assert "age put right: 12-15" in [each.did for each in await rows(service, tables.audit)]
    with pytest.raises(Refusal, match="young person"):
        await correcting.set_age_band(service, invited.participant, AgeBand.ADULT, place.by)


async def test_the_part_of_a_grown_up_is_put_right_before_they_answer(
    place: Place, service: Service
) -> None:
    """Afterwards their answers would be those of somebody else; and no child becomes a carer."""
    episode = await open_support(place, service)
    carer = await invite(place, service, episode, Role.CARER)
    await correcting.set_role(service, carer.participant, Role.PROFESSIONAL, place.by)
    assert (await person_of(service, carer.participant)).role is Role.PROFESSIONAL
    with pytest.raises(Refusal, match="stays one"):
        await correcting.set_role(service, carer.participant, Role.YOUNG_PERSON, place.by)
    caller, answered = await joined(place, service, Role.CARER, AgeBand.ADULT, "T-2002")
    await caller.taps("Start")
    with pytest.raises(Refusal, match="answered already"):
        await correcting.set_role(service, answered.participant, Role.PROFESSIONAL, place.by)


async def test_a_chat_of_somebody_else_is_parted_at_once(place: Place, service: Service) -> None:
    """The stranger is a stranger again, and the browser loses what it showed."""
    caller, invited = await joined(place, service)
    web = await browser(place, service)
    again = await invite(place, service, (await rows(service, tables.support_episodes))[0].id)
    await web.opens(again.web.rpartition("/")[2])
    _, token = await transcribing.new_visitor(service, place.now)
    assert await transcribing.visitor_of(service, token)
    chats = await correcting.chats_of(service, invited.participant, place.by)
    assert {each.channel for each in chats} == {"web", "telegram"}
    tokens = {each.id: each.token_index for each in await rows(service, tables.visitors)}
    for each in chats:
        await correcting.unlink(service, invited.participant, each.id, place.by)
    assert await correcting.chats_of(service, invited.participant, place.by) == []
    left = {each.id: each.token_index for each in await rows(service, tables.visitors)}
    assert left[web.chat] != tokens[web.chat]
    await caller.does(MenuInput(MenuWish.MENU))
    assert "code" in caller.said
    with pytest.raises(Refusal, match="does not belong"):
        await correcting.unlink(service, invited.participant, chats[0].id, place.by)


async def test_what_protects_somebody_is_handed_over_with_a_record_of_it(
    place: Place, service: Service
) -> None:
    """One file, and one line that says what went to whom, why, when and by whom."""
    caller, invited = await joined(place, service)
    await caller.types("the otter sentence")
    given = await handing_over.share(
        service, invited.participant, Recipient.POLICE, SharingReason.MISSING, place.by
    )
    assert [each.text for each in given.everything.words] == ["the otter sentence"]
    assert (given.shared_by, given.shared_at) == (place.by.who, place.now)
    (line,) = [each for each in await rows(service, tables.audit) if each.did.startswith("shared")]
    assert line.did == "shared to protect: with police, missing"
    assert (line.target, line.who, line.at) == (invited.participant, place.by.who, place.now)


async def test_nobody_corrects_or_hands_over_what_is_outside_their_caseload(
    place: Place, service: Service
) -> None:
    """For them it is not there."""
    _, invited = await joined(place, service)
    by = By("c.worker", place.now, Sight(frozenset({StaffRole.WORKER}), "c.worker"))
    for work in (
        correcting.chats_of(service, invited.participant, by),
        correcting.set_age_band(service, invited.participant, AgeBand.FIVE_TO_SEVEN, by),
        correcting.unlink(service, invited.participant, "any", by),
        handing_over.share(
            service, invited.participant, Recipient.POLICE, SharingReason.MISSING, by
        ),
    ):
        with pytest.raises(Refusal, match="Nobody has this id"):
            await work
