"""The web chat's record: nobody sees another's lines, and nothing said can vanish."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import transcripts
from storage.casework import Casework
from storage.outbox import Button
from tests.support.callers import Place, browser, invite, open_support, write
from tests.support.canary import CANARY_SENTENCE
from usecases import transcribing
from usecases.service import Service
from usecases.transcribing import Shown

SECOND = timedelta(seconds=1)
ROWS = ((Button("Yes", "j:yes"), Button("A link", url="https://starling.test")),)


async def test_a_browser_is_known_by_its_cookie_and_by_nothing_else(
    place: Place, service: Service
) -> None:
    visitor, token = await transcribing.new_visitor(service, place.now)
    other, another = await transcribing.new_visitor(service, place.now)
    assert visitor != other
    assert token != another
    assert len(token) == 32
    assert await transcribing.visitor_of(service, token) == visitor
    for wrong in ("", token[:-1], token.upper(), "x" * 5_000, chr(0xD800)):
        assert await transcribing.visitor_of(service, wrong) is None


async def test_a_page_that_is_sent_twice_lets_one_browser_in(
    small_place: Place, small: Service
) -> None:
    first = await transcribing.new_visitor(small, small_place.now, "a secret of the page")
    again = await transcribing.new_visitor(small, small_place.now, "a secret of the page")
    assert first == again
    assert (await transcribing.new_visitor(small, small_place.now, "another"))[0] != first[0]


async def test_whoever_chose_the_mark_of_a_page_does_not_know_the_secret_made_of_it(
    small_place: Place,
) -> None:
    """Otherwise they could open a page, let a child come in by it, and read along."""
    secrets = set()
    for keys in ((b"a" * 32,), (b"b" * 32,)):
        now = small_place.forward(SECOND)
        async with replace(small_place, keys=keys).open() as service:
            _, secret = await transcribing.new_visitor(service, now, "chosen mark")
            secrets.add(secret)
    assert len(secrets) == 2, "it hangs on a key that they do not have"


@pytest.mark.parametrize("text", ["Hello", "", "😀 \u202e", '{"text": "x"}', "x" * 4_096])
async def test_what_was_written_is_shown_as_it_was(
    small_place: Place, small: Service, text: str
) -> None:
    visitor, _ = await transcribing.new_visitor(small, small_place.now)
    shown = Shown(text, ROWS, picture_run="a-run")
    number = await transcribing.write(small, visitor, shown, small_place.now)
    (line,) = await transcribing.since(small, visitor)
    assert (line.id, line.ours, line.shown, line.at) == (number, True, shown, small_place.now)
    assert await transcribing.shown(small, visitor, number) == shown


async def test_a_line_can_be_changed_by_its_number_in_its_own_chat_only(
    place: Place, service: Service
) -> None:
    visitor, _ = await transcribing.new_visitor(service, place.now)
    other, _ = await transcribing.new_visitor(service, place.now)
    number = await transcribing.write(service, visitor, Shown("before", ROWS), place.now)
    later = place.forward(SECOND)
    assert not await transcribing.change(service, other, number, Shown("forged"), later)
    assert not await transcribing.change(service, visitor, number + 1, Shown("forged"), later)
    assert await transcribing.change(service, visitor, number, Shown("after"), later)
    (line,) = await transcribing.since(service, visitor)
    assert (line.shown, line.at, line.changed_at) == (Shown("after"), later - SECOND, later)
    assert await transcribing.shown(service, other, number) is None
    assert await transcribing.since(service, other) == []


async def test_only_what_changed_since_is_told(small_place: Place, small: Service) -> None:
    visitor, _ = await transcribing.new_visitor(small, small_place.now)
    numbers = [
        await transcribing.write(small, visitor, Shown(word), small_place.forward(SECOND))
        for word in ("one", "two", "three")
    ]
    seen = small_place.now
    assert await transcribing.since(small, visitor, seen) == []
    await transcribing.change(small, visitor, numbers[0], Shown("ONE"), small_place.forward(SECOND))
    changed = await transcribing.since(small, visitor, seen)
    assert [line.shown.text for line in changed] == ["ONE"]
    everything = await transcribing.since(small, visitor)
    assert [line.shown.text for line in everything] == ["ONE", "two", "three"]


async def test_the_newest_lines_are_shown_oldest_first(small_place: Place, small: Service) -> None:
    visitor, _ = await transcribing.new_visitor(small, small_place.now)

    def fill(work: Casework) -> None:
        for number in range(transcripts.SHOWN + 5):
            body = json.dumps({"text": str(number), "rows": [], "picture": None})
            transcripts.write(work, visitor, body, small_place.now)

    await write(small, fill)
    lines = await transcribing.since(small, visitor)
    assert len(lines) == transcripts.SHOWN
    assert [lines[0].shown.text, lines[-1].shown.text] == ["5", "204"]


async def test_own_words_are_shown_to_their_own_browser(place: Place, service: Service) -> None:
    web = await browser(place, service)
    await web.types("before I was known")
    await web.joins(await invite(place, service, await open_support(place, service)))
    await web.types(CANARY_SENTENCE)
    other = await browser(place, service)
    mine = [line for line in await transcribing.since(service, web.chat) if not line.ours]
    assert [line.shown.text for line in mine] == ["before I was known", CANARY_SENTENCE]
    assert await transcribing.since(service, other.chat) == []
