"""All about one person can be handed to them, nothing of anybody else; what is locked stays so."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from outcomes.episode import AgeBand, Lives
from outcomes.measures.characteristics import Characteristic
from storage import tables
from storage.reasons import Reason
from surveys.people import Role, Voice
from tests.support.callers import (
    Place,
    browser,
    close_support,
    invite,
    joined,
    open_support,
    phone,
    rows,
)
from tests.support.canary import CANARY_CHAT_ID, CANARY_SENTENCE
from usecases import (
    characteristics,
    contract_facts,
    moving,
    reading,
    rights,
    sdq_totals,
    suppressing,
)
from usecases.arrival import JoinInput, JoinReply, Media, MediaInput, MenuInput, MenuWish
from usecases.characteristics import Change, GivenBy
from usecases.contract_facts import Noted
from usecases.everything import Everything, GivenAnswer
from usecases.inviting import By
from usecases.moving import EpisodeChange
from usecases.refusal import Refusal
from usecases.sdq_totals import Informant, Total
from usecases.service import Service


async def export(service: Service, participant: str) -> Everything:
    return await rights.export(service, participant)


def standing(everything: Everything) -> dict[str, GivenAnswer]:
    return {each.item: each for run in everything.runs for each in run.answers if each.stands}


async def test_every_question_is_told_as_it_was_shown_and_every_answer_by_label_and_value(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    shown = {}
    for value in (5, 4, 3):
        asked = caller.window.last
        await caller.picks(value)
        shown[asked.text] = value
    await caller.taps("Skip")
    await caller.taps("I don't know")
    await caller.taps("Rather not say")
    everything = await export(service, invited.participant)
    (run,) = everything.runs
    assert (run.instrument, run.version, run.status) == ("star", 1, "open")
    given = standing(everything)
    assert {each.question_as_shown: each.value for each in run.answers[:3]} == shown
    assert [(each.kind, each.value) for each in given.values()] == [
        ("chosen", 5),
        ("chosen", 4),
        ("chosen", 3),
        ("skip", None),
        ("dont-know", None),
        ("rather-not", None),
    ]
    body = service.catalogue.latest("star").item("body")
    assert given["body"].label == body.choices[-1].button(Voice.OLDER)
    assert given["body"].label in given["body"].choices_as_shown
    assert {each.channel for each in run.answers} == {"telegram"}
    assert [each.given_at for each in run.answers] == sorted(each.given_at for each in run.answers)


async def test_answers_that_were_changed_are_told_too(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.picks(5)
    await caller.taps("Back")
    await caller.picks(1)
    (run,) = (await export(small, invited.participant)).runs
    assert [(each.item, each.value, each.stands) for each in run.answers] == [
        ("body", 5, False),
        ("body", 1, True),
    ]


async def test_own_words_come_back_word_for_word(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service, Role.CARER)
    await caller.types(CANARY_SENTENCE)
    await caller.types("and another thing", edited=True)
    await caller.does(MediaInput(Media.PHOTO, "our garden"))
    await caller.taps("Start")
    while caller.is_asked:
        await caller.picks(2)
    await caller.types("It was a long week.")
    everything = await export(service, invited.participant)
    assert [(each.text, each.kind) for each in everything.words] == [
        (CANARY_SENTENCE, "said"),
        ("and another thing", "edit"),
        ("our garden", "caption"),
        ("It was a long week.", "answer"),
    ]
    answer = standing(everything)["words"]
    assert (answer.kind, answer.label, answer.value) == ("written", "It was a long week.", None)


async def test_everything_else_that_is_stored_is_in_it(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types("i want to die")
    await caller.taps("Carry on")
    await caller.answers(2)
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    everything = await export(small, invited.participant)
    (row,) = await rows(small, tables.participants)
    assert (everything.participant, everything.standing) == (row.id, "joined")
    assert everything.resting_until == row.resting_until
    assert [(each.wave, each.state) for each in everything.moments] == [
        ("start", "answered"),
        ("review", "planned"),
    ]
    assert [each.level for each in everything.concerns] == ["crisis"]
    assert [each.kind for each in everything.staff_notes] == ["wants-person"]
    assert [each.redeemed_at is not None for each in everything.invitations] == [True]
    assert [(each.wave, each.scores["home"]) for each in everything.numbers] == [("start", 2)]
    assert [each.channel for each in everything.chats] == ["telegram"]
    assert [each.lives for each in everything.support] == ["foster"]
    said = [each.text for each in everything.messages]
    assert {bubble.text for bubble in caller.window.ours if not bubble.times_changed} <= set(said)
    assert {"sent"} == {each.state for each in everything.messages if each.sent_at is not None}


async def test_their_own_times_and_what_staff_did_about_asking_them_are_in_it(
    small_place: Place, small: Service
) -> None:
    _, invited = await joined(small_place, small)
    (row,) = await rows(small, tables.participants)
    theirs = update(tables.participants).where(tables.participants.c.id == row.id)
    await small.lane.write(
        lambda connection: connection.execute(theirs.values(suits="weekend", at_most_days=7))
    )
    by = By("a.worker", small_place.now)
    (episode,) = await rows(small, tables.support_episodes)
    moved = EpisodeChange(lives=Lives.KINSHIP)
    await moving.change(small, episode.id, moved, small_place.now.date(), by)
    await suppressing.suppress(small, invited.participant, Reason.COURT, by, household=False)
    everything = await export(small, invited.participant)
    assert (everything.times.suits, everything.times.at_most_days) == ("weekend", 7)
    assert everything.times.council == "derby-city"
    assert [(each.reason, each.lifted_at) for each in everything.holds] == [("court", None)]
    (support,) = everything.support
    assert [(each.what, each.was, each.became) for each in support.changes] == [
        ("lives", "foster", "kinship")
    ]
    assert everything.quiet_times == []
    assert everything.email is None


async def test_what_staff_noted_about_a_young_person_is_told_to_them_and_to_no_carer(
    place: Place, service: Service
) -> None:
    _, young = await joined(place, service)
    (episode,) = await rows(service, tables.support_episodes)
    carer = await invite(place, service, episode.id, Role.CARER)
    noted = Noted(AgeBand.FROM_SIXTEEN, 1, plan_on=date(2026, 9, 3))
    await contract_facts.note(service, episode.id, lambda _: noted, place.by)
    total = Total(Informant.TEACHER, date(2026, 9, 2), 17)
    await sdq_totals.note(service, episode.id, total, place.by)
    given = Change({Characteristic.SEX: "female"}, GivenBy.PERSON)
    await characteristics.note(service, episode.id, given, place.by)
    told = await export(service, young.participant)
    (support,) = told.support
    assert support.noted is not None
    assert (support.noted.unplanned_moves, support.noted.away_at_start) == (1, None)
    assert [(each.informant, each.total) for each in support.totals] == [("teacher", 17)]
    assert [(each.what, each.value) for each in told.characteristics] == [("sex", "female")]
    assert {each.what for each in support.changes} == {"child-age", "unplanned-moves", "plan-on"}
    theirs = await export(service, carer.participant)
    assert theirs.characteristics == []
    assert [(each.noted, each.totals, each.changes) for each in theirs.support] == [(None, [], [])]


async def test_nothing_of_anybody_else_is_in_it(place: Place, service: Service) -> None:
    one, first = await joined(place, service, case="T-1")
    two, second = await joined(place, service, case="T-2")
    for caller, word in ((one, "apples"), (two, "pears")):
        await caller.types(f"I like {word}")
        await caller.taps("Start")
        await caller.picks(1 if word == "apples" else 5)
    text = (await export(service, first.participant)).model_dump_json()
    assert "apples" in text
    assert "pears" not in text
    others = [row.id for row in await rows(service, tables.runs)]
    assert sum(run in text for run in others) == 1
    assert second.participant not in text


async def test_a_chat_that_changed_hands_is_told_to_each_as_far_as_it_was_theirs(
    place: Place, service: Service
) -> None:
    caller, first = await joined(place, service, case="T-1")
    await caller.taps("Start")
    await caller.picks(1)
    second = await invite(place, service, await open_support(place, service, "T-2"))
    await caller.opens(second.code)
    await caller.does(JoinInput(JoinReply.YES))
    theirs = (await export(service, second.participant)).model_dump_json()
    assert "1 of 8" not in theirs
    assert "Thank you. You are in." in theirs
    mine = (await export(service, first.participant)).model_dump_json()
    assert "2 of 8" in mine


async def test_an_export_by_staff_is_noted(place: Place, service: Service) -> None:
    _, invited = await joined(place, service)
    await rights.export(service, invited.participant)
    await rights.export(service, invited.participant, place.by)
    noted = [row for row in await rows(service, tables.audit) if row.did == "exported everything"]
    assert [(row.who, row.target) for row in noted] == [("a made-up worker", invited.participant)]


async def test_nobody_is_refused_with_the_remedy(small_place: Place, small: Service) -> None:
    with pytest.raises(Refusal, match="Nobody has this id"):
        await rights.export(small, "nobody")
    with pytest.raises(Refusal, match="Nobody has this id"):
        await rights.export(small, "nobody", small_place.by)


async def test_somebody_who_never_came_has_an_export_too(
    small_place: Place, small: Service
) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    everything = await export(small, invited.participant)
    assert (everything.standing, everything.runs, everything.messages) == ("invited", [], [])


# --- locked ---------------------------------------------------------------------------------------


async def test_words_chats_and_case_references_cannot_be_read_in_the_file(
    small_place: Place, small: Service
) -> None:
    case = "LOCKED-CASE-4471"
    invited = await invite(small_place, small, await open_support(small_place, small, case))
    caller = phone(small_place, small)
    caller.chat = CANARY_CHAT_ID
    await caller.joins(invited)
    await caller.taps("Start")
    await caller.types(CANARY_SENTENCE)
    await caller.types(f"i want to die, {CANARY_SENTENCE}")
    await caller.taps("Carry on")
    await caller.answers(3)
    stranger = phone(small_place, small)
    await stranger.types(f"stranger, {CANARY_SENTENCE}")
    await reading.what_waits(small, small_place.by)
    (row,) = await rows(small, tables.support_episodes)
    await close_support(small_place, small, row.id)
    await small.lane.settled()
    path = Path(small_place.url.removeprefix("sqlite:///"))
    stored = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    secrets = (CANARY_SENTENCE, str(CANARY_CHAT_ID), case, case.lower(), invited.code)
    token = invited.web.rpartition("/")[2]
    for secret in (*secrets, invited.code.replace("-", "").lower(), token):
        assert secret.encode() not in stored
        assert secret.encode("utf-16-le") not in stored
    assert b"theraplay" in stored


async def test_what_somebody_wrote_is_nowhere_but_in_the_words(
    small_place: Place, small: Service
) -> None:
    web = await browser(small_place, small)
    await web.joins(
        await invite(small_place, small, await open_support(small_place, small), Role.CARER)
    )
    await web.taps("Start")
    while web.is_asked:
        await web.picks(2)
    await web.types(CANARY_SENTENCE)
    await small.lane.settled()
    connection = sqlite3.connect(small_place.url.removeprefix("sqlite:///"))
    names = [
        row[0] for row in connection.execute("select name from sqlite_master where type='table'")
    ]
    for name in names:
        for row in connection.execute(f'select * from "{name}"'):  # noqa: S608 (names of our tables)
            assert CANARY_SENTENCE not in json.dumps(row, default=repr)
    connection.close()
