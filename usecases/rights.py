"""What somebody may ask of us: everything that is stored about them, in one readable piece."""

from __future__ import annotations

from typing import Final, assert_never

from storage import (
    audit,
    caseload,
    invitations,
    nudges,
    observations,
    occasions,
    outbox,
    people,
    runs,
    silences,
    suppressions,
    themes,
    words,
)
from storage.casework import Casework
from storage.nudges import Nudge
from storage.outbox import OutgoingKind, Shown
from storage.runs import Logged, StoredRun
from surveys.conversation import Answer, Chosen, Declination, Declined, Written
from surveys.instrument import Instrument
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from usecases import own_support, own_wishes
from usecases.everything import (
    Chat,
    EmailAddress,
    Everything,
    GivenAnswer,
    GivenRun,
    Hold,
    Invitation,
    Message,
    Moment,
    NotedConcern,
    Numbers,
    OwnTimes,
    OwnWords,
    QuietTime,
    StaffNote,
)
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service


async def export(service: Service, participant_id: str, by: By | None = None) -> Everything:
    """Return all that is stored about one person. Raises Refusal.

    Where one of the staff asks (`by`), it is noted in the audit: this opens a child's words.
    """
    if by is None:
        return await service.lane.read(
            lambda connection: gather(service, service.open(connection), participant_id)
        )

    def work(casework: Casework) -> Everything:
        everything = gather(service, casework, participant_id)
        audit.note(casework, by.who, "exported everything", participant_id, by.now)
        casework.flush()
        return everything

    return await service.lane.write(lambda connection: work(service.open(connection)))


def gather(service: Service, work: Casework, participant_id: str) -> Everything:
    """Return all that is stored about one person, inside a transaction."""
    person = people.load_person(work, participant_id)
    if person is None:
        msg = "Nobody has this id. `starling episode list --json` shows who takes part."
        raise Refusal(msg)
    shown = outbox.of_participant(work, person.id)
    answering = caseload.ever_of(work, person.id)
    written = {each.id: each for each in words.of_participant(work, person.id)}
    texts = {words_id: each.text for words_id, each in written.items()}
    seen = themes.titles_seen_in(work.connection, written)
    return Everything(
        participant=person.id,
        role=person.role.value,
        age_band=person.age_band.value,
        standing=person.standing.value,
        resting_until=person.resting_until,
        times=OwnTimes(
            suits=person.suits.value if person.suits is not None else None,
            at_most_days=person.at_most_days,
            council=person.council,
        ),
        email=_email(nudges.of_person(work, person)),
        holds=[
            Hold(reason=each.reason.value, since=each.since, lifted_at=each.lifted_at)
            for each in suppressions.of_participant(work, person.id)
        ],
        quiet_times=[
            QuietTime(kind=each.kind, at=each.at, over_at=each.over_at)
            for each in silences.of_participant(work.connection, person.id)
        ],
        chats=[
            Chat(channel=each.channel, linked_at=each.linked_at, blocked_at=each.blocked_at)
            for each in people.chats_of(work, person.id)
        ],
        support=own_support.tell(work, person, answering),
        characteristics=own_support.tell_given(work, person, answering),
        runs=[
            _run(service.catalogue.get(each.run.instrument), each, _by_step(shown), texts)
            for each in runs.of_participant(work, person.id)
        ],
        words=[
            OwnWords(
                text=each.text,
                kind=each.kind,
                received_at=each.received_at,
                read_at=each.read_at,
                themes=seen.get(each.id, []),
                sharing=each.sharing.value if each.sharing is not None else None,
            )
            for each in written.values()
        ],
        messages=[_message(each) for each in shown],
        moments=[_moment(each) for each in occasions.of_participant(work, person.id)],
        concerns=[
            NotedConcern(
                level=each.level,
                about=list(each.categories),
                raised_at=each.raised_at,
                acknowledged_at=each.acknowledged_at,
            )
            for each in words.concerns_of(work, person.id)
        ],
        staff_notes=[
            StaffNote(kind=each.kind, at=each.at, seen_at=each.seen_at)
            for each in words.notices_of(work, person.id)
        ],
        invitations=[
            Invitation(
                made_at=each.made_at, expires_at=each.expires_at, redeemed_at=each.redeemed_at
            )
            for each in invitations.of_participant(work, person.id)
        ],
        numbers=[_numbers(each) for each in observations.of_one(work, person.key)],
        goals=own_wishes.tell_goals(work, person.id, texts),
        agreements=own_wishes.tell_agreements(work, person.id),
        wishes=own_wishes.tell_wishes(work, person.id),
    )


