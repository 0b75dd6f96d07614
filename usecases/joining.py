"""Coming in: a code, three short pages, and a free choice; nobody is asked anything before.

Used, expired and wrong codes get the same answer, and guessing is throttled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from storage import episodes, invitations, people
from storage.casework import LINK_PARTICIPATION, SET_STANDING
from storage.people import Person, Standing
from surveys.people import Role, may_use_telegram
from usecases import checking_in, planning
from usecases.arrival import Channel, JoinReply
from usecases.desk import Desk
from usecases.telling import (
    AlreadyJoined,
    CodeNotKnown,
    ComeToTheWeb,
    Joined,
    JoinPage,
    JoinPutOff,
    MoreAboutUs,
    NotKnownYet,
    TooManyCodes,
)


def redeem(desk: Desk, code: str) -> None:
    """Let somebody in who has a code, or say kindly that it does not work."""
    chat = people.chat_index(desk.work, desk.door.address.channel, desk.door.address.chat_id)
    if not invitations.may_try(desk.work, chat, desk.now):
        desk.say(TooManyCodes())
        return
    invitation = invitations.find(desk.work, code, desk.now)
    invited = people.load_person(desk.work, invitation.participant_id) if invitation else None
    if invitation is None or invited is None:
        _refuse(desk, chat)
        return
    if desk.channel is Channel.TELEGRAM and not may_use_telegram(invited.role, invited.age_band):
        desk.say(ComeToTheWeb(f"{desk.service.public_url}/join/{invitations.tidy_code(code)}"))
        return
    if not invitations.redeem(desk.work, invitation, desk.now):
        _refuse(desk, chat)
        return
    _let_in(desk, invited)


def _refuse(desk: Desk, chat: bytes) -> None:
    """Somebody who is in already and opens their old link again is simply welcome."""
    if desk.person is not None:
        _show_where_they_are(desk, desk.person)
        return
    invitations.count_wrong_try(desk.work, chat, desk.now)
    desk.say(CodeNotKnown())


def _let_in(desk: Desk, invited: Person) -> None:
    """Link this chat to the invited person and show the first page, or where they were."""
    here = desk.person
    if here is not None and here.id != invited.id and _same_grown_up(here, invited):
        _join_another_episode(desk, here, invited)
        return
    people.link(desk.work, desk.door.address, invited, desk.now)
    desk.person = invited
    if invited.standing is Standing.INVITED:
        _set_standing(desk, Standing.READING)
    _show_where_they_are(desk, desk.person)


def _same_grown_up(here: Person, invited: Person) -> bool:
    """A grown-up may be invited for several children: one person, several support episodes."""
    return (
        here.role is invited.role
        and here.role is not Role.YOUNG_PERSON
        and here.standing is Standing.JOINED
        and invited.standing is Standing.INVITED
    )


def _join_another_episode(desk: Desk, here: Person, invited: Person) -> None:
    for episode in episodes.episodes_of(desk.work, invited.id):
        joined = {"participant": here.id, "episode": episode.id, "was": invited.id}
        desk.work.change(LINK_PARTICIPATION, joined)
    desk.work.flush()
    planning.plan_joining(desk.service, desk.work, here, desk.now)
    desk.say(AlreadyJoined())
    checking_in.offer_what_waits(desk)


def _show_where_they_are(desk: Desk, person: Person) -> None:
    if person.standing in (Standing.JOINED, Standing.STOPPED):
        desk.say(AlreadyJoined())
    else:
        desk.say(JoinPage(1))


def turn_page(desk: Desk, reply: JoinReply) -> None:
    """Deal with a reply while they read who we are."""
    person = desk.person
    if person is None:
        desk.say(NotKnownYet())
        return
    if person.standing in (Standing.JOINED, Standing.STOPPED):
        desk.say(AlreadyJoined())
        return
    match reply:
        case JoinReply.SECOND_PAGE:
            desk.say(JoinPage(2))
        case JoinReply.THIRD_PAGE:
            desk.say(JoinPage(3))
        case JoinReply.TELL_ME_MORE:
            desk.say(MoreAboutUs())
        case JoinReply.NOT_NOW:
            _set_standing(desk, Standing.NOT_NOW)
            desk.say(JoinPutOff())
        case JoinReply.YES:
            _join(desk)
        case _:
            assert_never(reply)


def _join(desk: Desk) -> None:
    """They said yes: plan what is due and offer the first questions."""
    _set_standing(desk, Standing.JOINED)
    assert desk.person is not None  # noqa: S101 (turn_page refused strangers)
    planning.plan_joining(desk.service, desk.work, desk.person, desk.now)
    desk.say(Joined())
    checking_in.offer_what_waits(desk)


def _set_standing(desk: Desk, standing: Standing) -> None:
    assert desk.person is not None  # noqa: S101 (only called for somebody we know)
    joined_at = desk.now if standing is Standing.JOINED else None
    desk.work.change(
        SET_STANDING,
        {"row_id": desk.person.id, "status": standing.value, "joined_at": joined_at},
    )
    desk.person = replace(desk.person, standing=standing)
