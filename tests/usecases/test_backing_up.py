"""A backup brings everything back, and nobody who was forgotten since."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from storage import marks, tables
from storage.backup import STUB, Part, PeoplesKeys, kept_tables
from storage.backup_file import BackupRefused, Writer, read_parts
from storage.casework import Casework, Opener
from storage.database import newest_revision, read_once, run_once
from storage.sequence import Sequence as Numbers
from storage.vault import Vault
from surveys.people import Role
from tests.conftest import make_tables
from tests.support.callers import (
    Place,
    browser,
    close_support,
    invite,
    joined,
    open_support,
    phone,
    rows,
    write,
)
from usecases import (
    auditing,
    backing_up,
    bringing_back,
    erasing,
    inviting,
    reading,
    rotating,
)
from usecases.auditing import Anchor, AnchorKind
from usecases.backing_up import About, BackedUp, Where
from usecases.bringing_back import BroughtBack, Outside
from usecases.erasing import Why
from usecases.service import Service

WORDS = "the heron by the lake knows"
OTHERS = "I look after the garden"
NOTHING = Outside((), ())
REVISION = newest_revision()


@dataclass
class Shelf:
    """A folder for backups, with its key, and a place for a second database."""

    folder: Path
    chance: Callable[[int], bytes] = field(default=random.Random(8).randbytes)  # noqa: S311 - as ever
    key: bytes = b"b" * 32

    @property
    def where(self) -> Where:
        """Where its backups lie."""
        return Where(self.folder, self.key, self.chance)

    def opener(self, *keys: bytes) -> Opener:
        """Return what opens units of work with these keys."""
        return Opener(Vault(keys or (b"k" * 32,), self.chance), Numbers(77), self.chance)

    def backs_up(self, place: Place) -> BackedUp:
        """Make a backup of a place."""
        opener = self.opener(*place.keys)
        place.forward(timedelta(seconds=2))
        identity = run_once(place.url, lambda c: marks.identity(opener(c)))
        about = About(REVISION, identity, place.now)

        def work(connection: Connection) -> BackedUp:
            return backing_up.make(opener(connection), self.where, about, lambda *_: None)

        return read_once(place.url, work)

    def brings_back(
        self, url: str, file: Path, outside: Outside = NOTHING, keys: tuple[bytes, ...] = ()
    ) -> BroughtBack:
        """Bring a backup back into a database with empty tables."""
        opener, later = self.opener(*keys), Place(url).now + timedelta(days=1)

        def work(connection: Connection) -> BroughtBack:
            return bringing_back.bring_back(
                opener(connection), self.where, file, outside, REVISION, later
            )

        return run_once(url, work)

    def empty(self, name: str = "second") -> str:
        """Return another database with tables and no rows."""
        url = f"sqlite:///{self.folder.parent / name}.db"
        make_tables(url)
        return url

    @asynccontextmanager
    async def service_from(
        self, file: Path, now: datetime, outside: Outside = NOTHING
    ) -> AsyncIterator[tuple[BroughtBack, Service]]:
        """Bring a backup back into another database: what came of it, and the service there."""
        second = self.empty()
        found = self.brings_back(second, file, outside)
        async with Place(second, now=now).open(node=2) as service:
            yield found, service

    async def forgets(self, place: Place, service: Service, who: str) -> None:
        """Forget somebody, as is noted beside the keys too, and make a newer backup."""
        there = replace(service, erased_file=self.folder.parent / "erased.log")
        await erasing.erase(there, who, place.by, Why.THEIR_WISH)
        self.backs_up(place)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "backups"
    folder.mkdir()
    return Shelf(folder)


async def some_life(place: Place, service: Service) -> tuple[str, str]:
    """A young person and a carer of the same child, somebody in a browser, and a stranger."""
    caller, invited = await joined(place, service)
    await caller.types(WORDS)
    carer, other = await joined(place, service, case="T-2002")
    await carer.types(OTHERS)
    web = await browser(place, service)
    await web.joins(await invite(place, service, await open_support(place, service, "T-3003")))
    await phone(place, service).types("who are you")
    for each in (await reading.what_waits(service, place.by)).unread:
        await reading.mark_read(service, each.id, place.by)
    return invited.participant, other.participant


def everything(url: str) -> dict[str, list[Any]]:
    """Return all rows of all tables that are kept, by the table's name."""

    def work(connection: Connection) -> dict[str, list[Any]]:
        return {
            each.name: [
                tuple(row) for row in connection.execute(select(each).order_by(*each.primary_key))
            ]
            for each in kept_tables()
        }

    return read_once(url, work)


