"""Words: safety first, every one is kept for a person, and nothing that is typed does harm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import pytest
from sqlalchemy import text

from bot.reading import COMMANDS, read_text
from storage import tables
from storage.casework import Casework
from storage.outbox import Urgency
from storage.words import WordsToRead, to_read
from surveys.conversation import RunStatus
from surveys.people import Role
from tests.support.callers import (
    Caller,
    Place,
    browser,
    invite,
    joined,
    open_support,
    person_of,
    phone,
    rows,
    write,
)
from usecases import transcribing
from usecases.arrival import Media, MediaInput, MenuInput, MenuWish, TextInput, UnknownInput
from usecases.receiving import Reception
from usecases.service import LONGEST_WORDS, Service
from usecases.telling import Listener, Telling

CRISIS = "i want to die"


async def kept(service: Service) -> list[WordsToRead]:
    """Return everything that waits to be read, the gravest first."""
    return await service.lane.read(lambda connection: to_read(service.open(connection)))


async def status(service: Service) -> RunStatus:
    (run,) = await rows(service, tables.runs)
    return RunStatus(run.status)


# --- words ----------------------------------------------------------------------------------------


async def test_words_outside_any_question_are_kept_and_answered_honestly(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.types("the dog had puppies")
    assert "A few people in the team who look after safety read them." in caller.said
    (words,) = await kept(service)
    assert (words.text, words.kind, words.participant_id) == (
        "the dog had puppies",
        "said",
        invited.participant,
    )
    assert words.read_by_at == service.rhythm.read_by(place.now)


async def test_words_to_nobody_we_know_are_kept_too(place: Place, service: Service) -> None:
    stranger = phone(place, service)
    await stranger.types("we got a new bike")
    assert "Please type your code here" in stranger.said
    (words,) = await kept(service)
    assert (words.text, words.participant_id) == ("we got a new bike", None)


async def test_changed_words_are_kept_beside_the_old_ones(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("the old words")
    await caller.types("the new words", edited=True)
    assert "I kept the new ones and the old ones" in caller.said
    assert [(each.text, each.kind) for each in await kept(small)] == [
        ("the old words", "said"),
        ("the new words", "edit"),
    ]


@pytest.mark.parametrize("word", ["pause", "4", "stop", "go on"])
async def test_changed_words_are_never_an_answer_or_a_wish(
    small_place: Place, small: Service, word: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types(word, edited=True)
    assert [(each.text, each.kind) for each in await kept(small)] == [(word, "edit")]
    assert await status(small) is RunStatus.OPEN


@pytest.mark.parametrize("kind", list(Media))
async def test_a_picture_or_a_voice_is_not_kept_and_staff_are_told(
    small_place: Place, small: Service, kind: Media
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.does(MediaInput(kind))
    assert "You can write it in words." in caller.said
    assert await status(small) is RunStatus.OPEN
    notices = [(row.kind, row.participant_id) for row in await rows(small, tables.notices)]
    assert notices == [("media-came", invited.participant)]
    assert await kept(small) == []
    await caller.picks(3)
    assert "2 of 8" in caller.said


async def test_the_words_under_a_picture_are_words(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MediaInput(Media.PHOTO, "our new kitten"))
    assert "You can write it in words." in caller.said
    assert [(each.text, each.kind) for each in await kept(small)] == [("our new kitten", "caption")]
    await caller.does(MediaInput(Media.PHOTO, CRISIS))
    assert caller.sent[-1].outgoing.urgency is Urgency.SAFETY
    assert len(await rows(small, tables.concerns)) == 1


async def test_a_very_long_message_is_kept_whole_and_a_person_reads_it(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    long = "we went to the park and it was fine. " * 2_768
    assert len(long) > 100_000
    await caller.types(long)
    (words,) = await kept(small)
    assert words.text == long.strip()


async def test_what_is_too_long_is_cut_said_and_still_listened_to(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types("bla " * LONGEST_WORDS + CRISIS)
    assert f"I kept the first {LONGEST_WORDS} letters" in caller.said
    (words,) = await kept(small)
    assert (len(words.text), words.level) == (LONGEST_WORDS, "crisis")
    assert await status(small) is RunStatus.HELD
    assert len(caller.heard) <= 2


ODD = {
    "a\x00b": "ab",
    "\x00\x00hello\x00": "hello",
    f"half {chr(0xD800)} a sign": "half \ufffd a sign",
    f"{chr(0xDC00)}": "\ufffd",
    "\ud83d\ude00 whole": "😀 whole",
    "\u202eback to front": "\u202eback to front",
    "'; drop table words; --": "'; drop table words; --",
    "%s %(x)s {y} :z": "%s %(x)s {y} :z",
}


async def test_odd_signs_break_nothing_and_lose_nothing(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    for typed in ODD:
        await caller.types(typed)
        await caller.types(typed, edited=True)
        await caller.does(MediaInput(Media.FILE, typed))
        stranger = phone(place, service)
        await stranger.opens(typed)
        assert stranger.heard
    found = [each.text for each in await kept(service)]
    assert sorted(found) == sorted(4 * list(ODD.values()))


@pytest.mark.parametrize("typed", ["", " ", "\n\t", "\x00"])
async def test_nothing_typed_is_answered_kindly(
    small_place: Place, small: Service, typed: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types(typed)
    assert "I did not understand that" in caller.said
    stranger = phone(small_place, small)
    await stranger.types(typed)
    assert "Please type your code here" in stranger.said
    assert await kept(small) == []


async def test_an_update_that_nobody_knows_is_answered_kindly(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(UnknownInput())
    assert "I did not understand that" in caller.said
    stranger = phone(small_place, small)
    await stranger.does(UnknownInput())
    assert "Please type your code here" in stranger.said


async def test_words_in_a_browser_stand_in_its_conversation(place: Place, service: Service) -> None:
    web = await browser(place, service)
    await web.joins(await invite(place, service, await open_support(place, service)))
    await web.types("hello from the library")
    lines = await transcribing.since(service, web.chat)
    assert [line.shown.text for line in lines if not line.ours] == ["hello from the library"]


# --- short cuts -----------------------------------------------------------------------------------

HELP_NOW = "Here are people you can talk to"
MEANT = (
    "yes 🔪🩸",
    "help 🔪🩸",
    "stop 😭🔪",
    "no more 🔪",
    "tonight 🔪",
    "not my worker 🔪",
)


@pytest.mark.parametrize("typed", MEANT)
@pytest.mark.parametrize("where", ["offered", "stranger", "reading", "resting", "stopped"])
async def test_a_short_cut_with_a_worry_beside_it_is_heard_as_words(
    small_place: Place, small: Service, typed: str, where: str
) -> None:
    caller, _ = await somebody_who_is(where, small_place, small)
    await caller.types(typed)
    assert "Your message has arrived" in caller.said
    assert [(each.text, each.level) for each in await kept(small)] == [(typed, "crisis")]
    assert all(run.status != "open" for run in await rows(small, tables.runs))
    assert (HELP_NOW in caller.said) is ("help" in typed)


async def test_stop_beside_a_worry_still_stops(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types("stop 😭🔪")
    assert (await person_of(small, invited.participant)).resting_until is not None


async def test_not_my_worker_beside_a_worry_is_told_to_somebody_else(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("not my worker 🔪")
    assert "wants-another-person" in [row.kind for row in await rows(small, tables.alerts)]


@pytest.mark.parametrize("typed", ["yes 😭", "later 😭", "no 😭", "pause 😭", "menu 😭"])
async def test_a_sign_beside_a_short_cut_is_kept_too(
    small_place: Place, small: Service, typed: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types(typed)
    assert "I have your words" not in caller.said
    assert [each.text for each in await kept(small)] == [typed]


async def test_a_sign_beside_an_answer_is_kept_and_the_answer_counts(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types("4 😭")
    assert "2 of 8" in caller.said
    await caller.types("4")
    assert "3 of 8" in caller.said
    assert [each.text for each in await kept(small)] == ["4 😭"]


@pytest.mark.parametrize("typed", ["yes", "Yes! 👍", "later.", "stop", "menu 🙂"])
async def test_a_plain_short_cut_leaves_no_words(
    small_place: Place, small: Service, typed: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types(typed)
    assert await kept(small) == []


@pytest.mark.parametrize("where", ["offered", "stranger", "reading", "resting", "held", "stopped"])
@pytest.mark.parametrize("typed", ["999", "112", "911", "ambulance", "police", "call 999"])
async def test_an_emergency_named_is_help_now_and_is_read(
    small_place: Place, small: Service, typed: str, where: str
) -> None:
    caller, _ = await somebody_who_is(where, small_place, small)
    await caller.types(typed)
    assert HELP_NOW in caller.said
    assert typed in [each.text for each in await kept(small)]
    assert "asked-for-help" in [row.kind for row in await rows(small, tables.notices)]
    for way in (TextInput(typed, edited=True), MediaInput(Media.PHOTO, typed)):
        await caller.does(way)
        assert HELP_NOW in caller.said


@pytest.mark.parametrize("typed", ["/help me he has a knife", "/help i am bored"])
async def test_words_behind_the_command_for_help_are_heard_and_help_is_there(
    small_place: Place, small: Service, typed: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(read_text(typed))
    assert HELP_NOW in caller.said
    assert [each.text for each in await kept(small)] == [typed]


@pytest.mark.parametrize("command", [*COMMANDS, "start"])
async def test_words_behind_any_command_are_kept(
    small_place: Place, small: Service, command: str
) -> None:
    for who in ((await joined(small_place, small))[0], phone(small_place, small)):
        await who.does(read_text(f"/{command} my dad hits me"))
        assert "999" in who.said
    texts = [each.text for each in await kept(small)]
    assert len(texts) == 2
    assert all("my dad hits me" in each for each in texts)


# --- what a person must read ----------------------------------------------------------------------


async def test_a_concern_stops_the_questions_and_keeps_the_place(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.picks(4)
    await caller.types(CRISIS)
    (reply,) = [each.outgoing for each in caller.sent if each.outgoing.urgency is Urgency.SAFETY]
    assert "116 123" in reply.text or "0800 1111" in reply.text
    assert "999" in reply.text
    assert await status(service) is RunStatus.HELD
    assert not caller.is_asked
    (words,) = await kept(service)
    assert (words.text, words.level) == (CRISIS, "crisis")
    (concern,) = await rows(service, tables.concerns)
    assert concern.words_id == words.id
    assert concern.participant_id == invited.participant
    assert concern.acknowledged_at is None
    await caller.taps("Carry on")
    assert "2 of 8" in caller.said
    await caller.picks(4)
    assert "3 of 8" in caller.said


async def test_a_concern_in_an_open_line_is_no_answer_and_the_line_is_asked_again(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small, Role.CARER)
    await caller.taps("Start")
    while caller.is_asked:
        await caller.picks(3)
    await caller.types("he hits me with a belt")
    assert await status(small) is RunStatus.HELD
    (run,) = await rows(small, tables.runs)
    assert "words" not in json.loads(run.state)["answers"]
    await caller.taps("Carry on")
    assert "5 of 5" in caller.said
    await caller.types("nothing else")
    assert await status(small) is RunStatus.FINISHED


@pytest.mark.parametrize("where", ["stranger", "reading", "resting", "held", "finished", "stopped"])
async def test_a_concern_is_heard_wherever_somebody_stands(
    small_place: Place, small: Service, where: str
) -> None:
    caller, _ = await somebody_who_is(where, small_place, small)
    before = len(await rows(small, tables.concerns))
    await caller.types(CRISIS)
    assert caller.sent[-1].outgoing.urgency is Urgency.SAFETY
    assert "999" in caller.said
    assert len(await rows(small, tables.concerns)) == before + 1
    assert not caller.is_asked


async def somebody_who_is(where: str, place: Place, service: Service) -> tuple[Caller, str]:
    """Return somebody who stands in this way with us."""
    if where in ("stranger", "reading"):
        caller = phone(place, service)
        if where == "reading":
            invited = await invite(place, service, await open_support(place, service))
            await caller.opens(invited.code)
        return caller, ""
    caller, invited = await joined(place, service)
    if where == "offered":
        return caller, invited.participant
    await caller.taps("Start")
    match where:
        case "resting":
            await caller.does(MenuInput(MenuWish.PAUSE_A_MONTH))
        case "held":
            await caller.types("i keep cutting myself")
        case "finished":
            await caller.answers()
        case _:
            await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    return caller, invited.participant


async def test_a_concern_in_changed_words_counts(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("i want a diet")
    await caller.types(CRISIS, edited=True)
    assert caller.sent[-1].outgoing.urgency is Urgency.SAFETY
    assert (await kept(small))[0].kind == "edit"


async def test_words_and_concern_stand_together_or_not_at_all(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.types("hello")
    before = [await rows(service, each) for each in WRITTEN]
    arrival = caller.arrival(TextInput(CRISIS))
    for table in ("words", "concerns", "outbox", "inbox", "runs"):
        await refuse_writes(service, table)
        with pytest.raises(Exception, match="no more"):
            await Reception(service).receive(arrival)
        assert [await rows(service, each) for each in WRITTEN] == before
        await allow_writes(service, table)
    assert not (await Reception(service).receive(arrival)).duplicate
    assert [row.level for row in await rows(service, tables.concerns)] == ["crisis"]
    assert len(await kept(service)) == 2


WRITTEN = (tables.words, tables.concerns, tables.runs, tables.inbox)


async def refuse_writes(service: Service, table: str) -> None:
    """Make the database itself refuse every new or changed row of a table."""

    def work(casework: Casework) -> None:
        connection = casework.connection
        if connection.dialect.name == "sqlite":
            for what in ("insert", "update"):
                connection.execute(
                    text(
                        f"create trigger no_{what} before {what} on {table} "
                        "begin select raise(abort, 'no more'); end"
                    )
                )
            return
        connection.execute(
            text(
                "create or replace function refuse() returns trigger language plpgsql as "
                "$$ begin raise exception 'no more' using errcode = '42000'; end $$"
            )
        )
        connection.execute(
            text(
                f"create trigger no_more before insert or update on {table} "
                "for each row execute function refuse()"
            )
        )

    await write(service, work)


async def allow_writes(service: Service, table: str) -> None:
    """Take the refusal back."""

    def work(casework: Casework) -> None:
        connection = casework.connection
        if connection.dialect.name == "sqlite":
            connection.execute(text("drop trigger no_insert"))
            connection.execute(text("drop trigger no_update"))
        else:
            connection.execute(text(f"drop trigger no_more on {table}"))

    await write(service, work)


class Speechless(Exception):
    """The words for a reply could not be found."""


def speechless(tellings: Sequence[Telling], listener: Listener, *, tapped: bool) -> NoReturn:
    """A renderer that fails on everything."""
    del tellings, listener, tapped
    raise Speechless


async def test_what_cannot_be_answered_is_not_half_stored(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    arrival = caller.arrival(TextInput(CRISIS))
    mute = replace(small, render=speechless)
    with pytest.raises(Speechless):
        await Reception(mute).receive(arrival)
    assert (await kept(small), await rows(small, tables.concerns)) == ([], [])
    assert not (await Reception(small).receive(arrival)).duplicate
    assert len(await kept(small)) == len(await rows(small, tables.concerns)) == 1
