"""Buttons that are forged, borrowed or pressed again: they change nothing that is not theirs."""

from __future__ import annotations

from storage import tables
from tests.support import telegram_updates as updates
from tests.support.callers import rows
from tests.support.chatter import Chatter, Phones
from tests.support.house import World
from usecases.service import Service


async def standing(service: Service) -> list[tuple[str, str]]:
    """Every run as it stands, with its answers."""
    return [(row.id, row.state) for row in await rows(service, tables.runs)]


async def test_a_button_of_somebody_else_changes_nothing(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young, thief = Chatter(house, phones), Chatter(house, phones, chat_id=55_501)
        await young.begins()
        await thief.joins()
        borrowed = young.window.find(young.middle())[1].data
        before = await standing(house.service)
        said = len(thief.window.ours)
        raw = updates.tap(phones.next_update(), thief.chat_id, thief.last, borrowed)
        await thief.hands_in(raw)
        assert await standing(house.service) == before
        assert len(thief.window.ours) > said, "they are answered kindly"
        assert "of 8" not in thief.last.text


async def test_a_tap_that_is_handed_in_again_counts_once(sqlite_url: str) -> None:
    """The same update, and the same button under a new number, long after."""
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        raw = young.tap(young.middle())
        await young.hands_in(raw)
        after = await standing(house.service)
        await young.hands_in(raw)
        await young.hands_in(raw | {"update_id": phones.next_update()})
        assert await standing(house.service) == after
        assert young.last.text.startswith("2 of 8")


async def test_a_button_under_somebody_elses_offer_begins_nothing(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young, thief = Chatter(house, phones), Chatter(house, phones, chat_id=55_502)
        await young.joins()
        await thief.joins()
        borrowed = young.window.find("Start")[1].data
        raw = updates.tap(phones.next_update(), thief.chat_id, thief.last, borrowed)
        await thief.hands_in(raw)
        assert await standing(house.service) == []
