"""An e-mail says that something is waiting: to those who chose it, once, at a good time."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from followups import occasions as clock
from storage import nudges, tables, unseen
from storage.casework import Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, OutgoingKind, Sent
from storage.unseen import Window
from storage.vault import Tampered
from surveys.people import AgeBand, OwnTime, Role, Voice
from tests.support.callers import (
    DAY,
    HOUR,
    LONDON,
    Caller,
    Place,
    answering,
    browser,
    moments,
    open_support,
    person_of,
    rows,
    write,
)
from usecases import nudging, sending, transcribing
from usecases.arrival import MenuInput, MenuWish, OccasionId, OccasionInput, OfferReply
from usecases.inviting import Invited
from usecases.letters import Fate, Letter
from usecases.nudging import Asked, Choice, State
from usecases.service import Service

MAIL = "canary-token@example.org"
MINUTE = timedelta(minutes=1)
LINK = re.compile(r"https://starling\.test/mail/(\w+)")


@dataclass
class Postbox:
    """Takes letters and does with them what a test wants."""

    letters: list[Letter] = field(default_factory=list)
    fate: Fate = Fate.SENT

    async def __call__(self, letter: Letter) -> Fate:
        """Take a letter."""
        await asyncio.sleep(0)
        self.letters.append(letter)
        return self.fate

    @property
    def newest_secret(self) -> str:
        """The secret in the newest link."""
        found = [LINK.search(letter.body) for letter in self.letters]
        return [each[1] for each in found if each is not None][-1]

    @property
    def nudges(self) -> list[Letter]:
        """The letters that say that something is waiting."""
        return [letter for letter in self.letters if letter.subject == "Something is waiting"]


async def joined_in_a_browser(
    place: Place,
    service: Service,
    band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN,
    role: Role = Role.YOUNG_PERSON,
    case: str = "T-1001",
) -> tuple[Caller, Invited]:
    """Return somebody in the web chat who has said yes and wants no questions today."""
    episode = await open_support(place, service, case)
    caller, invited = await answering(place, service, episode, role, band)
    await caller.taps("Not this time")
    return caller, invited


async def choose(caller: Caller, post: Postbox, mail: str = MAIL) -> None:
    """Type an address and say yes there."""
    asked = await nudging.ask(caller.service, post, caller.chat, mail, caller.place.now)
    assert asked is Asked.SENT
    assert await nudging.confirm(caller.service, post.newest_secret, caller.place.now)


async def comes_due(caller: Caller, participant: str) -> OccasionId:
    """Let the next due moment come, and write what is asked into the web chat's record."""
    due = [each for each in await moments(caller.service, participant) if each.next_at is not None]
    occasion = min(due, key=lambda each: each.next_at or each.due_at)
    assert occasion.next_at is not None
    caller.place.now = max(caller.place.now, occasion.next_at)
    await ring(caller)
    return OccasionId(occasion.id)


async def ring(caller: Caller) -> int:
    """Let the clock ask whoever is due; return how many messages came."""
    number = 0
    for each in await clock.fire_due(caller.service, caller.place.now):
        assert each.outgoing.kind is OutgoingKind.SEND
        shown = transcribing.Shown(each.outgoing.text, each.outgoing.rows)
        line = await transcribing.write(caller.service, each.chat_id, shown, caller.place.now)
        sending.record(
            caller.service, [Sent(each.id, Delivery.SENT, line)], caller.place.now + 0.2 * MINUTE
        )
        number += 1
    await caller.service.lane.settled()
    return number


async def nudge(caller: Caller, post: Postbox) -> Counter[Fate]:
    return await nudging.nudge_due(caller.service, post, caller.place.now)


async def waits_unseen(
    place: Place, service: Service, post: Postbox, **who: Any
) -> tuple[Caller, Invited]:
    """Return somebody who chose e-mails and was asked eleven minutes ago."""
    caller, invited = await joined_in_a_browser(place, service, **who)
    await choose(caller, post)
    await comes_due(caller, invited.participant)
    place.forward(11 * MINUTE)
    return caller, invited


async def chosen(caller: Caller) -> Choice | None:
    return await nudging.look(caller.service, caller.chat, caller.place.now)


