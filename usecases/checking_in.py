"""Answering: every tap under a question or an offer, and what follows when a run ends.

It must not read typed words: those come through listening, which looks after safety first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from storage import askings, episodes, observations, occasions, people, runs
from storage.alerts import AlertKind
from storage.episodes import SupportEpisode
from storage.occasions import Occasion, OccasionState
from storage.runs import StoredRun
from storage.sequence import new_id
from surveys import engine, scoring
from surveys.conversation import (
    CameBack,
    Held,
    Input,
    Paused,
    PersonWanted,
    RunFinished,
    RunId,
    RunStatus,
    StoppedHere,
    TimeRanOut,
    Turn,
    Withdrawn,
)
from surveys.instrument import Instrument
from usecases import alerting, goals, planning
from usecases.arrival import OccasionId, OccasionInput, OfferReply, RunInput
from usecases.desk import Desk
from usecases.picturing import last_finished
from usecases.ports import Asked
from usecases.telling import (
    AboutRun,
    HalfDone,
    NothingWaits,
    OfferDeclined,
    Offered,
    OfferGone,
    PictureReady,
    PutOff,
    RunAlreadyOver,
    RunGone,
    SomebodyWillTalk,
    WhenLater,
)

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_OCCASION_ENDS: Final = {
    RunStatus.FINISHED: OccasionState.ANSWERED,
    RunStatus.STOPPED: OccasionState.PART_ANSWERED,
    RunStatus.LAPSED: OccasionState.PART_ANSWERED,
}
_ENDS_WITHOUT_ANSWERS: Final = {
    RunStatus.STOPPED: OccasionState.DECLINED,
    RunStatus.LAPSED: OccasionState.LAPSED,
}
"""Somebody who began and answered nothing has not answered in part."""


def take(desk: Desk, given: RunInput) -> None:
    """Deal with a button of a run. A run that is not theirs, or long gone, changes nothing."""
    stored = desk.run
    if stored is None or stored.run.id != given.run:
        desk.say(_what_became_of(desk, given.run))
        return
    move(desk, stored, given.given)


def _what_became_of(desk: Desk, run_id: str) -> RunAlreadyOver | RunGone:
    """Say about a run that is not the current one only what is theirs to know."""
    mine = desk.person is not None and runs.owner(desk.work, run_id) == desk.person.id
    found = runs.load(desk.work, run_id) if mine else None
    if found is None or not found.run.status.over:
        return RunGone()
    return RunAlreadyOver(found.run.status)


def move(desk: Desk, stored: StoredRun, given: Input) -> Turn:
    """Let the engine move the run, store what it did and tell it."""
    instrument = desk.instrument(stored.run.instrument)
    turn = engine.resume(instrument, stored.run, given, desk.now)
    store_turn(desk, stored, turn)
    desk.say(AboutRun(instrument, turn.run, turn.events))
    _follow_up(desk, instrument, turn)
    return turn


def end_quietly(
    desk: Desk, stored: StoredRun, given: Held | Paused | StoppedHere | TimeRanOut
) -> None:
    """Stop the questions, for now or for good; what to say about it is the caller's."""
    instrument = desk.instrument(stored.run.instrument)
    turn = engine.resume(instrument, stored.run, given, desk.now)
    store_turn(desk, stored, turn)
    quiet = tuple(event for event in turn.events if isinstance(event, Withdrawn))
    desk.say(AboutRun(instrument, turn.run, quiet))


def store_turn(desk: Desk, stored: StoredRun, turn: Turn) -> None:
    """Gather the moved run, and what its end means for the occasion and the figures."""
    if turn.run == stored.run:
        return
    desk.run = runs.move(desk.work, stored, turn.run, turn.events, desk.channel.value)
    if turn.run.status.over and not stored.run.status.over:
        _end_run(desk, desk.run)


def _end_run(desk: Desk, ended: StoredRun) -> None:
    """Turn the answers into numbers without a name, and end the occasion."""
    person = desk.person
    run = ended.run
    if person is None or ended.occasion_id is None:
        return
    occasion = occasions.load(desk.work, ended.occasion_id)
    if occasion is None:
        return
    ends = _OCCASION_ENDS if run.answers else _OCCASION_ENDS | _ENDS_WITHOUT_ANSWERS
    occasions.end(desk.work, occasion.id, ends[run.status], desk.now)
    instrument = desk.instrument(run.instrument)
    numbers = scoring.numbers(instrument, run.answers)
    if run.answers:
        observations.add(
            desk.work,
            observations.NewObservation(
                episode_key=occasion.episode_key,
                participant_key=person.key,
                role=person.role.value,
                instrument=instrument.id,
                version=instrument.version,
                wave=occasion.wave,
                day=desk.service.rhythm.local(desk.now).date(),
                complete=run.status is RunStatus.FINISHED,
                scores=numbers,
            ),
            instrument,
        )