async def test_everything_comes_back_as_it_was(place: Place, shelf: Shelf) -> None:
    async with place.open() as service:
        await some_life(place, service)
        made = shelf.backs_up(place)
    second = shelf.empty()
    found = shelf.brings_back(second, made.file)
    assert found.is_good
    assert (found.forgotten, found.unreadable, found.without_parent) == ((), 0, 0)
    before, after = everything(place.url), everything(second)
    for name in before.keys() - {"audit", "marks", "notices", "outbox", "occasions"}:
        assert before[name] == after[name], name
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert len(after["notices"]) == len(before["notices"]) + 1
    async with Place(second, now=place.now).open(node=2) as service:
        assert (await auditing.verify(service, [], place.now)).is_whole


async def test_a_backup_of_one_kind_of_database_comes_back_into_the_other(
    postgres_url: str, sqlite_url: str, shelf: Shelf
) -> None:
    async with Place(sqlite_url).open() as service:
        await some_life(Place(sqlite_url), service)
    made = shelf.backs_up(Place(sqlite_url))
    assert shelf.brings_back(postgres_url, made.file).is_good
    before, after = everything(sqlite_url), everything(postgres_url)
    assert before["words"] == after["words"]
    assert before["runs"] == after["runs"]


async def test_old_messages_wait_for_a_person(small_place: Place, shelf: Shelf) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        waits = update(tables.outbox).values(state="pending", due_at=small_place.now)
        await service.lane.write(lambda connection: connection.execute(waits))
        made = shelf.backs_up(small_place)
    second = shelf.empty()
    assert shelf.brings_back(second, made.file).set_aside > 0
    states = {row.state for row in _rows(second, tables.outbox)}
    assert states == {"quarantined"}


def _rows(url: str, table: Any) -> list[Any]:
    return read_once(url, lambda connection: list(connection.execute(select(table))))


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup of some life, and the young person in it."""

    file: Path
    who: str


@pytest.fixture
async def kept(small_place: Place, shelf: Shelf) -> Kept:
    """Some life in a small place was backed up."""
    async with small_place.open() as service:
        who, _ = await some_life(small_place, service)
        return Kept(shelf.backs_up(small_place).file, who)


@pytest.fixture
async def forgotten(kept: Kept, small_place: Place, shelf: Shelf) -> Kept:
    """Since then that young person was forgotten, and a newer backup made."""
    async with small_place.open(node=2) as service:
        await shelf.forgets(small_place, service, kept.who)
    return kept


async def test_whoever_was_forgotten_cannot_be_read_from_an_older_backup(
    forgotten: Kept, small_place: Place, shelf: Shelf
) -> None:
    async with shelf.service_from(forgotten.file, small_place.now) as (found, service):
        assert found.is_good
        assert found.forgotten == (forgotten.who,)
        assert found.unreadable > 0
        texts = [each.text for each in await reading.read_lately(service, small_place.by)]
        assert OTHERS in texts
        assert WORDS not in texts
        assert forgotten.who not in [row.id for row in await rows(service, tables.participants)]
        assert (await auditing.verify(service, [], small_place.now)).is_whole


async def test_with_all_keys_of_the_service_an_older_backup_still_holds_no_word_of_theirs(
    forgotten: Kept, shelf: Shelf
) -> None:
    """Whoever steals the older backup, the backup key, the service's keys and the newest people."""
    older, who = forgotten.file, forgotten.who
    plain = b"".join(read_parts(older, shelf.key))
    written = [each for each in read_parts(older, shelf.key) if each.startswith(b'{"table"')]
    parts = {part.table: part for part in map(Part.from_json, written)}
    assert who in str(parts[STUB].rows)  # a stub says for whom the erasure is done again
    for name in ("participations", "addresses", "invitations", "occasions"):
        owned = [row for row in parts[name].rows if who in row]
        assert owned == []
        assert f"person {who}" in dict(parts[name].locked)
    assert WORDS.encode() not in plain
    people = backing_up.read_people(shelf.where)
    assert who not in people.keys.persons
    assert people.erased == (who,)


async def test_the_file_beside_the_keys_is_enough_to_forget_somebody_again(
    kept: Kept, small_place: Place, shelf: Shelf
) -> None:
    """The newest people.keys still holds them: the backup was made before they were forgotten."""
    known = Outside((kept.who,), ())
    async with shelf.service_from(kept.file, small_place.now, known) as (found, service):
        assert found.forgotten == (kept.who,)
        assert WORDS not in [e.text for e in await reading.read_lately(service, small_place.by)]