def _email(nudge: Nudge | None) -> EmailAddress | None:
    if nudge is None:
        return None
    return EmailAddress(
        address=nudge.mail,
        asked_at=nudge.asked_at,
        confirmed_at=nudge.confirmed_at,
        last_sent_at=nudge.nudged_at,
        failed_at=nudge.failed_at,
    )


def _numbers(observed: observations.NewObservation) -> Numbers:
    return Numbers(
        instrument=observed.instrument,
        version=observed.version,
        wave=observed.wave,
        day=observed.day,
        complete=observed.complete,
        scores=dict(observed.scores),
    )


def _by_step(shown: list[Shown]) -> dict[tuple[str, int], Shown]:
    """Return the messages that put a question, by run and step."""
    return {
        (each.outgoing.run, each.outgoing.step): each
        for each in shown
        if each.outgoing.kind is OutgoingKind.SEND
        and each.outgoing.run is not None
        and each.outgoing.step is not None
    }


def _run(
    instrument: Instrument,
    stored: StoredRun,
    shown: dict[tuple[str, int], Shown],
    texts: dict[str, str],
) -> GivenRun:
    run = stored.run
    log = stored.logged()
    last = {each.item: place for place, each in enumerate(log)}
    return GivenRun(
        run=run.id,
        instrument=instrument.id,
        version=instrument.version,
        name=instrument.name.speak(run.voice),
        status=run.status.value,
        started_at=run.started_at,
        last_moved_at=run.moved_at,
        answers=[
            _answer(
                instrument,
                run.voice,
                each,
                shown.get((run.id, each.step)),
                texts,
                stands=each.item in run.answers and last[each.item] == place,
            )
            for place, each in enumerate(log)
        ],
    )


def _answer(
    instrument: Instrument,
    voice: Voice,
    given: Logged,
    shown: Shown | None,
    texts: dict[str, str],
    *,
    stands: bool,
) -> GivenAnswer:
    item = instrument.item(given.item)
    question = shown.outgoing.text if shown is not None else item.ask.speak(voice)
    kind, label, value = _say_answer(instrument, voice, given.item, given.answer, texts)
    return GivenAnswer(
        step=given.step,
        item=given.item,
        question_as_shown=question,
        choices_as_shown=[choice.button(voice) for choice in item.choices],
        kind=kind,
        label=label,
        value=value,
        given_at=given.at,
        channel=given.channel,
        stands=stands,
    )


def _say_answer(
    instrument: Instrument, voice: Voice, item: str, answer: Answer, texts: dict[str, str]
) -> tuple[str, str, int | None]:
    """Return the kind, the words and the number of an answer; only a choice has a number."""
    match answer:
        case Chosen(value):
            choice = instrument.item(item).choice(value)
            return "chosen", choice.button(voice) if choice is not None else "", value
        case Declined(how):
            return how.value, phrasebook().say(f"buttons.{_BUTTONS[how]}", voice), None
        case Written(words_id):
            return "written", texts.get(words_id, ""), None
        case _:
            assert_never(answer)


_BUTTONS: Final = {
    Declination.SKIP: "skip",
    Declination.DONT_KNOW: "dont-know",
    Declination.RATHER_NOT: "rather-not",
}
"""The phrases on the three buttons: what somebody tapped is shown as they saw it."""


def _message(shown: Shown) -> Message:
    return Message(
        text=shown.outgoing.text,
        buttons=[button.label for row in shown.outgoing.rows for button in row],
        channel=shown.channel,
        state=shown.state.value,
        made_at=shown.made_at,
        sent_at=shown.sent_at,
    )


def _moment(occasion: occasions.Occasion) -> Moment:
    return Moment(
        instrument=occasion.instrument,
        wave=occasion.wave,
        state=occasion.state.value,
        local_time=occasion.local_time,
        zone=occasion.zone,
        due_at=occasion.due_at,
        offered_at=occasion.offered_at,
        ended_at=occasion.ended_at,
    )
