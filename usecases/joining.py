"""Coming in: a code, three short pages, and a free choice; nobody is asked anything before.

Used, expired and wrong codes get the same answer, and guessing is throttled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from storage import episodes, invitations, participants, people, recalls, runs
from storage.people import Person, Standing
from surveys.people import Role, may_use_telegram
from usecases import checking_in, planning
from usecases.arrival import Channel, JoinReply
from usecases.desk import Desk
from usecases.welcome import (
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

looks_like_code = invitations.looks_like_code

Refusal = CodeNotKnown | TooManyCodes
"""What is said to somebody whose code lets nobody in."""


def redeem(desk: Desk, code: str) -> Refusal | None:
    """Let somebody in who has a code, or return what to say to somebody whose code does not work.

    That is not said here: what lets nobody in may be somebody's words, and is heard as such first.
    """
    if not _may_try(desk, code):
        return TooManyCodes()
    invitation = invitations.find(desk.work, code, desk.now)
    invited = people.load_person(desk.work, invitation.participant_id) if invitation else None
    if invitation is None or invited is None:
        return _refuse_wrong(desk, code)
    if desk.channel is Channel.TELEGRAM and not may_use_telegram(invited.role, invited.age_band):
        desk.say(ComeToTheWeb(f"{desk.service.public_url}/join/{invitations.tidy_code(code)}"))
    elif _shows_somebody_elses_words(desk, invited):
        desk.say(CodeNotKnown())
    elif invitations.redeem(desk.work, invitation, desk.now):
        _let_in(desk, invited)
    else:
        return _refuse_wrong(desk, code)
    return None


def is_theirs_to_try(desk: Desk, text: str) -> bool:
    """Whether typed words that look like a code are taken as one.

    Those of a stranger always are. Of somebody we know only what was a code of ours: else they are
    just words, and count as a wrong try.
    """
    if desk.person is None:
        return True
    if not _may_try(desk, text):
        return False
    if invitations.whose(desk.work, text) is None:
        _count_wrong_try(desk, text)
        return False
    return True


def _may_try(desk: Desk, code: str) -> bool:
    """Whether this may be tried now: only what could be guessed has to wait."""
    if not invitations.can_be_guessed(code):
        return True
    address = desk.door.address
    # Under every key, as a guesser gets no new tries because the keys are being changed.
    chats = people.chat_indexes(desk.work, address.channel, address.chat_id)
    return invitations.may_try(desk.work, chats, desk.now)


def _count_wrong_try(desk: Desk, code: str) -> None:
    if invitations.can_be_guessed(code):
        invitations.count_wrong_try(desk.work, _chat(desk), desk.now)


def _chat(desk: Desk) -> bytes:
    address = desk.door.address
    return people.chat_index(desk.work, address.channel, address.chat_id)


def _refuse_wrong(desk: Desk, code: str) -> Refusal | None:
    """Somebody who is in already and opens their own old link again is simply welcome."""
    if desk.person is not None and invitations.whose(desk.work, code) == desk.person.id:
        _show_where_they_are(desk, desk.person)
        return None
    _count_wrong_try(desk, code)
    return CodeNotKnown()


def _shows_somebody_elses_words(desk: Desk, invited: Person) -> bool:
    """Whether this browser shows the chat of somebody else: a link opens a new one for them."""
    here = desk.person
    is_other = here is not None and here.id != invited.id and not _same_grown_up(here, invited)
    return is_other and desk.channel is Channel.WEB


def _let_in(desk: Desk, invited: Person) -> None:
    """Link this chat to the invited person and show the first page, or where they were."""
    here = desk.person
    if here is not None and here.id != invited.id and _same_grown_up(here, invited):
        episodes.hand_over(desk.work, invited.id, here.id, desk.now)
        invitations.pass_on(desk.work, invited.id, here.id)
    else:
        _link_chat(desk, here, invited)
        desk.person = here = invited
    if here.standing is Standing.INVITED:
        _set_standing(desk, Standing.READING)
    _show_where_they_are(desk, here)
    if here.standing is Standing.JOINED:
        planning.plan_joining(desk.service, desk.work, here, desk.now)
        planning.plan_coming_back(desk.service, desk.work, here, desk.now)
        checking_in.offer_what_waits(desk)


def _link_chat(desk: Desk, here: Person | None, invited: Person) -> None:
    """Make this chat the one of the invited person; nobody else is spoken to here any more."""
    if here is not None and here.id != invited.id:
        recalls.cancel_at(desk.work.connection, desk.door.address.id)
    address = people.link(desk.work, desk.door.address, here, invited, desk.now)
    desk.door = replace(desk.door, address=address)
    desk.run = runs.load(desk.work, invited.current_run) if invited.current_run else None


def _same_grown_up(here: Person, invited: Person) -> bool:
    """A grown-up may be invited for several children: one person, several support episodes."""
    return (
        here.role is invited.role
        and here.role is not Role.YOUNG_PERSON
        and invited.standing is Standing.INVITED
    )


def _show_where_they_are(desk: Desk, person: Person) -> None:
    if person.standing in (Standing.JOINED, Standing.STOPPED):
        desk.say(_already_in(desk))
    else:
        desk.say(JoinPage(1))


def turn_page(desk: Desk, reply: JoinReply) -> None:
    """Deal with a reply while they read who we are."""
    person = desk.person
    if person is None:
        desk.say(NotKnownYet())
        return
    if person.standing in (Standing.JOINED, Standing.STOPPED):
        desk.say(_already_in(desk))
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
    desk.person = participants.set_standing(desk.work, desk.person, standing, desk.now)


def _already_in(desk: Desk) -> AlreadyJoined:
    return AlreadyJoined(
        stopped=desk.person is not None and desk.person.standing is Standing.STOPPED
    )