def _follow_up(desk: Desk, instrument: Instrument, turn: Turn) -> None:
    """Say what an ended run brings: the picture, or somebody to talk with."""
    for event in turn.events:
        match event:
            case PersonWanted():
                what = AlertKind.WANTS_PERSON
                alerting.tell_team(desk.work, desk.service, desk.person, what, desk.now)
                desk.say(SomebodyWillTalk(desk.team))
            case RunFinished() if instrument.picture and desk.run is not None:
                desk.say(PictureReady(instrument, turn.run, last_time(desk, desk.run)))
                goals.offer(desk)
            case _:
                pass


def last_time(desk: Desk, this_run: StoredRun) -> dict[str, int]:
    """Return the values of the last finished run of the same instrument, by item."""
    if desk.person is None:
        return {}
    return last_finished(desk.work, desk.service, desk.person.id, this_run, desk.now)


# --- offers ---------------------------------------------------------------------------


def take_offer(desk: Desk, given: OccasionInput) -> None:
    """Deal with a reply to `is now a good time?`; an offer that has gone changes nothing."""
    occasion = occasions.load(desk.work, given.occasion)
    if occasion is None or desk.person is None or occasion.participant_id != desk.person.id:
        desk.say(OfferGone())
        return
    waits = occasion.state in (OccasionState.PLANNED, OccasionState.OFFERED)
    # While staff hold somebody back, not even an old offer begins anything.
    waits = waits and desk.person.suppressed_at is None
    if not waits or desk.now >= occasion.window_ends_at:
        _answer_gone_offer(desk, occasion)
        return
    match given.reply:
        case OfferReply.START:
            begin(desk, occasion)
        case OfferReply.LATER:
            desk.occasion_told = occasion.id
            desk.say(WhenLater(given.occasion))
        case OfferReply.NOT_THIS_TIME:
            occasions.end(desk.work, occasion.id, OccasionState.DECLINED, desk.now)
            desk.say(OfferDeclined())
        case (
            OfferReply.IN_AN_HOUR | OfferReply.TONIGHT | OfferReply.TOMORROW | OfferReply.NEXT_WEEK
        ):
            put_off(desk, occasion, given.reply)
        case _:
            assert_never(given.reply)


def reply_to_offer(desk: Desk, reply: OfferReply) -> bool:
    """Take a typed reply to the offer that stands; False when none stands.

    A word such as `no` is a reply to what we said last: to an older offer it is just a word.
    """
    assert desk.person is not None  # noqa: S101 (listening refused strangers)
    due = occasions.waiting_for(desk.work, desk.person.id, desk.now)
    if due is None or due.state is not OccasionState.OFFERED:
        return False
    if askings.asked_last(desk.work.connection, desk.door.address.id) != due.id:
        return False
    take_offer(desk, OccasionInput(OccasionId(due.id), reply))
    return True


def _answer_gone_offer(desk: Desk, occasion: Occasion) -> None:
    """An old offer: where its run still waits, show the way back into it."""
    stored = desk.standing_run
    if stored is not None and stored.occasion_id == occasion.id:
        say_half_done(desk, stored)
    else:
        desk.say(OfferGone())


def put_off(desk: Desk, occasion: Occasion, reply: OfferReply) -> None:
    """Ask again at a moment of their choosing, inside the window in which answers count."""
    assert desk.person is not None  # noqa: S101 (take_offer refused everybody else)
    chosen = desk.service.rhythm.put_off(reply, desk.person.own_time, desk.now)
    again = _inside_window(desk, occasion, chosen)
    if again is None:
        occasions.end(desk.work, occasion.id, OccasionState.DECLINED, desk.now)
        desk.say(OfferDeclined())
        return
    moved = replace(occasion, state=OccasionState.PLANNED, next_at=again)
    occasions.move(desk.work, moved)
    desk.say(PutOff(desk.service.rhythm.local(again)))


