"""Golden conversations: the same words on every way, with everything read back at every step."""

from __future__ import annotations

import os

import pytest

from surveys.people import Voice
from surveys.wording import PREVIEW, Kind
from surveys.wording import check as check_wording
from surveys.wording_rules import WordingRule
from tests.support import transcripts
from tests.support.aiogram_way import AiogramWay
from tests.support.browser_way import BrowserWay, as_in_a_browser
from tests.support.house import World
from tests.support.plain_way import PlainWay
from tests.support.transcripts import Does, Happening, How, Transcript
from tests.support.ways import Setting, Way

NAMES = transcripts.names()
ON_A_SERVER = "star-with-everything"
LONG = 20
"""Letters of somebody's own words by which they can be told from ours."""


async def play(way: Way, transcript: Transcript) -> list[list[Happening]]:
    """Play a conversation step by step; return what happened in each."""
    await way.invite(transcript)
    return [await way.do(step) for step in transcript.steps]


async def check(way: Way, transcript: Transcript) -> None:
    """Play a conversation and compare each step with what is written down."""
    await way.invite(transcript)
    for number, step in enumerate(transcript.steps, start=1):
        happened = await way.do(step)
        assert list(step.then) == happened, f"step {number}, {step.does}: {step.what}"


@pytest.mark.parametrize("name", NAMES)
async def test_the_engine_and_the_use_cases_alone_say_what_is_written_down(
    name: str, sqlite_url: str, request: pytest.FixtureRequest
) -> None:
    transcript = transcripts.load(name)
    way = PlainWay(Setting(World(sqlite_url)))
    if wants_update(request):
        transcripts.save(transcript.with_happenings(await play(way, transcript)))
        return
    await check(way, transcript)


@pytest.mark.parametrize("name", NAMES)
async def test_updates_through_aiogram_bring_the_same(name: str, sqlite_url: str) -> None:
    await check(AiogramWay(Setting(World(sqlite_url))), transcripts.load(name))


@pytest.mark.parametrize("name", NAMES)
async def test_a_browser_over_http_shows_the_same(name: str, sqlite_url: str) -> None:
    transcript = transcripts.load(name)
    way = BrowserWay(Setting(World(sqlite_url)))
    await way.invite(transcript)
    for number, step in enumerate(transcript.steps, start=1):
        shown = as_in_a_browser(await way.do(step))
        assert as_in_a_browser(step.then) == shown, f"step {number}, {step.does}: {step.what}"


@pytest.mark.postgres
@pytest.mark.parametrize("way", [AiogramWay, PlainWay])
async def test_a_server_database_says_the_same(way: type[AiogramWay], postgres_url: str) -> None:
    await check(way(Setting(World(postgres_url))), transcripts.load(ON_A_SERVER))


@pytest.mark.parametrize("name", NAMES)
def test_a_conversation_is_written_down_as_it_would_be_written(name: str) -> None:
    """A file edited by hand is in the form in which it is saved, so that differences are small."""
    written = (transcripts.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert transcripts.write(transcripts.load(name)) == written


def test_never_more_than_two_new_messages_in_a_row() -> None:
    for name in NAMES:
        for step in transcripts.load(name).steps:
            said = [each for each in step.then if each.how is How.SAY]
            inputs = 2 if step.does is Does.TAP_TWICE else 1
            assert len(said) <= 2 * inputs, f"{name}: {step.what}"


def test_a_check_in_takes_at_most_six_taps() -> None:
    steps = transcripts.load("check-in").steps
    offered = next(number for number, step in enumerate(steps) if step.does is Does.WAIT)
    assert len(steps[offered + 1 :]) <= 6


def wants_update(request: pytest.FixtureRequest) -> bool:
    """Tell whether the golden files are to be written anew."""
    asked = request.config.getoption("--update-golden", default=False)
    return bool(asked or os.environ.get("UPDATE_GOLDEN"))


@pytest.mark.parametrize("name", NAMES)
def test_the_first_letters_of_no_message_give_anything_away_on_a_locked_phone(name: str) -> None:
    """No place, school, kind of service or person; nothing that somebody wrote, either."""
    steps = transcripts.load(name).steps
    theirs = [step.what for step in steps if step.does is Does.TYPE and len(step.what) > LONG]
    for step in steps:
        for each in step.then:
            if each.how is How.SAY:  # a change of an old message wakes no phone
                found = check_wording(each.text, Voice.OLDER, name, Kind.MESSAGE)
                assert [one for one in found if one.rule is WordingRule.PREVIEW] == []
                assert not [said for said in theirs if said[:LONG] in each.text[:PREVIEW]]
