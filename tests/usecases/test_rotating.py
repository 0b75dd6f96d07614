"""Keys change while the service goes on: nobody is lost, nothing stays under the old key."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from storage import accounts, key_marks, tables
from storage.casework import Casework, Opener
from storage.invitations import TRIES_IN_ONE_CHAT
from storage.sequence import Sequence as Numbers
from storage.vault import KeyUnknown, Vault
from tests.support.callers import Place, invite, joined, open_support, phone, rows, write
from usecases import auditing, inviting, rotating, transcribing
from usecases.auditing import Verified
from usecases.inviting import By
from usecases.reading import what_waits
from usecases.refusal import Refusal
from usecases.service import Service

OLD, NEW = b"k" * 32, b"n" * 32
WORDS = "I would rather talk with my aunt"


def silent(done: int, of: int) -> None:
    assert 0 <= done <= of


async def some_life(place: Place, service: Service) -> str:
    """Somebody joins and writes something, and somebody whom nobody knows writes, too."""
    caller, invited = await joined(place, service)
    await caller.types(WORDS)
    await phone(place, service).types("who are you")
    return invited.participant


async def unread(service: Service, place: Place) -> list[str]:
    return sorted(each.text for each in (await what_waits(service, place.by)).unread)


async def turn(place: Place, service: Service) -> int:
    """Give a running service a new key, as its key file would, and seal everything with it."""
    service.open.vault.take((NEW, OLD))
    return await rotating.rotate(service, place.by, silent)


async def test_after_a_rotation_the_new_key_alone_opens_everything(place: Place) -> None:
    async with place.open() as service:
        participant = await some_life(place, service)
        before = await unread(service, place)
        assert await turn(place, service) >= 5
        assert (await rotating.look(service, place.now)).is_done
        assert await unread(service, place) == before
    place.keys = (NEW,)
    async with place.open(node=2) as service:
        assert await unread(service, place) == before
        assert WORDS in before
        listed = await inviting.list_episodes(service)
        assert [each.case for each in listed] == ["T-1001"]
        assert [each.people[0].participant_id for each in listed] == [participant]
        assert (await auditing.verify(service, [], place.now)).is_whole


async def test_everybody_is_found_under_the_new_key_as_under_the_old_one(place: Place) -> None:
    async with place.open() as service:
        caller, _ = await joined(place, service)
        service.open.vault.take((NEW, OLD))
        await caller.types("between the keys")
        await rotating.rotate(service, place.by, silent)
        service.open.vault.take((NEW,))
        chats = len(await rows(service, tables.addresses))
        await caller.types("after the keys")
        assert len(await rows(service, tables.addresses)) == chats
        await open_support(place, service, "T-1001")
        assert len(await rows(service, tables.children)) == 1


async def test_a_chat_that_was_put_aside_is_not_found_again_after_a_rotation(place: Place) -> None:
    async with place.open() as service:
        await some_life(place, service)
        (first, *_) = await rows(service, tables.addresses)
        aside = update(tables.addresses).where(tables.addresses.c.id == first.id)
        await write(
            service, lambda work: work.connection.execute(aside.values(chat_index=b"random" * 2))
        )
        await turn(place, service)
        (found,) = [each for each in await rows(service, tables.addresses) if each.id == first.id]
        assert found.chat_index == b"random" * 2


async def test_a_rotation_that_was_ended_in_the_middle_goes_on(place: Place) -> None:
    class PowerCut(Exception):
        pass

    def cut(done: int, of: int) -> None:
        del of
        if done:
            raise PowerCut

    async with place.open() as service:
        await some_life(place, service)
        service.open.vault.take((NEW, OLD))
        with pytest.raises(PowerCut):
            await rotating.rotate(service, place.by, cut)
        assert not (await rotating.look(service, place.now)).is_done
        await rotating.rotate(service, place.by, silent)
        assert (await rotating.look(service, place.now)).is_done
        assert await rotating.rotate(service, place.by, silent) == 0


_KILLED = """
import asyncio, os, signal, sys
from tests.support.callers import Place
from usecases import rotating
async def main():
    place = Place(sys.argv[1], keys=(b"n" * 32, b"k" * 32))
    async with place.open(node=3) as service:
        def tell(done, of):
            if done >= 3:
                os.kill(os.getpid(), signal.SIGKILL)
        await rotating.rotate(service, place.by, tell)
