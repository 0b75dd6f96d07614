"""What waits together commits together, nobody hears before the commit, and nobody is hurt."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from storage.database import open_engine, open_reader, read_once, run_once
from storage.errors import DatabaseAway, TookTooLong
from storage.lane import Lane
from storage.writer import OddEnding, WrongNumberOfResults
from tests.storage import stream_of_writes
from tests.support.canary import CANARY_SENTENCE
from tests.support.postgres import Server, running_postgres

PROJECT = Path(__file__).parents[2]

metadata = MetaData()
marks = Table("marks_made", metadata, Column("name", Text, primary_key=True))
counters = Table("counters", metadata, Column("value", Integer, primary_key=True))
promises = Table(
    "promises",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "mark",
        Text,
        ForeignKey("marks_made.name", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
)


class Failed(Exception):
    """Something that work found out itself."""


def mark(name: str) -> Callable[[Connection], str]:
    """Return work that leaves a mark and returns its name."""

    def work(connection: Connection) -> str:
        connection.execute(insert(marks).values(name=name))
        return name

    return work


def mark_and_fail(name: str) -> Callable[[Connection], None]:
    """Return work that leaves a mark and fails."""

    def work(connection: Connection) -> None:
        mark(name)(connection)
        raise Failed(name)

    return work


def count_up(connection: Connection) -> int:
    found = int(connection.execute(select(counters.c.value)).scalar_one())
    connection.execute(update(counters).values(value=found + 1))
    return found + 1


def find_marks(connection: Connection) -> set[str]:
    return set(connection.execute(select(marks.c.name)).scalars())


def sleep(connection: Connection) -> None:
    connection.execute(text("select pg_sleep(9)"))


def make_tables(connection: Connection) -> None:
    metadata.drop_all(connection)
    metadata.create_all(connection)
    connection.execute(insert(counters).values(value=0))


@pytest.fixture(scope="module")
def sqlite_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a SQLite database that all tests here share."""
    return f"sqlite:///{tmp_path_factory.mktemp('lane') / 'lane.db'}"


@pytest.fixture(scope="module")
def postgres_home(postgres_server: Server) -> str:
    """The address of a PostgreSQL database that all tests here share."""
    return postgres_server.create_database("lane")