async def test_people_who_are_missing_though_nobody_forgot_them_are_a_reason_to_refuse(
    kept: Kept, shelf: Shelf
) -> None:
    people = backing_up.read_people(shelf.where)
    persons = dict(list(people.keys.persons.items())[1:])

    fewer = PeoplesKeys(persons, people.keys.children, people.keys.checks)
    with Writer(shelf.where.people, shelf.key, people.made_at, shelf.chance) as file:
        file.add(fewer.to_json())
        file.add(b"[]")
    second = shelf.empty()
    with pytest.raises(BackupRefused, match="lacks 1 people"):
        shelf.brings_back(second, kept.file)
    assert everything(second)[STUB] == []


async def test_heads_outside_are_compared_and_later_ones_are_excused(
    small_place: Place, shelf: Shelf
) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        before = await auditing.head(service, small_place.now)
        made = shelf.backs_up(small_place)
        await some_more(small_place, service)
        after = await auditing.head(service, small_place.now)
    assert before is not None
    assert after is not None
    found = shelf.brings_back(shelf.empty(), made.file, Outside((), (before, after)))
    assert (found.is_good, found.later_heads) == (True, 1)
    assert found.anchor is not None
    assert found.anchor.kind is AnchorKind.RESTORED
    wrong = Anchor(before.identity, before.at, before.kind, _bent(before))
    bad = shelf.brings_back(shelf.empty("third"), made.file, Outside((), (wrong,)))
    assert not bad.is_good


async def test_heads_of_another_database_are_left_behind_by_a_restore(
    small_place: Place, shelf: Shelf
) -> None:
    """A backup may be brought back beside the file of a database that was there before."""
    async with small_place.open() as service:
        await some_life(small_place, service)
        made = shelf.backs_up(small_place)
        own = await auditing.head(service, small_place.now)
    assert own is not None
    other = replace(own, identity="another", end=replace(own.end, digest=b"x" * 32))
    outside = Outside((), (other,))
    async with shelf.service_from(made.file, small_place.now, outside) as (found, service):
        assert found.is_good
        assert found.anchor is not None
        seen = await auditing.verify(service, [other, found.anchor], small_place.now)
        assert (seen.is_whole, seen.anchors, seen.lost) == (True, 1, 1)
        assert not (await auditing.verify(service, [found.anchor, other], small_place.now)).is_whole


async def test_who_was_only_about_to_be_forgotten_is_not_forgotten_by_a_restore(
    small_place: Place, shelf: Shelf
) -> None:
    """Whether it came to that nobody can know any more: the restore says of whom."""
    async with small_place.open() as service:
        _, invited = await joined(small_place, service)
        made = shelf.backs_up(small_place)
    who = invited.participant
    outside = Outside((), (), unsettled=[who, "nobody-of-this"])
    async with shelf.service_from(made.file, small_place.now, outside) as (found, service):
        assert (found.forgotten, found.unclear) == ((), (who,))
        assert [each.id for each in await rows(service, tables.participants)] == [who]


def _bent(anchor: Anchor) -> Any:
    return replace(anchor.end, digest=b"x" * 32)


async def some_more(place: Place, service: Service) -> None:
    await open_support(place, service, "T-9009")


async def test_the_audit_goes_on_after_a_restore_and_says_what_it_left_behind(
    small_place: Place, shelf: Shelf
) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        made = shelf.backs_up(small_place)
        await some_more(small_place, service)
        lost = await auditing.head(service, small_place.now)
    assert lost is not None
    async with shelf.service_from(made.file, small_place.now) as (found, service):
        assert found.anchor is not None
        await open_support(small_place, service, "T-7007")
        seen = await auditing.verify(service, [lost, found.anchor], small_place.now)
        assert (seen.is_whole, seen.lost, seen.restores) == (True, 1, 1)
        assert not (await auditing.verify(service, [lost], small_place.now)).is_whole


async def test_a_backup_from_before_a_rotation_is_brought_back_under_the_new_key(
    small_place: Place, shelf: Shelf
) -> None:
    async with small_place.open() as service:
        await some_life(small_place, service)
        older = shelf.backs_up(small_place)
        service.open.vault.take((b"n" * 32, b"k" * 32))
        await rotating.rotate(service, small_place.by, lambda *_: None)
    small_place.keys = (b"n" * 32, b"k" * 32)
    shelf.backs_up(small_place)
    second = shelf.empty()
    found = shelf.brings_back(second, older.file, keys=(b"n" * 32, b"k" * 32))
    assert found.is_good
    async with Place(second, now=small_place.now, keys=(b"n" * 32,)).open(node=2) as service:
        texts = [each.text for each in await reading.read_lately(service, small_place.by)]
        assert WORDS in texts
        assert (await auditing.verify(service, [], small_place.now)).is_whole


