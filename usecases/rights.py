"""What somebody may ask of us: everything that is stored about them, in one readable piece."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from pydantic import BaseModel

from storage import episodes, occasions, outbox, people, runs, words
from storage.casework import Casework
from storage.outbox import OutgoingKind, Shown
from storage.runs import Logged, StoredRun
from surveys.conversation import Answer, Chosen, Declined, Written
from surveys.instrument import Instrument
from surveys.people import Voice
from usecases.refusal import Refusal
from usecases.service import Service


class GivenAnswer(BaseModel):
    """One answer: the question as it was shown, the words and the value that were given."""

    step: int
    item: str
    question_as_shown: str
    choices_as_shown: list[str]
    kind: str
    label: str
    value: int | None
    given_at: datetime
    channel: str
    stands: bool


class GivenRun(BaseModel):
    """One set of questions that somebody worked through."""

    run: str
    instrument: str
    version: int
    name: str
    status: str
    started_at: datetime
    last_moved_at: datetime
    answers: list[GivenAnswer]


class OwnWords(BaseModel):
    """Something that somebody wrote in words of their own."""

    text: str
    kind: str
    received_at: datetime
    read_at: datetime | None


class Message(BaseModel):
    """A message that we made for somebody, as it was shown."""

    text: str
    buttons: list[str]
    channel: str
    state: str
    made_at: datetime
    sent_at: datetime | None


class Moment(BaseModel):
    """A moment at which somebody was asked, or will be."""

    instrument: str
    wave: str
    state: str
    local_time: str
    zone: str
    due_at: datetime
    offered_at: datetime | None
    ended_at: datetime | None


class Support(BaseModel):
    """A support episode in which somebody answers."""

    episode: str
    strand: str
    intervention: str
    lives: str
    commissioner: str
    opened_on: str
    closed_on: str | None
    close_reason: str | None


class Chat(BaseModel):
    """A chat through which somebody speaks with us; its number is theirs and not shown."""

    channel: str
    linked_at: datetime
    blocked_at: datetime | None


class NotedConcern(BaseModel):
    """That a person had to read something, and when somebody did."""

    level: str
    about: list[str]
    raised_at: datetime
    acknowledged_at: datetime | None


class Everything(BaseModel):
    """All that is stored about one person."""

    participant: str
    role: str
    age_band: str
    standing: str
    resting_until: datetime | None
    chats: list[Chat]
    support: list[Support]
    runs: list[GivenRun]
    words: list[OwnWords]
    messages: list[Message]
    moments: list[Moment]
    concerns: list[NotedConcern]


async def export(service: Service, participant_id: str) -> Everything:
    """Return all that is stored about one person. Raises Refusal."""
    return await service.lane.read(
        lambda connection: gather(service, service.open(connection), participant_id)
    )


def gather(service: Service, work: Casework, participant_id: str) -> Everything:
    """Return all that is stored about one person, inside a transaction."""
    person = people.load_person(work, participant_id)
    if person is None:
        msg = "Nobody has this id. `starling episode list --json` shows who takes part."
        raise Refusal(msg)
    shown = outbox.of_participant(work, person.id)
    written = {each.id: each for each in words.of_participant(work, person.id)}
    texts = {words_id: each.text for words_id, each in written.items()}
    return Everything(
        participant=person.id,
        role=person.role.value,
        age_band=person.age_band.value,
        standing=person.standing.value,
        resting_until=person.resting_until,
        chats=[
            Chat(channel=each.channel, linked_at=each.linked_at, blocked_at=each.blocked_at)
            for each in people.chats_of(work, person.id)
        ],
        support=[_support(each) for each in episodes.episodes_of(work, person.id)],
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
            return how.value, how.value, None
        case Written(words_id):
            return "written", texts.get(words_id, ""), None
        case _:
            assert_never(answer)


def _support(episode: episodes.SupportEpisode) -> Support:
    return Support(
        episode=episode.id,
        strand=episode.strand,
        intervention=episode.intervention,
        lives=episode.lives,
        commissioner=episode.commissioner,
        opened_on=episode.opened_on.isoformat(),
        closed_on=episode.closed_on.isoformat() if episode.closed_on else None,
        close_reason=episode.close_reason,
    )


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