@pytest.fixture
def url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The address of a database with the tables above, new and on each kind in turn."""
    url = str(request.getfixturevalue(f"{database_kind}_home"))
    run_once(url, make_tables)
    return url


@pytest.fixture
def server_url(postgres_home: str) -> str:
    """The same on PostgreSQL only."""
    run_once(postgres_home, make_tables)
    return postgres_home


@pytest.fixture
async def lane(url: str) -> AsyncIterator[Lane]:
    """A lane to that database."""
    async with Lane.open(url) as lane:
        yield lane


class CommitWatch:
    """Counts the commits of a lane, and holds them back while it is told to."""

    def __init__(self, lane: Lane) -> None:
        """Watch from now on."""
        self.count = 0
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        event.listen(lane._writer._engine, "commit", self._on_commit)

    def _on_commit(self, _: Connection) -> None:
        self.count += 1
        self.reached.set()
        assert self.go_on.wait(10)


# --- together ---


async def test_eight_who_read_and_then_write_at_once_count_to_eight(lane: Lane) -> None:
    counted = await asyncio.gather(*(lane.write(count_up) for _ in range(8)))
    assert sorted(counted) == list(range(1, 9))


async def test_two_services_on_one_database_do_not_lose_a_count(url: str) -> None:
    def count_up_locked(connection: Connection) -> None:
        connection.execute(select(counters).with_for_update())
        count_up(connection)

    async with Lane.open(url) as one, Lane.open(url) as other:
        await asyncio.gather(*(each.write(count_up_locked) for each in (one, other) * 20))
    assert read_once(url, lambda c: c.execute(select(counters.c.value)).scalar_one()) == 40


async def test_64_who_wait_together_share_one_commit(lane: Lane) -> None:
    watch = CommitWatch(lane)
    written = await asyncio.gather(*(lane.write(mark(f"{number}")) for number in range(64)))
    assert (watch.count, len(set(written))) == (1, 64)


async def test_what_comes_during_a_commit_shares_the_next_one(lane: Lane) -> None:
    watch = CommitWatch(lane)
    watch.go_on.clear()
    first = asyncio.ensure_future(lane.write(mark("first")))
    assert await asyncio.to_thread(watch.reached.wait, 10)
    others = asyncio.gather(*(lane.write(mark(f"{number}")) for number in range(20)))
    await asyncio.sleep(0)
    watch.go_on.set()
    await asyncio.gather(first, others)
    assert watch.count == 2


async def test_a_transaction_holds_no_more_than_it_is_allowed_to(url: str) -> None:
    async with Lane.open(url, most=10) as lane:
        watch = CommitWatch(lane)
        await asyncio.gather(*(lane.write(mark(f"{number}")) for number in range(64)))
        assert watch.count == 7


async def test_nobody_hears_before_the_commit_has_returned(lane: Lane, url: str) -> None:
    watch = CommitWatch(lane)
    watch.go_on.clear()
    waiting = [asyncio.ensure_future(lane.write(mark(name))) for name in ("one", "two")]
    assert await asyncio.to_thread(watch.reached.wait, 10)
    assert await lane.read(find_marks) == set()
    assert not any(each.done() for each in waiting)
    watch.go_on.set()
    await asyncio.gather(*waiting)
    assert read_once(url, find_marks) == {"one", "two"}


# --- one call for many ---


async def test_those_with_the_same_handle_are_handled_in_one_call(lane: Lane) -> None:
    calls: list[list[str]] = []

    def handle(connection: Connection, names: Sequence[str]) -> Sequence[str]:
        calls.append(list(names))
        connection.execute(insert(marks), [{"name": name} for name in names])
        return [name.upper() for name in names]

    answers = await asyncio.gather(*(lane.write_together(handle, name) for name in "abcd"))
    assert answers == ["A", "B", "C", "D"]
    assert calls == [["a", "b", "c", "d"]]
    assert await lane.read(find_marks) == set("abcd")


async def test_other_work_in_between_does_not_split_them(lane: Lane) -> None:
    calls: list[int] = []

    def one(_: Connection, given: Sequence[int]) -> Sequence[int]:
        calls.append(len(given))
        return given

    def other(_: Connection, given: Sequence[int]) -> Sequence[int]:
        calls.append(-len(given))
        return given

    await asyncio.gather(
        lane.write_together(one, 1),
        lane.write_together(other, 2),
        lane.write(mark("a")),
        lane.write_together(one, 3),
    )
    assert calls == [2, -1]


async def test_an_exception_among_the_results_is_raised_to_its_own_caller(lane: Lane) -> None:
    def handle(connection: Connection, names: Sequence[str]) -> Sequence[str | Exception]:
        connection.execute(insert(marks), [{"name": name} for name in names])
        return [Failed(name) if name == "b" else name for name in names]

    answers = await asyncio.gather(
        *(lane.write_together(handle, name) for name in "abc"), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [str, Failed, str]
    assert await lane.read(find_marks) == set("abc")


async def test_where_the_handle_fails_only_the_one_at_fault_is_told(lane: Lane) -> None:
    def handle(connection: Connection, names: Sequence[str]) -> Sequence[str]:
        for name in names:
            mark(name)(connection)
            if name == "b":
                raise Failed
        return names

    answers = await asyncio.gather(
        *(lane.write_together(handle, name) for name in "abc"),
        lane.write(mark("d")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [str, Failed, str, str]
    assert await lane.read(find_marks) == set("acd")


async def test_a_handle_that_forgets_somebody_stores_nothing(lane: Lane) -> None:
    def handle(connection: Connection, names: Sequence[str]) -> Sequence[str]:
        connection.execute(insert(marks), [{"name": name} for name in names])
        return []

    with pytest.raises(WrongNumberOfResults):
        await lane.write_together(handle, "a")
    assert await lane.read(find_marks) == set()


# --- what fails ---


async def test_work_that_fails_alone_leaves_nothing_and_the_lane_goes_on(lane: Lane) -> None:
    with pytest.raises(Failed):
        await lane.write(mark_and_fail("a"))
    await lane.write(mark("b"))
    assert await lane.read(find_marks) == {"b"}


async def test_one_that_fails_does_not_hurt_the_others_who_share_its_commit(lane: Lane) -> None:
    watch = CommitWatch(lane)
    answers = await asyncio.gather(
        lane.write(mark("a")),
        lane.write(mark_and_fail("b")),
        lane.write(mark("a")),
        lane.write(mark("c")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [str, Failed, IntegrityError, str]
    assert await lane.read(find_marks) == {"a", "c"}
    assert watch.count == 1


async def test_one_that_cannot_be_committed_does_not_hurt_the_others(lane: Lane) -> None:
    """A deferred constraint speaks up at the commit, when all had gone well."""

    def promise(connection: Connection) -> None:
        connection.execute(insert(promises).values(id=1, mark="never made"))

    answers = await asyncio.gather(
        lane.write(mark("a")), lane.write(promise), lane.write(mark("b")), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [str, IntegrityError, str]
    assert await lane.read(find_marks) == {"a", "b"}
    await lane.write(mark("c"))


async def test_a_caller_who_is_cancelled_does_not_disturb_the_others(lane: Lane) -> None:
    tasks = [asyncio.ensure_future(lane.write(mark(name))) for name in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    assert [await tasks[0], await tasks[2]] == ["a", "c"]
    assert tasks[1].cancelled()
    await lane.write(mark("d"))


@pytest.mark.parametrize("error", [StopIteration, asyncio.CancelledError, SystemExit])
async def test_even_the_oddest_error_ends_nobody_elses_work(
    lane: Lane, error: type[BaseException]
) -> None:
    def work(_: Connection) -> None:
        raise error

    answers = await asyncio.gather(lane.write(work), lane.write(mark("a")), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OddEnding, str]
    await lane.write(mark("b"))


@pytest.mark.postgres
async def test_a_transaction_that_lost_to_another_is_run_again(server_url: str) -> None:
    tries: list[str] = []

    def lose_once(connection: Connection) -> int:
        tries.append("tried")
        if len(tries) == 1:
            lose = "do $$ begin raise 'lost' using errcode = '40P01'; end $$"
            connection.execute(text(lose))
        return len(tries)

    async with Lane.open(server_url) as lane:
        assert await lane.write(lose_once) == 2


@pytest.mark.postgres
async def test_a_statement_that_takes_too_long_is_told_to_its_own_caller(
    server_url: str,
) -> None:
    async with Lane(open_engine(server_url, patience=0.2), open_reader(server_url)) as lane:
        late, fine = await asyncio.gather(
            lane.write(sleep), lane.write(lambda _: "fine"), return_exceptions=True
        )
    assert isinstance(late, TookTooLong)
    assert fine == "fine"


outcomes = st.sampled_from(
    ["stores", "fails", "together", "together fails", "rides", "rides fails"]
)


@given(wishes=st.lists(outcomes, min_size=1, max_size=12), most=st.integers(1, 5))
@settings(max_examples=60)
def test_whatever_fails_exactly_the_rest_is_stored(
    sqlite_home: str, wishes: list[str], most: int
) -> None:
    run_once(sqlite_home, make_tables)
    expected = {f"{number}" for number, wish in enumerate(wishes) if "fails" not in wish}
    assert asyncio.run(grant(sqlite_home, wishes, most)) == expected


async def grant(url: str, wishes: list[str], most: int) -> set[str]:
    """Hand in everything that is wished for and return the marks that are there afterwards."""
    works = [
        (mark_and_fail if "fails" in wish else mark)(f"{number}")
        for number, wish in enumerate(wishes)
    ]

    def handle(connection: Connection, numbers: Sequence[int]) -> Sequence[int]:
        for number in numbers:
            works[number](connection)
        return numbers

    async with Lane.open(url, most=most) as lane:
        waiting: list[Coroutine[None, None, object]] = []
        for number, wish in enumerate(wishes):
            if wish.startswith("rides"):
                lane.later(works[number])
            elif wish.startswith("together"):
                waiting.append(lane.write_together(handle, number))
            else:
                waiting.append(lane.write(works[number]))
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        told = [wish for wish in wishes if not wish.startswith("rides")]
        assert [isinstance(each, Failed) for each in answers] == ["fails" in each for each in told]
        await lane.settled()
        return await lane.read(find_marks)


# --- what rides along ---


async def test_what_rides_along_is_done_before_what_is_written_next(lane: Lane) -> None:
    watch = CommitWatch(lane)
    lane.later(mark("a"))
    assert await lane.write(find_marks) == {"a"}
    assert watch.count == 1


async def test_it_goes_ahead_even_of_what_was_handed_in_before_it(lane: Lane) -> None:
    seen = asyncio.ensure_future(lane.write(find_marks))
    await asyncio.sleep(0)
    lane.later(mark("a"))
    assert await seen == {"a"}


async def test_with_nothing_to_ride_along_with_it_goes_soon_by_itself(lane: Lane) -> None:
    watch = CommitWatch(lane)
    lane.later(mark("a"))
    assert await asyncio.to_thread(watch.reached.wait, 10)
    await lane.settled()
    assert await lane.read(find_marks) == {"a"}


async def test_those_that_ride_along_keep_their_order_and_neighbours_are_handled_together(
    lane: Lane,
) -> None:
    calls: list[object] = []

    def handle(_: Connection, given: Sequence[int]) -> None:
        calls.append(list(given))

    def alone(_: Connection) -> None:
        calls.append("alone")

    lane.later_together(handle, 1)
    lane.later_together(handle, 2)
    lane.later(alone)
    lane.later_together(handle, 3)
    await lane.settled()
    assert calls == [[1, 2], "alone", [3]]


async def test_one_that_fails_is_dropped_and_logged_by_its_kind_only(
    lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    lane.later(mark("a"))
    lane.later(mark_and_fail(CANARY_SENTENCE))
    lane.later(mark("b"))
    assert await lane.write(mark("c")) == "c"
    assert await lane.read(find_marks) == {"a", "b", "c"}
    assert [record.getMessage() for record in caplog.records] == [
        "work that nobody waits for was dropped: Failed"
    ]


async def test_closing_does_what_was_handed_in_first(url: str) -> None:
    lane = Lane.open(url)
    lane.later(mark("a"))
    waiting = asyncio.ensure_future(lane.write(mark("b")))
    await asyncio.sleep(0)
    await lane.close()
    assert await waiting == "b"
    assert read_once(url, find_marks) == {"a", "b"}
    await lane.close()
    for late in (lane.write(mark("c")), lane.read(find_marks)):
        with pytest.raises(DatabaseAway, match="closed"):
            await late
    with pytest.raises(DatabaseAway, match="closed"):
        lane.later(mark("c"))


async def test_a_lane_that_was_never_used_closes(url: str) -> None:
    await Lane.open(url).close()


# --- a database that is away ---


async def test_while_another_process_holds_sqlite_it_is_away_and_then_it_works(
    sqlite_home: str,
) -> None:
    run_once(sqlite_home, make_tables)
    other = open_engine(sqlite_home)
    async with Lane(open_engine(sqlite_home, patience=0.1), open_reader(sqlite_home)) as lane:
        lane.later(mark("kept"))
        with other.begin():
            with pytest.raises(DatabaseAway):
                await lane.write(mark("lost"))
            await lane.read(find_marks)
        await lane.write(mark("found"))
        found = await lane.read(find_marks)
    other.dispose()
    assert found == {"kept", "found"}


@pytest.fixture
async def server_lane(server_url: str) -> AsyncIterator[Lane]:
    """A lane to PostgreSQL that has written and read and that gives up soon."""
    writer, reader = (opened(server_url, patience=0.2) for opened in (open_engine, open_reader))
    async with Lane(writer, reader) as lane:
        await lane.write(mark("first"))
        await lane.read(find_marks)
        yield lane


@pytest.mark.postgres
async def test_nobody_notices_that_the_server_was_started_again(
    server_lane: Lane, postgres_server: Server
) -> None:
    postgres_server.restart()
    assert await server_lane.write(mark("a")) == "a"
    postgres_server.restart()
    assert await server_lane.read(find_marks) == {"first", "a"}


@pytest.mark.postgres
async def test_while_the_server_is_stopped_it_is_away_and_then_it_works(
    server_lane: Lane, postgres_server: Server
) -> None:
    postgres_server.stop()
    try:
        server_lane.later(mark("kept"))
        for _ in range(3):
            with pytest.raises(DatabaseAway):
                await server_lane.write(mark("lost"))
        with pytest.raises(DatabaseAway):
            await server_lane.read(find_marks)
    finally:
        postgres_server.start()
    await server_lane.write(mark("found"))
    assert await server_lane.read(find_marks) == {"first", "kept", "found"}


@pytest.mark.postgres
async def test_however_many_wait_all_hear_at_once_that_it_is_away(
    server_url: str, postgres_server: Server
) -> None:
    async with Lane.open(server_url, most=1) as lane:
        postgres_server.stop()
        try:
            waiting = (lane.write(mark(f"{number}")) for number in range(200))
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            tries = round(lane._writer._rest / 0.05)
        finally:
            postgres_server.start()
        assert {type(answer) for answer in answers} == {DatabaseAway}
        assert tries == 2  # the rest doubles with every try
        await lane.write(mark("found"))


async def test_work_that_speaks_of_an_absent_database_itself_hurts_nobody_else(lane: Lane) -> None:
    def work(_: Connection) -> None:
        raise DatabaseAway

    answers = await asyncio.gather(lane.write(work), lane.write(mark("a")), return_exceptions=True)
    assert [type(answer) for answer in answers] == [DatabaseAway, str]


@pytest.mark.postgres
async def test_while_the_server_is_frozen_it_is_away_and_then_it_works(
    server_lane: Lane, postgres_server: Server
) -> None:
    postgres_server.pause()
    try:
        lost = [server_lane.write(mark("lost")), server_lane.read(find_marks)]
        answers = await asyncio.gather(*lost, return_exceptions=True)
    finally:
        postgres_server.resume()
    assert [type(answer) for answer in answers] == [DatabaseAway, DatabaseAway]
    await server_lane.write(mark("found"))
    assert await server_lane.read(find_marks) == {"first", "found"}


@pytest.mark.postgres
async def test_a_commit_of_which_nobody_knows_the_end_is_told_as_away(server_url: str) -> None:
    lane = Lane.open(server_url)
    ends: list[str] = []

    def cut(connection: Connection) -> None:
        if not ends:
            return
        ends.clear()
        me = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
        end = text("select pg_terminate_backend(:me, 5000)")
        run_once(server_url, lambda other: other.execute(end, {"me": me}))

    event.listen(lane._writer._engine, "commit", cut)
    await lane.write(mark("first"))
    ends.append("with the next commit")
    answers = await asyncio.gather(
        lane.write(mark("a")), lane.write(mark("b")), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [DatabaseAway, DatabaseAway]
    assert await lane.write(mark("c")) == "c"
    await lane.close()


@pytest.mark.postgres
async def test_what_rides_along_is_dropped_when_the_service_ends_without_a_database(
    postgres_server: Server, server_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    lane = Lane.open(server_url)
    postgres_server.stop()
    try:
        lane.later(mark("a"))
        await lane.close()
    finally:
        postgres_server.start()
    assert [record.getMessage() for record in caplog.records] == [
        "work that nobody waits for was dropped: DatabaseAway"
    ]


# --- the end of the process ---


def confirmed_until(
    url: str, at_once: int, end: Callable[[subprocess.Popen[bytes]], None]
) -> set[int]:
    """Let a process write until it has said 200 times that a write is safe, then end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storage.stream_of_writes", url, f"{at_once}"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(200)]
        end(process)
        said += process.stdout.readlines()
        process.kill()
    return {int(line) for line in said if line.endswith(b"\n")}


def stored(connection: Connection) -> set[int]:
    return set(connection.execute(select(stream_of_writes.confirmed.c.number)).scalars())


@pytest.mark.parametrize("at_once", [1, 16])
def test_a_process_that_is_killed_has_lost_nothing_that_it_confirmed(
    url: str, at_once: int
) -> None:
    run_once(url, stream_of_writes.make_table)
    said = confirmed_until(url, at_once, subprocess.Popen.kill)
    assert len(said) >= 200
    assert said <= read_once(url, stored)


@pytest.mark.postgres
def test_a_server_that_crashes_has_lost_nothing_that_was_confirmed() -> None:
    with running_postgres(fsync=True) as server:
        run_once(server.url, stream_of_writes.make_table)
        said = confirmed_until(server.url, 16, lambda _: server.crash())
        server.start(fsync=True)
        assert said <= read_once(server.url, stored)
