"""Made-up staff sort what made-up young people write, and say what was done."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from outcomes.quarter import Year
from starling.simulation.listening import THEMES, listen_in, themes_in
from starling.simulation.published import take_published
from storage import tables, words
from storage.casework import Connection
from storage.words import WordsToRead
from surveys.people import Role
from tests.support.callers import DAY, Place, joined, rows
from usecases import indicators, theming
from usecases.service import Service
from usecases.theme_words import check_reply, check_title

NOW = datetime(2026, 10, 1, 16, tzinfo=UTC)


def somebodys(text: str) -> WordsToRead:
    return WordsToRead("w", "p", text, "said", NOW, NOW, None, None, (), None)


async def listen(service: Service, now: datetime) -> None:
    def work(connection: Connection) -> None:
        casework = service.open(connection)
        unread = words.to_read(casework)
        for each in unread:
            words.mark_read(casework, each.id, "made-up staff", now)
        listen_in(service, casework, unread, now)
        casework.flush()

    await service.lane.write(work)


def test_every_made_up_theme_and_reply_is_in_words_that_a_child_can_read() -> None:
    assert [check_title(title) for title in THEMES] == list(THEMES)
    said = [did for _, several in THEMES.values() for did in several]
    assert [check_reply(did) for did in said] == said


def test_some_words_have_no_theme_and_every_theme_comes_up() -> None:
    found = [themes_in(somebodys(f"made up {number}")) for number in range(600)]
    assert 150 < sum(not each for each in found) < 350
    counts = Counter(title for each in found for title in each)
    assert counts["Waiting too long"] > counts["Getting here"] > 0
    assert themes_in(somebodys("made up 1")) == themes_in(somebodys("made up 1"))


async def test_words_are_sorted_and_once_a_month_something_is_done(sqlite_url: str) -> None:
    place = Place(sqlite_url, now=NOW)
    async with place.open() as service:
        young, _ = await joined(place, service)
        carer, _ = await joined(place, service, Role.CARER, case="T-2")
        for number in range(12):
            await young.types(f"made up {number}")
            await carer.types(f"made up {number}")
        for again in (NOW, NOW, NOW + DAY, NOW + 31 * DAY):
            await listen(service, again)
        sorted_words = {row.words_id for row in await rows(service, tables.word_themes)}
        by_young = {row.id for row in await rows(service, tables.words)}
        looked = await theming.look_at_words(service, by_young)
        assert sorted_words
        assert sorted_words <= looked.may_be_sorted
        first, second = await theming.replies_up_to(service, Year(2026))
        assert [first.on, second.on] == ["2026-10-01", "2026-11-01"]
        assert first.did in THEMES[first.title][1]
        assert first.did != second.did


async def test_a_made_up_service_gets_published_figures_up_to_its_last_quarter(
    sqlite_url: str,
) -> None:
    place = Place(sqlite_url, now=NOW)
    async with place.open() as service:
        for _ in range(2):
            await take_published(service, NOW)
        found = {each.code: each for each in await indicators.up_to(service, Year(2026))}
    assert len(found) == 11
    stable = found["SS_PM17"]
    assert (stable.points[-1].quarter, stable.forecast is None) == ("2026/27-Q2", False)
    assert "not what was published then" in stable.source
