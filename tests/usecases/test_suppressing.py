"""Nobody asks whom staff hold back; letting them be asked again takes two different people."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from followups.occasions import fire_due
from storage import episodes, people, tables
from storage.outbox import Delivery, OutgoingKind, Sending, Sent, Urgency
from surveys.people import AgeBand, Role
from tests.support.callers import (
    AFTER_SCHOOL,
    DAY,
    Place,
    answering,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    person_of,
    phone,
    rows,
)
from usecases import inviting, moving, reading, sending, suppressing
from usecases.arrival import TextInput
from usecases.inviting import By
from usecases.moving import EpisodeChange
from usecases.receiving import Reception
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.suppressing import CONFIRMATION, Reason

CHILD = (Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
CARER = (Role.CARER, AgeBand.ADULT)
PROFESSIONAL = (Role.PROFESSIONAL, AgeBand.ADULT)


def other(place: Place) -> By:
    """Somebody else of the staff, now."""
    return By("another made-up worker", place.now)


async def hold(
    place: Place,
    service: Service,
    participant: str,
    reason: Reason = Reason.COURT,
    *,
    household: bool = False,
) -> suppressing.Suppressed:
    return await suppressing.suppress(service, participant, reason, place.by, household=household)


# --- while somebody is held -----------------------------------------------------------------------


async def test_nobody_who_is_held_is_asked_and_what_was_planned_ends_as_suppressed(
    place: Place, service: Service
) -> None:
    _, invited = await joined(place, service)
    await hold(place, service, invited.participant)
    assert (await person_of(service, invited.participant)).suppressed_at == place.now
    for _ in range(120):
        place.forward(DAY)
        assert await fire_due(service, place.now) == []
    over = [each for each in await moments(service, invited.participant) if each.state.over]
    assert over
    assert {each.state.value for each in over if each.offered_at is None} <= {"suppressed"}


async def test_what_waits_to_be_sent_is_taken_back_but_never_words_about_safety(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Not this time")
    asked: list[Sending] = []
    while not asked:
        place.forward(DAY)
        asked += await fire_due(service, place.now)
    offer = asked[-1].id
    received = await Reception(service).receive(caller.arrival(TextInput("i want to kill myself")))
    safety = {each.id for each in received.sendings if each.outgoing.urgency is Urgency.SAFETY}
    assert safety
    waits = [Sent(number, Delivery.PENDING) for number in (offer, *sorted(safety))]
    sending.record(service, waits, place.now)
    await hold(place, service, invited.participant)
    states = {row.id: row.state for row in await rows(service, tables.outbox)}
    assert states[offer] == Delivery.CANCELLED.value
    left = {each.id for each in await sending.claim_due(service, place.now)}
    assert left == safety


async def test_questions_that_stand_are_paused_and_keep_their_place(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.picks(4)
    await hold(place, service, invited.participant)
    (run,) = await rows(service, tables.runs)
    assert run.status == "paused"
    quiet = await sending.claim_due(service, place.now)
    assert {each.outgoing.kind for each in quiet} <= {OutgoingKind.EDIT_STEP}
    assert (await rows(service, tables.occasions))[0].state != "suppressed"


async def test_somebody_who_is_held_gets_help_and_answers_and_their_words_are_read(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await hold(place, service, invited.participant, Reason.BEREAVEMENT)
    await caller.types("help")
    assert caller.heard
    await caller.types("a made-up sentence to somebody")
    assert caller.heard
    desk = await reading.what_waits(service, place.by)
    assert "a made-up sentence to somebody" in [each.text for each in desk.unread]


async def test_every_step_is_in_the_audit_by_person_and_without_a_word_of_why(
    place: Place, service: Service
) -> None:
    _, invited = await joined(place, service)
    held = await hold(place, service, invited.participant)
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    await suppressing.lift(service, held.action_id, other(place))
    steps = [
        (row.who, row.did)
        for row in await rows(service, tables.audit)
        if row.target == invited.participant
    ]
    assert steps[-3:] == [
        ("a made-up worker", "held back: court"),
        ("a made-up worker", "asked to let ask again"),
        ("another made-up worker", "let ask again: court"),
    ]


# --- the household --------------------------------------------------------------------------------


@dataclass
class Street:
    """Two homes: Ann's two children live in one; Zed's with somebody nobody else knows."""

    ids: dict[str, str] = field(default_factory=dict)

    def names(self, held: Any) -> set[str]:
        """Return who of the street is among those held."""
        known = {participant: name for name, participant in self.ids.items()}
        return {known[each.participant_id] for each in held}


async def street(place: Place, service: Service) -> Street:
    """Two children share a carer; each has another carer; a professional works with both."""
    found = Street()
    homes = [await open_support(place, service, f"T-{number}", "dyadic-work") for number in (1, 2)]
    carer, shared = await answering(place, service, homes[0], *CARER)
    professional, helper = await answering(place, service, homes[0], *PROFESSIONAL)
    for caller, who in ((carer, CARER), (professional, PROFESSIONAL)):
        again = await invite(place, service, homes[1], *who)
        await caller.opens(again.web.rpartition("/")[2])
    found.ids = {"shared carer": shared.participant, "professional": helper.participant}
    for number, home in enumerate(homes, 1):
        found.ids[f"child {number}"] = (await invite(place, service, home, *CHILD)).participant
        own = await invite(place, service, home, *CARER)
        found.ids[f"carer of {number}"] = own.participant
    far = await open_support(place, service, "T-3", "dyadic-work")
    found.ids["stranger"] = (await invite(place, service, far, *CARER)).participant
    return found


HOME = {"child 1", "child 2", "shared carer", "carer of 1", "carer of 2"}


@pytest.mark.parametrize("whose", ["child 1", "child 2", "shared carer", "carer of 1"])
async def test_a_household_is_the_child_the_carers_and_the_other_children_around_them(
    place: Place, service: Service, whose: str
) -> None:
    here = await street(place, service)
    held = await suppressing.household_of(service, here.ids[whose])
    expected = HOME if whose != "carer of 1" else HOME - {"child 2", "carer of 2"}
    assert here.names(held) == expected
    assert held[0].role == "young-person"
    assert {each.case for each in held if each.participant_id == here.ids["shared carer"]} == {
        "T-1, T-2"
    }


async def test_one_action_holds_the_whole_household_and_nobody_else(
    place: Place, service: Service
) -> None:
    here = await street(place, service)
    held = await hold(place, service, here.ids["child 1"], household=True)
    assert here.names(held.people) == HOME
    found = {row.id: row.suppressed_at for row in await rows(service, tables.participants)}
    assert {name for name, who in here.ids.items() if found[who] is not None} == HOME
    assert {row.action_id for row in await rows(service, tables.suppressions)} == {held.action_id}


async def test_after_the_death_of_a_child_everybody_around_is_held_whatever_was_chosen(
    place: Place, service: Service
) -> None:
    here = await street(place, service)
    child = here.ids["child 1"]
    would = await suppressing.whom_it_would_hold(service, child, Reason.DECEASED, household=False)
    held = await hold(place, service, child, Reason.DECEASED)
    assert here.names(would) == here.names(held.people) == HOME
    alone = await hold(place, service, here.ids["carer of 2"], Reason.DECEASED)
    assert here.names(alone.people) == {"carer of 2"}
    assert alone.around_id is None


async def test_after_a_death_nobody_answers_about_the_child_and_the_others_are_let_go_apart(
    place: Place, service: Service
) -> None:
    here = await street(place, service)
    held = await hold(place, service, here.ids["child 1"], Reason.DECEASED)
    listed = {each.case: each for each in await inviting.list_episodes(service)}
    assert {each.participant_id for each in listed["T-1"].people} == {here.ids["child 1"]}
    others = {"child 2", "shared carer", "carer of 2", "professional"}
    assert {each.participant_id for each in listed["T-2"].people} == {here.ids[n] for n in others}
    assert held.around_id is not None
    await suppressing.ask_to_lift(service, held.around_id, place.by)
    freed = await suppressing.lift(service, held.around_id, other(place))
    assert here.names(freed) == HOME - {"child 1"}
    for _ in range(400):
        place.forward(DAY)
        await fire_due(service, place.now)
    asked = [
        each
        for name in ("shared carer", "professional", "carer of 1", "child 1")
        for each in await moments(service, here.ids[name])
        if each.episode_id == listed["T-1"].episode.id and each.due_at > AFTER_SCHOOL + DAY
    ]
    assert not [each for each in asked if each.offered_at is not None]


async def test_a_death_noted_by_mistake_is_undone_whole(place: Place, service: Service) -> None:
    here = await street(place, service)
    before = {
        each.case: {who.participant_id for who in each.people}
        for each in await inviting.list_episodes(service)
    }
    gone = next(each for each in await inviting.list_episodes(service) if each.case == "T-1")
    await moving.leave(service, gone.episode.id, here.ids["carer of 1"], place.by)
    place.forward(DAY)
    held = await hold(place, service, here.ids["child 1"], Reason.DECEASED)
    place.forward(DAY)
    for action in (held.around_id or "", held.action_id):
        await suppressing.ask_to_lift(service, action, place.by)
        await suppressing.lift(service, action, other(place), confirmation=CONFIRMATION)
    after = {
        each.case: {who.participant_id for who in each.people}
        for each in await inviting.list_episodes(service)
    }
    before["T-1"].discard(here.ids["carer of 1"])
    assert after == before
    assert await suppressing.count_held(service) == 0


async def test_nobody_is_invited_to_answer_about_a_child_who_has_died(
    place: Place, service: Service
) -> None:
    here = await street(place, service)
    homes = {row.id: row.child_id for row in await rows(service, tables.support_episodes)}
    children = {row.id: row.child_id for row in await rows(service, tables.participants)}
    of = {child: episode for episode, child in homes.items()}
    gone, alive = (of[children[here.ids[f"child {number}"]]] for number in (1, 2))
    held = await hold(place, service, here.ids["child 1"], Reason.DECEASED)
    with pytest.raises(Refusal, match="nobody is invited"):
        await invite(place, service, gone, *CARER)
    await invite(place, service, alive, *CARER)
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    by = other(place)
    await suppressing.lift(service, held.action_id, by, confirmation=CONFIRMATION)
    await invite(place, service, gone, *CARER)


async def test_who_left_is_not_of_the_household_and_who_is_asked_after_the_end_still_is(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention="dyadic-work")
    _, old = await answering(place, service, episode, *CARER)
    _, new = await answering(place, service, episode, *CARER)
    child = await invite(place, service, episode, *CHILD)
    await moving.leave(service, episode, old.participant, place.by)
    await close_support(place, service, episode)
    held = await suppressing.household_of(service, child.participant)
    assert {each.participant_id for each in held} == {child.participant, new.participant}


async def test_a_professional_has_no_household_and_nobody_is_nobody(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    helper = await invite(place, service, episode, *PROFESSIONAL)
    with pytest.raises(Refusal, match="no household"):
        await hold(place, service, helper.participant, household=True)
    assert await rows(service, tables.suppressions) == []
    held = await hold(place, service, helper.participant)
    assert [each.participant_id for each in held.people] == [helper.participant]
    for attempt in (
        hold(place, service, "nobody"),
        suppressing.household_of(service, "nobody"),
        suppressing.whom_it_would_hold(service, "nobody", Reason.COURT, household=True),
    ):
        with pytest.raises(Refusal, match="Nobody has this id"):
            await attempt


# --- the second look ------------------------------------------------------------------------------


async def test_what_was_held_is_asked_after_a_second_person_has_looked(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.answers()
    await hold(place, service, invited.participant)
    (review,) = [
        each for each in await moments(service, invited.participant) if not each.state.over
    ]
    place.now = review.due_at + timedelta(minutes=1)
    assert await fire_due(service, place.now) == []
    (action,) = await suppressing.list_held(service)
    await suppressing.ask_to_lift(service, action.action.action_id, place.by)
    freed = await suppressing.lift(service, action.action.action_id, other(place))
    assert [each.participant_id for each in freed] == [invited.participant]
    assert (await person_of(service, invited.participant)).suppressed_at is None
    place.forward(timedelta(minutes=1))
    sent = await fire_due(service, place.now)
    assert [each.occasion_id for each in sent] == [review.id]


async def test_one_person_alone_lifts_nothing_however_they_spell_themselves(
    place: Place, service: Service
) -> None:
    _, invited = await joined(place, service)
    held = await hold(place, service, invited.participant)
    with pytest.raises(Refusal, match="Nobody asked"):
        await suppressing.lift(service, held.action_id, place.by)
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    for name in (place.by.who, " A Made-Up  WORKER "):
        with pytest.raises(Refusal, match="somebody else"):
            await suppressing.lift(service, held.action_id, By(name, place.now))
    with pytest.raises(Refusal, match="second look"):
        await suppressing.ask_to_lift(service, held.action_id, other(place))
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    assert (await person_of(service, invited.participant)).suppressed_at is not None
    await suppressing.lift(service, held.action_id, other(place))
    for attempt in (
        suppressing.lift(service, held.action_id, other(place)),
        suppressing.ask_to_lift(service, held.action_id, place.by),
        suppressing.find_action(service, held.action_id),
        suppressing.lift(service, "nothing", other(place)),
    ):
        with pytest.raises(Refusal, match="starling people held"):
            await attempt


async def test_after_a_death_the_words_have_to_be_typed_as_well(
    place: Place, service: Service
) -> None:
    _, invited = await joined(place, service)
    held = await hold(place, service, invited.participant, Reason.DECEASED)
    assert (await suppressing.find_action(service, held.action_id)).needs_typing
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    for typed in ("", "yes"):
        with pytest.raises(Refusal, match="Type the words"):
            await suppressing.lift(service, held.action_id, other(place), confirmation=typed)
    await suppressing.lift(
        service, held.action_id, other(place), confirmation=f" {CONFIRMATION.title()} "
    )
    assert await suppressing.list_held(service) == []


async def test_somebody_held_twice_is_free_only_after_the_last_lift(
    place: Place, service: Service
) -> None:
    _, invited = await joined(place, service)
    first = await hold(place, service, invited.participant)
    place.forward(DAY)
    second = await hold(place, service, invited.participant, Reason.ADOPTION)
    for held, free in ((first, 0), (second, 1)):
        await suppressing.ask_to_lift(service, held.action_id, place.by)
        freed = await suppressing.lift(service, held.action_id, other(place))
        assert len(freed) == free
        stands = (await person_of(service, invited.participant)).suppressed_at
        assert (stands is None) is bool(free)
    history = await suppressing.history_of(service, invited.participant)
    assert [each.action.reason for each in history] == [Reason.ADOPTION, Reason.COURT]
    assert {each.action.lifted_by for each in history} == {"another made-up worker"}


@pytest.mark.postgres
async def test_staff_the_clock_and_the_person_take_turns_and_nobody_waits_for_ever(
    postgres_url: str,
) -> None:
    """Two processes at once: whatever comes first, nothing is refused and nothing is half done."""
    place = Place(postgres_url)
    async with place.open(1) as service, place.open(2) as second:
        episode = await open_support(place, service, intervention="dyadic-work")
        caller, carer = await answering(place, service, episode, *CARER)
        _, child = await answering(place, service, episode, *CHILD)
        for _ in range(12):
            place.forward(DAY * 3)
            held, *_ = await asyncio.gather(
                hold(place, service, child.participant, household=True),
                caller.types("a made-up sentence"),
                fire_due(second, place.now),
            )
            assert len(held.people) == 2
            await suppressing.ask_to_lift(service, held.action_id, place.by)
            await asyncio.gather(
                suppressing.lift(second, held.action_id, other(place)),
                moving.leave(service, episode, carer.participant, place.by),
                fire_due(second, place.now),
            )
            await moving.rejoin(second, episode, carer.participant, place.by)
        for who in (carer, child):
            assert (await person_of(service, who.participant)).suppressed_at is None


# --- never, whatever the order --------------------------------------------------------------------

WHO = ("a.worker", "b.worker")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["change", "leave", "rejoin", "hold", "household", "death", "ask", "lift"]),
        st.integers(0, 2),
        st.sampled_from(WHO),
    ),
    max_size=14,
)


@dataclass
class Step:
    """One step: what, whom or which action by number, and who of the staff."""

    what: str
    number: int
    by: By


@dataclass
class Here:
    """One support episode, and who answers in it."""

    episode: str
    ids: list[str]


@dataclass
class Ledger:
    """What a careful clerk would know after every step."""

    gone: set[str] = field(default_factory=set)
    held: dict[str, set[str]] = field(default_factory=dict)
    asked_by: dict[str, str] = field(default_factory=dict)
    out: dict[str, set[str]] = field(default_factory=dict)
    """Who was taken out by which death, and did not come or go since."""

    def forget(self, whom: str) -> None:
        """Somebody came or went for another reason."""
        for taken in self.out.values():
            taken.discard(whom)

    @property
    def must_not_be_asked(self) -> set[str]:
        """Everybody who left or is held."""
        return self.gone.union(*self.held.values())


async def move_on(service: Service, ledger: Ledger, step: Step, here: Here) -> None:
    """Change something around the child; what is refused changes nothing in the ledger."""
    whom = here.ids[step.number]
    match step.what:
        case "change":
            what = EpisodeChange(worker=step.by.who)
            await moving.change(service, here.episode, what, step.by.now.date(), step.by)
        case "leave":
            await moving.leave(service, here.episode, whom, step.by)
            ledger.gone.add(whom)
            ledger.forget(whom)
        case "rejoin":
            await moving.rejoin(service, here.episode, whom, step.by)
            ledger.gone.discard(whom)
            ledger.forget(whom)
        case _:
            pass


async def hold_or_lift(service: Service, ledger: Ledger, step: Step, here: Here) -> None:
    """Hold somebody, or take one of the two looks of the undo."""
    whom = here.ids[step.number]
    action = sorted(ledger.held)[step.number % len(ledger.held)] if ledger.held else "nothing"
    match step.what:
        case "hold" | "household":
            wide = step.what == "household"
            held = await suppressing.suppress(service, whom, Reason.OTHER, step.by, household=wide)
            ledger.held[held.action_id] = {each.participant_id for each in held.people}
        case "death":
            await note_death(service, ledger, step, here)
        case "ask":
            await suppressing.ask_to_lift(service, action, step.by)
            ledger.asked_by[action] = step.by.who
        case "lift":
            await suppressing.lift(service, action, step.by, confirmation=CONFIRMATION)
            assert ledger.asked_by[action] != step.by.who, "one person alone lifted it"
            del ledger.held[action]
            ledger.gone -= ledger.out.pop(action, set())
        case _:
            pass


async def note_death(service: Service, ledger: Ledger, step: Step, here: Here) -> None:
    """The child has died: nobody answers about them, and those around are held apart."""
    child = here.ids[0]
    held = await suppressing.suppress(service, child, Reason.DECEASED, step.by, household=False)
    ledger.held[held.action_id] = {child}
    if held.around_id is not None:
        ledger.held[held.around_id] = {each.participant_id for each in held.people} - {child}
    ledger.out[held.action_id] = set(here.ids[1:]) - ledger.gone
    ledger.gone |= ledger.out[held.action_id]


async def may_be_asked(service: Service, here: Here) -> set[str]:
    """Return whom the clock may ask about this episode."""

    def work(connection: Any) -> set[str]:
        casework = service.open(connection)
        known = people.load_people(casework, here.ids)
        answering = episodes.taking_part(casework, here.ids, [here.episode])
        return {who for who, _ in answering if known[who].suppressed_at is None}

    return await service.lane.read(work)


async def live(url: str, steps: list[tuple[str, int, str]]) -> None:
    place = Place(url)
    async with place.open() as service:
        episode = await open_support(place, service, intervention="dyadic-work")
        here = Here(episode, [])
        for who in (CHILD, CARER, CARER):
            caller = phone(place, service)
            invited = await invite(place, service, episode, *who)
            await caller.joins(invited)
            here.ids.append(invited.participant)
        ledger = Ledger()
        for what, number, who_of_staff in steps:
            step = Step(what, number, By(who_of_staff, place.now))
            with suppress(Refusal):
                await move_on(service, ledger, step, here)
                await hold_or_lift(service, ledger, step, here)
            may = set(here.ids) - ledger.must_not_be_asked
            assert await may_be_asked(service, here) == may
            place.forward(DAY * 9)
            asked = {each.occasion_id for each in await fire_due(service, place.now)}
            for whom in ledger.must_not_be_asked:
                theirs = {each.id for each in await moments(service, whom)}
                assert not theirs & asked


@given(steps=STEPS)
@example(steps=[("hold", 1, "a.worker"), ("ask", 0, "a.worker"), ("lift", 0, "a.worker")])
@example(steps=[("household", 0, "a.worker"), ("ask", 0, "b.worker"), ("lift", 0, "a.worker")])
@example(steps=[("leave", 1, "a.worker"), ("hold", 1, "a.worker"), ("rejoin", 1, "a.worker")])
@example(
    steps=[
        ("death", 0, "a.worker"),
        ("rejoin", 1, "a.worker"),
        ("leave", 1, "a.worker"),
        *[("ask", number, "a.worker") for number in (0, 1)],
        *[("lift", number, "b.worker") for number in (0, 1, 0)],
    ]
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_staff_do_nobody_who_is_held_or_gone_is_asked_and_nobody_lifts_alone(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, str]],
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)
    asyncio.run(live(f"sqlite:///{folder / sqlite_template.name}", steps))