async def state_of(caller: Caller) -> State:
    choice = await chosen(caller)
    assert choice is not None
    return choice.state


# --- choosing -------------------------------------------------------------------------------------


async def test_it_is_off_until_somebody_chooses_it(place: Place, service: Service) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    assert await chosen(caller) == Choice(State.OFF, Voice.OLDER)
    await comes_due(caller, invited.participant)
    place.forward(HOUR)
    assert (await nudge(caller, post), post.letters) == (Counter(), [])


async def test_an_address_counts_once_somebody_said_yes_there(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox()
    assert await nudging.ask(service, post, caller.chat, f" {MAIL} ", place.now) is Asked.SENT
    assert await chosen(caller) == Choice(State.ASKED, Voice.OLDER, MAIL)
    assert [letter.to for letter in post.letters] == [MAIL]
    secret = post.newest_secret
    assert await nudging.is_open(service, secret, place.now)
    assert await state_of(caller) is State.ASKED, "looking says nothing"
    assert await nudging.confirm(service, secret, place.now)
    assert await state_of(caller) is State.ON
    assert not await nudging.is_open(service, secret, place.now)
    assert not await nudging.confirm(service, secret, place.now), "a link works once"


async def test_without_a_yes_nothing_comes(place: Place, service: Service) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    await nudging.ask(service, post, caller.chat, MAIL, place.now)
    await comes_due(caller, invited.participant)
    place.forward(HOUR)
    await nudge(caller, post)
    assert post.nudges == []


async def test_a_link_works_for_two_days(place: Place, service: Service) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox()
    await nudging.ask(service, post, caller.chat, MAIL, place.now)
    late = place.now + 2 * DAY
    assert await nudging.is_open(service, post.newest_secret, late - MINUTE)
    assert not await nudging.is_open(service, post.newest_secret, late)
    assert not await nudging.confirm(service, post.newest_secret, late)
    place.now = late
    assert await state_of(caller) is State.OFF


@pytest.mark.parametrize("secret", ["", "0", "x" * 500, "ü", "\ud800", "' OR 1=1 --"])
async def test_a_guess_opens_nothing(small_place: Place, small: Service, secret: str) -> None:
    caller, _ = await joined_in_a_browser(small_place, small)
    await nudging.ask(small, Postbox(), caller.chat, MAIL, small_place.now)
    assert not await nudging.is_open(small, secret, small_place.now)
    assert not await nudging.confirm(small, secret, small_place.now)


async def test_another_address_takes_the_place_of_the_first_and_its_link(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    await nudging.ask(service, post, caller.chat, "first@example.org", place.now)
    first = post.newest_secret
    await nudging.ask(service, post, caller.chat, "second@example.org", place.now)
    assert not await nudging.confirm(service, first, place.now)
    assert await chosen(caller) == Choice(State.ASKED, Voice.OLDER, "second@example.org")
    assert len(await rows(service, tables.nudges)) == 1


async def test_one_tap_takes_it_away_and_nothing_is_left(place: Place, service: Service) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    assert await nudging.take_away(service, caller.chat)
    assert await rows(service, tables.nudges) == []
    assert not await nudging.take_away(service, caller.chat)
    await nudge(caller, post)
    assert (post.nudges, await state_of(caller)) == ([], State.OFF)


async def test_three_first_letters_a_day_are_the_most_that_one_person_can_send(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    other, _ = await joined_in_a_browser(place, service, case="T-1002")
    post = Postbox()
    for number in range(3):
        mail = f"made-up-{number}@example.org"
        assert await nudging.ask(service, post, caller.chat, mail, place.now) is Asked.SENT
        await nudging.take_away(service, caller.chat)
    for _ in range(2):
        asked = await nudging.ask(service, post, caller.chat, MAIL, place.now + 23 * HOUR)
        assert asked is Asked.TOO_OFTEN
    assert (len(post.letters), await rows(service, tables.nudges)) == (3, [])
    assert await nudging.ask(service, post, other.chat, MAIL, place.now) is Asked.SENT
    assert await nudging.ask(service, post, caller.chat, MAIL, place.now + DAY) is Asked.SENT


async def test_what_is_no_address_is_said_and_not_stored(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined_in_a_browser(small_place, small)
    post = Postbox()
    for typed in ("", "me", "me@home", "a@b.org\nBcc: c@d.org"):
        asked = await nudging.ask(small, post, caller.chat, typed, small_place.now)
        assert asked is Asked.NO_ADDRESS
    assert (post.letters, await rows(small, tables.nudges)) == ([], [])


async def test_an_address_that_does_not_exist_is_not_written_to_again(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox(fate=Fate.REFUSED)
    assert await nudging.ask(service, post, caller.chat, MAIL, place.now) is Asked.REFUSED
    assert await chosen(caller) == Choice(State.FAILED, Voice.OLDER, MAIL)
    assert not await nudging.confirm(service, post.newest_secret, place.now)


async def test_an_address_to_which_nothing_could_be_sent_is_not_kept(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox(fate=Fate.NOT_SENT)
    assert await nudging.ask(service, post, caller.chat, MAIL, place.now) is Asked.NOT_SENT
    assert await rows(service, tables.nudges) == []


@pytest.mark.parametrize("band", [AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN])
async def test_young_children_are_not_asked_for_an_address(
    small_place: Place, small: Service, band: AgeBand
) -> None:
    caller, invited = await joined_in_a_browser(small_place, small, band)
    post = Postbox()
    assert await state_of(caller) is State.TOO_YOUNG
    asked = await nudging.ask(small, post, caller.chat, MAIL, small_place.now)
    assert (asked, post.letters) == (Asked.NOT_FOR_THEM, [])
    person = await person_of(small, invited.participant)
    await write(small, lambda work: nudges.put(work, person, MAIL, small_place.now))
    yes = update(tables.nudges).values(confirmed_at=small_place.now)
    await write(small, lambda work: work.connection.execute(yes))
    await comes_due(caller, invited.participant)
    small_place.forward(11 * MINUTE)
    await nudge(caller, post)
    assert post.letters == [], "not even where an address got in by mistake"


async def test_whoever_takes_no_part_is_offered_nothing(place: Place, service: Service) -> None:
    stranger = await browser(place, service)
    assert await chosen(stranger) is None
    asked = await nudging.ask(service, Postbox(), stranger.chat, MAIL, place.now)
    assert asked is Asked.NOT_FOR_THEM
    caller, _ = await joined_in_a_browser(place, service)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    assert await chosen(caller) is None


# --- what is stored -------------------------------------------------------------------------------


async def test_neither_address_nor_secret_can_be_read_in_the_database(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    (row,) = await rows(service, tables.nudges)
    stored = b"|".join(str(each).encode() + bytes(each or b"") for each in row if each is not None
                       and isinstance(each, bytes))  # fmt: skip
    assert b"canary" not in stored
    assert post.newest_secret.encode() not in stored
    assert "canary" not in repr(await chosen(caller))
    assert "canary" not in repr(post.letters)


async def test_an_address_is_sealed_with_the_persons_own_key(
    place: Place, service: Service
) -> None:
    """Two people with one address have nothing in common, and one cannot open the other's."""
    caller, invited = await joined_in_a_browser(place, service)
    other, also = await joined_in_a_browser(place, service, case="T-1002")
    for each in (caller, other):
        await choose(each, Postbox())
    person = await person_of(service, invited.participant)
    stranger = await person_of(service, also.participant)

    def swap(work: Casework) -> None:
        found = nudges.of_person(work, person)
        assert found is not None
        assert found.mail == MAIL
        with pytest.raises(Tampered):
            nudges.of_person(work, replace(stranger, wrapped_key=person.wrapped_key))

    await write(service, swap)
    first, second = await rows(service, tables.nudges)
    assert first.mail_cipher != second.mail_cipher


async def test_what_nobody_said_yes_to_is_forgotten_after_two_days(
    place: Place, service: Service
) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    other, _ = await joined_in_a_browser(place, service, case="T-1002")
    post = Postbox()
    await choose(other, post)
    await nudging.ask(service, post, caller.chat, MAIL, place.now)
    await nudging.forget_unconfirmed(service, place.now + 2 * DAY - MINUTE)
    assert len(await rows(service, tables.nudges)) == 2
    await nudging.forget_unconfirmed(service, place.now + 2 * DAY)
    (left,) = await rows(service, tables.nudges)
    assert left.confirmed_at is not None


async def test_whoever_stops_leaves_no_address_behind(place: Place, service: Service) -> None:
    caller, _ = await joined_in_a_browser(place, service)
    await choose(caller, Postbox())
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    await nudging.forget_unconfirmed(service, place.now)
    assert await rows(service, tables.nudges) == []


# --- when -----------------------------------------------------------------------------------------


async def test_an_asking_that_nobody_looked_at_brings_one_letter(
    place: Place, service: Service
) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    assert await nudge(caller, post) == {Fate.SENT: 1}
    for _ in range(3):
        assert await nudge(caller, post) == {}
        place.forward(9 * HOUR)
    assert [letter.to for letter in post.nudges] == [MAIL]


async def test_ten_minutes_are_left_to_look_without_a_letter(
    place: Place, service: Service
) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    await comes_due(caller, invited.participant)
    place.forward(10 * MINUTE)
    await nudge(caller, post)
    assert post.nudges == []
    place.forward(MINUTE)
    await nudge(caller, post)
    assert len(post.nudges) == 1


async def test_whoever_has_looked_gets_no_letter(place: Place, service: Service) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    await comes_due(caller, invited.participant)
    nudging.note_seen(service, caller.chat, place.forward(MINUTE))
    nudging.note_seen(service, caller.chat, place.now - DAY)
    await service.lane.settled()
    place.forward(HOUR)
    await nudge(caller, post)
    assert post.nudges == []


async def test_whoever_looked_before_gets_one(place: Place, service: Service) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    nudging.note_seen(service, caller.chat, place.now)
    await comes_due(caller, invited.participant)
    place.forward(11 * MINUTE)
    await nudge(caller, post)
    assert len(post.nudges) == 1


async def test_quiet_hours_hold_for_letters_too(place: Place, service: Service) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    morning = place.now.astimezone(LONDON) + DAY
    place.now = place.now.astimezone(LONDON).replace(hour=22, minute=30)
    await nudge(caller, post)
    place.now = morning.replace(hour=6)
    await nudge(caller, post)
    assert post.nudges == []
    place.now = service.rhythm.allowed(OwnTime(AgeBand.SIXTEEN_TO_SEVENTEEN), place.now)
    await nudge(caller, post)
    assert len(post.nudges) == 1


@pytest.mark.parametrize("why", ["suppressed", "resting", "stopped", "left", "answering", "closed"])
async def test_whoever_is_not_to_be_asked_now_gets_no_letter(
    place: Place, service: Service, why: str
) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    person, now = tables.participants, place.now
    change = {
        "suppressed": update(person).values(suppressed_at=now),
        "resting": update(person).values(resting_until=now + DAY),
        "stopped": update(person).values(status="stopped"),
        "left": update(tables.participations).values(until=now),
        "answering": update(tables.occasions).values(state=OccasionState.ANSWERING.value),
        "closed": update(tables.occasions).values(window_ends_at=now),
    }[why]
    await write(service, lambda work: work.connection.execute(change))
    await nudge(caller, post)
    assert post.nudges == []


async def test_an_asking_of_last_week_brings_no_letter(place: Place, service: Service) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    place.forward(4 * DAY)
    await nudge(caller, post)
    assert post.nudges == []


async def test_giving_the_address_again_brings_no_second_letter(
    place: Place, service: Service
) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    await nudge(caller, post)
    await nudging.take_away(service, caller.chat)
    place.forward(MINUTE)
    await choose(caller, post)
    place.forward(HOUR)
    await nudge(caller, post)
    assert len(post.nudges) == 1


async def test_after_a_restore_nobody_is_told_of_what_was_asked_before(
    place: Place, service: Service
) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    await write(service, lambda work: unseen.pass_over(work.connection, place.now))
    for _ in range(3):
        await nudge(caller, post)
        place.forward(12 * HOUR)
    assert post.nudges == []


async def test_a_second_asking_of_the_day_brings_no_second_letter(
    place: Place, service: Service
) -> None:
    caller, invited = await joined_in_a_browser(place, service)
    post = Postbox()
    await choose(caller, post)
    occasion = await comes_due(caller, invited.participant)
    place.forward(11 * MINUTE)
    await nudge(caller, post)
    await caller.does(OccasionInput(occasion, OfferReply.IN_AN_HOUR), message_id=1)
    place.forward(HOUR)
    assert await ring(caller) == 1
    place.forward(11 * MINUTE)
    await nudge(caller, post)
    assert len(post.nudges) == 1


async def test_an_address_that_is_refused_is_not_used_again_and_the_person_sees_it(
    place: Place, service: Service
) -> None:
    post = Postbox()
    caller, invited = await waits_unseen(place, service, post)
    post.fate = Fate.REFUSED
    assert await nudge(caller, post) == {Fate.REFUSED: 1}
    assert await chosen(caller) == Choice(State.FAILED, Voice.OLDER, MAIL)
    assert await rows(service, tables.notices) == []
    await comes_due(caller, invited.participant)
    place.forward(11 * MINUTE)
    assert await nudge(caller, post) == {}


async def test_what_did_not_arrive_is_not_tried_again_and_the_others_wait_for_the_next_ring(
    place: Place, service: Service
) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    for number in range(3):
        mail_of = f"T-20{number}"
        other, invited = await joined_in_a_browser(place, service, case=mail_of)
        await choose(other, post, f"made-up-{number}@example.org")
        await comes_due(other, invited.participant)
    place.forward(11 * MINUTE)
    caller_waits = await nudging._who_waits(
        service, Window(place.now, place.now - timedelta(hours=12))
    )
    post.fate = Fate.NOT_SENT
    assert await nudge(caller, post) == {Fate.NOT_SENT: 1}
    post.fate = Fate.SENT
    assert await nudge(caller, post) == {Fate.SENT: len(caller_waits) - 1}
    assert await nudge(caller, post) == {}


async def test_two_processes_write_one_letter(place: Place, service: Service) -> None:
    post = Postbox()
    caller, _ = await waits_unseen(place, service, post)
    async with place.open(node=2) as other:
        rings = [nudging.nudge_due(each, post, place.now) for each in (service, other) * 3]
        fates = await asyncio.gather(*rings)
    assert sum(each[Fate.SENT] for each in fates) == 1
    assert len(post.nudges) == 1
    assert caller.place.now == place.now


# --- what is in it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "band"),
    [(Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN), (Role.CARER, AgeBand.ADULT)],
)
async def test_nothing_of_the_chat_is_ever_in_a_letter(
    small_place: Place, small: Service, role: Role, band: AgeBand
) -> None:
    post = Postbox()
    caller, invited = await joined_in_a_browser(
        small_place, small, band, role, case="canary-case-77"
    )
    await caller.types("canary sentence about home")
    await choose(caller, post)
    await comes_due(caller, invited.participant)
    small_place.forward(11 * MINUTE)
    await nudge(caller, post)
    assert [letter.subject for letter in post.letters] == [
        "Is this your address?",
        "Something is waiting",
    ]
    first, second = (f"{letter.subject}\n{letter.body}" for letter in post.letters)
    said = [re.sub(r"https://\S+", "", each) for each in (first, second)]
    asked = [row.body for row in await rows(small, tables.transcripts)]
    forbidden = {
        "canary", "starling", "derby", "theraplay", "foster", "check", "question", "week",
        "feel", "worker", "review", "care", invited.participant, invited.code, *asked,
        *(str(occasion.id) for occasion in await moments(small, invited.participant)),
        *(str(occasion.instrument) for occasion in await moments(small, invited.participant)),
    }  # fmt: skip
    for text in said:
        assert [word for word in forbidden if word and word.lower() in text.lower()] == []
    assert re.findall(r"https?://\S+", second) == ["https://starling.test/chat"]
    assert re.findall(r"https?://\S+", first) == [
        f"https://starling.test/mail/{post.newest_secret}"
    ]


# --- whatever happens -----------------------------------------------------------------------------

Live = Callable[[Place, Service], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def live(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Live], None]:
    """Return what lives one example in a database of its own."""
    folder = tmp_path_factory.mktemp("lives")

    def run(example: Live) -> None:
        for part in folder.glob("starling.db*"):
            part.unlink()
        for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
            shutil.copy(part, folder / part.name)

        async def lives() -> None:
            place = Place(f"sqlite:///{folder / 'starling.db'}")
            async with place.open() as service:
                await example(place, service)

        asyncio.run(lives())

    return run


@dataclass
class Log:
    """When the chat asked and when letters left."""

    place: Place
    askings: list[datetime] = field(default_factory=list)
    letters: list[datetime] = field(default_factory=list)
    fails: bool = False

    async def post(self, letter: Letter) -> Fate:
        """Note when a letter left."""
        if letter.subject == "Something is waiting":
            self.letters.append(self.place.now)
            return Fate.NOT_SENT if self.fails else Fate.SENT
        return Fate.SENT


HAPPENINGS = (
    ("due", "ten minutes", "a minute", "nudge"),
    ("due", "nine hours", "nudge twice"),
    ("due", "ten minutes", "look", "a minute", "nudge"),
    ("due", "ten minutes", "a minute", "away", "choose", "nudge"),
    ("later", "an hour", "due", "ten minutes", "a minute", "nudge twice"),
    ("away", "choose"),
    ("ten minutes", "a minute", "nudge"),
    ("nine hours", "nudge"),
    ("a day", "nudge"),
    ("fail", "due", "an hour", "nudge", "nudge", "succeed"),
)
_LASTS = {"a minute": MINUTE, "ten minutes": 10 * MINUTE, "an hour": HOUR, "nine hours": 9 * HOUR,
          "a day": DAY}  # fmt: skip


async def _come_due(caller: Caller, participant: str, log: Log) -> None:
    place = caller.place
    waiting = [each.next_at for each in await moments(caller.service, participant) if each.next_at]
    if waiting:
        place.now = max(place.now, min(waiting))
        log.askings += [place.now] * await ring(caller)


async def _put_off(caller: Caller, participant: str) -> None:
    for each in await moments(caller.service, participant):
        if each.state is OccasionState.OFFERED:
            later = OccasionInput(OccasionId(each.id), OfferReply.IN_AN_HOUR)
            await caller.does(later, message_id=1)


async def _choose_if_they_may(caller: Caller) -> None:
    post, now = Postbox(), caller.place.now
    if await nudging.ask(caller.service, post, caller.chat, MAIL, now) is Asked.SENT:
        await nudging.confirm(caller.service, post.newest_secret, now)


async def take_step(step: str, caller: Caller, participant: str, log: Log) -> None:
    """Let one thing happen."""
    service, place = caller.service, caller.place
    match step:
        case "due":
            await _come_due(caller, participant, log)
        case "nudge" | "nudge twice":
            times = 1 if step == "nudge" else 2
            rings = [nudging.nudge_due(service, log.post, place.now) for _ in range(times)]
            await asyncio.gather(*rings)
        case "look":
            nudging.note_seen(service, caller.chat, place.now)
            await service.lane.settled()
        case "later":
            await _put_off(caller, participant)
        case "away":
            await nudging.take_away(service, caller.chat)
        case "choose":
            await _choose_if_they_may(caller)
        case "fail" | "succeed":
            log.fails = step == "fail"
        case _:
            place.forward(_LASTS[step])


@settings(max_examples=25)
@given(happenings=st.lists(st.sampled_from(HAPPENINGS), min_size=2, max_size=10))
def test_no_asking_brings_two_letters_and_none_comes_at_a_quiet_time(
    live: Callable[[Live], None], happenings: list[tuple[str, ...]]
) -> None:
    async def example(place: Place, service: Service) -> None:
        caller, invited = await joined_in_a_browser(place, service)
        log = Log(place)
        for step in ("choose", *itertools.chain.from_iterable(happenings)):
            await take_step(step, caller, invited.participant, log)
        own = (await person_of(service, invited.participant)).own_time
        assert [at for at in log.letters if service.rhythm.allowed(own, at) != at] == []
        told = Counter(max(asked for asked in log.askings if asked < at) for at in log.letters)
        assert [asked for asked, number in told.items() if number > 1] == []

    live(example)