def _inside_window(desk: Desk, occasion: Occasion, chosen: datetime) -> datetime | None:
    """Return the moment that was chosen, or the last good one before answers no longer count.

    None when there is none any more: then we do not promise to ask again.
    """
    assert desk.person is not None  # noqa: S101 (take_offer refused everybody else)
    if chosen < occasion.window_ends_at:
        return chosen
    latest = max(occasion.window_ends_at - _DAY, desk.now + _HOUR)
    again = desk.service.rhythm.allowed(desk.person.own_time, latest)
    return again if again < occasion.window_ends_at else None


def begin(desk: Desk, occasion: Occasion) -> None:
    """Begin the run of an occasion. A run that is half done comes first and is never lost."""
    standing = desk.standing_run
    if standing is not None:
        say_half_done(desk, standing)
        return
    assert desk.person is not None  # noqa: S101 (take_offer refused everybody else)
    person = desk.person
    instrument = desk.service.catalogue.latest(occasion.instrument)
    turn = engine.start(instrument, RunId(new_id(desk.work.entropy)), person.voice, desk.now)
    stored = StoredRun(turn.run, 0, occasion.episode_id, occasion.id, ())
    runs.keep_definition(desk.work, instrument, desk.now)
    runs.begin(desk.work, person.id, stored)
    people.set_current_run(desk.work, person, turn.run.id)
    occasions.move(
        desk.work,
        replace(
            occasion,
            state=OccasionState.ANSWERING,
            run_id=turn.run.id,
            offered_at=occasion.offered_at or desk.now,
            next_at=_look_again(desk, occasion, begun=True),
        ),
    )
    desk.run = stored
    desk.say(AboutRun(instrument, turn.run, turn.events))


def _look_again(desk: Desk, occasion: Occasion, *, begun: bool) -> datetime:
    """When the clock looks at it again: for a gentle reminder, or at the end of the window."""
    assert desk.person is not None  # noqa: S101
    asked = Asked(occasion.rhythm, occasion.wave, begun, occasion.reminders)
    reminder = desk.service.rhythm.reminder(desk.person.own_time, asked, desk.now)
    return min(reminder, occasion.window_ends_at) if reminder else occasion.window_ends_at


def say_half_done(desk: Desk, stored: StoredRun, reminder: int = 0, *, last: bool = False) -> None:
    """Show that a run waits half done, and the way back into it; `reminder` counts how often.

    `last`: they are not reminded of it again.
    """
    instrument = desk.instrument(stored.run.instrument)
    total = len(engine.reachable(instrument, stored.run.answers))
    answered = len(stored.run.answers)
    desk.say(HalfDone(stored.run, instrument, answered, total, reminder, last))


def offer_what_waits(desk: Desk) -> None:
    """Say what there is to do now: go on, begin what is due, or nothing."""
    standing = desk.standing_run
    if standing is not None:
        if standing.run.status is RunStatus.OPEN:
            move(desk, standing, CameBack())
        else:
            say_half_done(desk, standing)
        return
    person = desk.person
    may_be_asked = person is not None and person.suppressed_at is None
    due = occasions.waiting_for(desk.work, person.id, desk.now) if person and may_be_asked else None
    if due is None:
        desk.say(NothingWaits())
    else:
        offer(desk, due)


def offer(desk: Desk, occasion: Occasion, episode: SupportEpisode | None = None) -> None:
    """Ask whether now is a good time, and remember that we did.

    The first offer of a review plans the review that follows, while the support goes on.
    episode: the one of the occasion, where it was read already.
    """
    if occasion.offered_at is None:
        _plan_what_follows(desk, occasion, episode)
    instrument = desk.service.catalogue.latest(occasion.instrument)
    next_at = _look_again(desk, occasion, begun=False)
    occasions.offer(desk.work, occasion, desk.now, next_at)
    desk.occasion_told = occasion.id
    last = occasion.reminders > 0 and next_at >= occasion.window_ends_at
    desk.say(Offered(OccasionId(occasion.id), instrument, occasion.reminders, last))


def _plan_what_follows(
    desk: Desk, occasion: Occasion, episode: SupportEpisode | None = None
) -> None:
    if occasion.wave != planning.REVIEW or desk.person is None:
        return
    episode = episode or episodes.load(desk.work, occasion.episode_id)
    if episode is not None and episode.closed_on is None:
        planning.plan_review(desk.service, desk.work, desk.person, episode, occasion)