asyncio.run(main())
"""


async def test_a_rotation_that_was_killed_goes_on(place: Place) -> None:
    async with place.open() as service:
        await some_life(place, service)
        before = await unread(service, place)
    killed = subprocess.run([sys.executable, "-c", _KILLED, place.url], check=False)  # noqa: ASYNC221
    assert killed.returncode == -signal.SIGKILL
    place.keys = (NEW, OLD)
    async with place.open() as service:
        assert not (await rotating.look(service, place.now)).is_done
        assert await unread(service, place) == before
        await rotating.rotate(service, place.by, silent)
    place.keys = (NEW,)
    async with place.open() as service:
        assert await unread(service, place) == before


async def test_rows_sealed_with_the_old_key_meanwhile_are_found_by_the_next_pass(
    small_place: Place,
) -> None:
    async with small_place.open() as service, small_place.open(node=2) as other:
        await some_life(small_place, service)
        late = phone(small_place, other)
        service.open.vault.take((NEW, OLD))
        await late.types("sealed by somebody who did not know the new key")
        await rotating.rotate(service, small_place.by, silent)
        assert (await rotating.look(service, small_place.now)).left == ()


async def test_a_process_learns_the_new_key_when_it_meets_it(small_place: Place) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        await turn(small_place, service)
        chance = random.Random(4).randbytes  # noqa: S311 - the same in every run
        knows = Opener(Vault([OLD], chance, lambda: (NEW, OLD)), Numbers(5), chance)
        lost = Opener(Vault([OLD], chance), Numbers(5), chance)

        def open_first(opener: Opener, connection: Connection) -> bytes:
            row = connection.execute(select(tables.participants)).first()
            assert row is not None
            return opener.vault.person_key(row.id, row.wrapped_key)

        assert await service.lane.read(lambda connection: open_first(knows, connection))
        with pytest.raises(KeyUnknown):
            await service.lane.read(lambda connection: open_first(lost, connection))


async def test_nothing_is_rotated_while_a_running_program_would_seal_with_the_old_key(
    small_place: Place,
) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        await rotating.say_keys(service, "other", small_place.now)
        service.open.vault.take((NEW, OLD))
        with pytest.raises(Refusal, match="do not use the new key"):
            await rotating.rotate(service, small_place.by, silent)
        small_place.forward(timedelta(minutes=1))
        await rotating.rotate(service, small_place.by, silent)


async def test_a_key_is_taken_away_only_when_nothing_is_sealed_with_it(small_place: Place) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        service.open.vault.take((NEW, OLD))
        new, old = service.open.vault.key_names
        now = small_place.now
        for name, why in ((old, "sealed with an older"), (new, "newest"), ("ffff", "no key")):
            with pytest.raises(Refusal, match=why):
                await rotating.may_retire(service, name, now)
        await rotating.rotate(service, small_place.by, silent)
        assert (await rotating.may_retire(service, old, now)).is_done


async def test_a_rotation_leaves_lines_in_the_audit_and_the_chain_whole(service: Service) -> None:
    by = By("a.keeper", Place("").now)
    service.open.vault.take((NEW, OLD))
    await rotating.note_added(service, "name", by)
    await rotating.rotate(service, by, silent)
    did = [row.did for row in await rows(service, tables.audit)]
    assert did == [
        "added a key",
        "began to seal with a new key",
        "sealed everything with a new key",
    ]
    service.open.vault.take((NEW,))
    found: Verified = await auditing.verify(service, [], by.now)
    assert found.is_whole


async def test_a_database_knows_whether_it_is_locked_with_other_keys(small_place: Place) -> None:
    chance = random.Random(4).randbytes  # noqa: S311 - the same in every run
    ours, others = Vault([OLD], chance), Vault([NEW], chance)
    async with small_place.open() as service:
        read = service.lane.read
        assert not await read(lambda c: key_marks.is_locked_with_others(c, others))
        assert not await read(key_marks.holds_anything)
        await some_life(small_place, service)
        assert await read(key_marks.holds_anything)
        assert await read(lambda c: key_marks.is_locked_with_others(c, others))
        assert not await read(lambda c: key_marks.is_locked_with_others(c, ours))
        await turn(small_place, service)
        assert not await read(lambda c: key_marks.is_locked_with_others(c, others))
        assert await read(lambda c: key_marks.is_locked_with_others(c, ours))


async def test_a_browser_that_comes_back_needs_no_old_key_any_more(place: Place) -> None:
    """Only the browser knows its secret, so its index is made anew when it shows it."""
    async with place.open() as service:
        visitor, cookie = await transcribing.new_visitor(service, place.now)
        service.open.vault.take((NEW, OLD))
        await rotating.rotate(service, place.by, silent)
        assert await transcribing.visitor_of(service, cookie) == visitor
        await service.lane.settled()
        service.open.vault.take((NEW,))
        assert await transcribing.visitor_of(service, cookie) == visitor


async def test_a_guesser_gets_no_new_tries_while_keys_change(small_place: Place) -> None:
    async with small_place.open() as service:
        guesser = phone(small_place, service)
        for number in range(TRIES_IN_ONE_CHAT):
            await guesser.opens(f"W0RNG-C0D{number:02}")
        service.open.vault.take((NEW, OLD))
        invited = await invite(
            small_place, service, await open_support(small_place, service, "T-5005")
        )
        await guesser.opens(invited.code)
        assert (await rows(service, tables.invitations))[0].redeemed_at is None


async def test_whoever_signs_in_through_their_organisation_needs_no_old_key_any_more(
    small_place: Place,
) -> None:
    async with small_place.open() as service:

        def link(work: Casework) -> None:
            accounts.add(work, "a.worker", "worker", "a.boss", small_place.now)
            work.flush()
            account = accounts.find(work, "a.worker")
            assert account is not None
            accounts.link_outside(work, account.id, "subject-one")

        def is_found(work: Casework) -> None:
            found = accounts.find_from_outside(work, "subject-one")
            assert found is not None

        await write(service, link)
        for keys in ((NEW, OLD), (NEW,)):
            service.open.vault.take(keys)
            await write(service, is_found)