async def test_only_an_empty_database_takes_a_backup(
    kept: Kept, small_place: Place, shelf: Shelf
) -> None:
    with pytest.raises(BackupRefused, match="not empty"):
        shelf.brings_back(small_place.url, kept.file)


async def test_a_backup_of_other_tables_or_newer_than_the_keys_of_people_is_refused(
    kept: Kept, shelf: Shelf
) -> None:
    about = bringing_back.read_about(kept.file, shelf.key)
    people = backing_up.read_people(shelf.where)
    with pytest.raises(BackupRefused, match="revision"):
        bringing_back.check(about, people, "0001")
    late = About(about.revision, about.identity, about.made_at + timedelta(days=1))
    with pytest.raises(BackupRefused, match="older than the backup"):
        bringing_back.check(late, people, REVISION)


def a_file(folder: Path, key: bytes = b"b" * 32) -> Path:
    """Write a file of three parts."""
    path = folder / "some.backup"
    with Writer(path, key, Place("").now, random.Random(3).randbytes) as file:  # noqa: S311
        for part in (b"one" * 50, b"two" * 50, b"three" * 50):
            file.add(part)
    return path


def test_a_file_gives_back_its_parts_and_nothing_with_another_key(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    assert list(read_parts(path, b"b" * 32)) == [b"one" * 50, b"two" * 50, b"three" * 50]
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"one" not in path.read_bytes()
    with pytest.raises(BackupRefused, match="backup key is another"):
        list(read_parts(path, b"c" * 32))


def test_any_changed_byte_and_any_cut_is_noticed(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupRefused):
            list(read_parts(path, b"b" * 32))
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(BackupRefused):
            list(read_parts(path, b"b" * 32))
    path.write_bytes(whole + b"x")
    with pytest.raises(BackupRefused):
        list(read_parts(path, b"b" * 32))


def test_a_backup_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with Writer(tmp_path / "x.backup", b"b" * 32, Place("").now, bytes) as file:
            file.add(b"one")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def _note_three_moves(work: Casework) -> None:
    work.connection.execute(update(tables.support_episodes).values(unplanned_moves=3))


async def test_what_carers_said_comes_back_although_the_child_was_forgotten_since(
    small_place: Place, shelf: Shelf
) -> None:
    """The case goes on, so its key stays; what was noted about the child is emptied again."""
    async with small_place.open() as service:
        child, invited = await joined(small_place, service)
        await child.types(WORDS)
        (episode,) = await rows(service, tables.support_episodes)
        carer = phone(small_place, service)
        await carer.joins(await invite(small_place, service, episode.id, Role.CARER))
        await carer.types(OTHERS)
        await write(service, _note_three_moves)
        for each in (await reading.what_waits(service, small_place.by)).unread:
            await reading.mark_read(service, each.id, small_place.by)
        older = shelf.backs_up(small_place)
        await shelf.forgets(small_place, service, invited.participant)
    async with shelf.service_from(older.file, small_place.now) as (found, service):
        assert (found.is_good, found.forgotten) == (True, (invited.participant,))
        texts = [each.text for each in await reading.read_lately(service, small_place.by)]
        assert texts == [OTHERS]
        (listed,) = await inviting.list_episodes(service)
        assert listed.case == "T-1001"
        assert [each.role for each in listed.people] == ["carer"]
        assert [e.unplanned_moves for e in await rows(service, tables.support_episodes)] == [None]


async def test_a_case_that_is_over_and_forgotten_is_unreadable_in_an_older_backup(
    small_place: Place, shelf: Shelf
) -> None:
    async with small_place.open() as service:
        _, invited = await joined(small_place, service)
        (episode,) = await rows(service, tables.support_episodes)
        small_place.forward(timedelta(days=1))
        await close_support(small_place, service, episode.id)
        older = shelf.backs_up(small_place)
        await shelf.forgets(small_place, service, invited.participant)
    async with shelf.service_from(older.file, small_place.now) as (found, service):
        assert found.is_good
        assert found.anchor is not None
        assert await rows(service, tables.children) == []
        assert await rows(service, tables.participants) == []
        assert (await auditing.verify(service, [found.anchor], small_place.now)).is_whole
