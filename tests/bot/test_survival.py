"""The real program is killed while people answer: nothing is lost, nothing doubled, nobody stuck.

It runs in a process of its own, against the stand-in for Telegram over HTTP and a real database.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from starling.compose import clock, open_service
from starling.settings import load_settings
from storage import runs, tables
from storage.runs import StoredRun
from surveys.conversation import Chosen, RunStatus
from surveys.people import AgeBand, Role
from tests.support.canary import CANARY_CHAT_ID, CANARY_SENTENCE, CANARY_TOKEN, find_canaries
from tests.support.chat_window import Bubble
from tests.support.house import invite
from tests.support.postgres import running_postgres
from tests.support.program import Program, real_command, settings_for
from tests.support.telegram_server import Fault, Person, TelegramServer
from usecases import reading
from usecases.inviting import By
from usecases.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FACES = ("😞", "🙁", "😐", "🙂", "😀")
QUESTIONS = 8
WORDS_AT = 4
"""Before this question is answered with a tap, they write something in their own words."""

PATIENCE = 25
"""Seconds after which somebody who got no reply asks to go on."""


@dataclass
class Answering:
    """Somebody who joins and answers a whole star, whatever happens to the program meanwhile."""

    person: Person
    code: str
    chance: random.Random
    chosen: dict[int, int] = field(default_factory=dict)
    wrote: bool = False
    had_to_ask: int = 0

    async def live(self) -> None:
        """Join, answer everything that is asked, and come to the end."""
        seen = 0
        await self.person.opens(self.code)
        while not self._done():
            try:
                await self._hears_more_than(seen)
            except TimeoutError:
                self.had_to_ask += 1
                await self.person.types("go on")
                continue
            news = self._said()[seen:]
            seen += len(news)
            await self._react(news)

    async def _hears_more_than(self, seen: int) -> None:
        await self.person.server.until(lambda: self._done() or len(self._said()) > seen, PATIENCE)

    async def _react(self, news: list[Bubble]) -> None:
        """Do what the newest message asks for."""
        for bubble in reversed(news):
            for label in ("Next", "Yes, I want to", "Start", "▶️ Carry on"):
                if label in bubble.labels:
                    await self._tap(bubble, label)
                    return
            if f" of {QUESTIONS}\n" in bubble.text and len(bubble.labels) > len(FACES):
                await self._answer(bubble)
                return

    async def _answer(self, question: Bubble) -> None:
        position = int(question.text.partition(f" of {QUESTIONS}\n")[0].split()[-1])
        if position == WORDS_AT and not self.wrote:
            self.wrote = True
            await self.person.types(CANARY_SENTENCE)
            return
        value = self.chosen.setdefault(position, self.chance.randint(1, len(FACES)))
        face = FACES[value - 1]
        await self._tap(question, next(each for each in question.labels if each.startswith(face)))

    async def _tap(self, bubble: Bubble, label: str) -> None:
        keys = [key for row in bubble.keyboard for key in row if key.label == label]
        await self.person.taps_data(keys[0].data, bubble)

    def _said(self) -> list[Bubble]:
        """Everything that was ever said to them, as it was said."""
        return [bubble for how, bubble in self.person.window.happened if how == "said"]

    def _done(self) -> bool:
        return any(
            bubble.picture is not None or "nothing to answer" in bubble.text
            for bubble in self._said()
        )


@dataclass
class Stage:
    """The program, the stand-in that it speaks with, and people who were invited."""

    program: Program
    server: TelegramServer
    people: list[Answering]

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Service]:
        """Open the program's database while it does not run."""
        async with open_service(load_settings(self.program.settings, None)) as service:
            yield service

    async def everybody_lives(self) -> None:
        """Return when everybody has come to the end."""
        async with asyncio.TaskGroup() as tasks:
            for each in self.people:
                tasks.create_task(each.live())

    async def check(self) -> None:
        """Stop the program and look at what it leaves behind."""
        assert await self.program.terminate() == 0, self.program.written()
        assert [] == find_canaries(self.program.written())
        async with self.service() as service:
            stars = await service.lane.read(lambda rows: _runs(service, rows))
            by_number = {_answers(star): star for star in stars}
            for each in self.people:
                wanted = tuple(each.chosen[position] for position in range(1, QUESTIONS + 1))
                star = by_number[wanted]
                assert star.run.status is RunStatus.FINISHED
                counted = Counter(logged.item for logged in star.logged())
                assert set(counted.values()) == {1}, "an answer was counted twice"
            by = By("a worker", clock())
            kept = (await reading.what_waits(service, by)).unread
            wrote = [words for words in kept if words.text == CANARY_SENTENCE]
            assert len(wrote) == len(self.people)
            handled = await service.lane.read(
                lambda rows: set(
                    rows.execute(
                        select(tables.inbox.c.update_id).where(
                            tables.inbox.c.handled_at.is_not(None)
                        )
                    ).scalars()
                )
            )
            assert set(self.server.confirmed) <= handled, "confirmed, and not stored"


def _runs(service: Service, rows: object) -> list[StoredRun]:
    work = service.open(rows)  # type: ignore[arg-type]  # the lane's connection
    people = work.connection.execute(select(tables.participants.c.id)).scalars()
    return [run for person in people for run in runs.of_participant(work, person)]


def _answers(stored: StoredRun) -> tuple[int, ...]:
    given = stored.run.answers.values()
    return tuple(answer.value for answer in given if isinstance(answer, Chosen))


@asynccontextmanager
async def stage(
    folder: Path, people: int, seed: int, database_url: str | None = None
) -> AsyncIterator[Stage]:
    """Invite people; the program is not started yet, and is ended at the end."""
    async with TelegramServer() as server:
        settings = settings_for(folder, CANARY_TOKEN, server.url)
        if database_url is not None:
            settings["STARLING_DATABASE_URL"] = database_url
            settings["STARLING_SECRET_KEYS"] = "a" * 43
        program = Program(settings, folder / "written.log")
        made = Stage(program, server, [])
        async with made.service() as service:
            for number in range(people):
                invited = await invite(
                    service, clock(), Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
                )
                person = server.person(CANARY_CHAT_ID * 10 + number)
                chance = random.Random(seed * 1000 + number)  # noqa: S311 - a made-up person
                made.people.append(Answering(person, invited.code, chance))
        try:
            yield made
        finally:
            if program.starts and program.process.exitcode is None:
                await program.kill()


async def test_killed_again_and_again_while_people_answer(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - when to kill
    async with stage(tmp_path, people=3, seed=1) as here:
        here.program.start()

        async def kill_now_and_then() -> None:
            for _ in range(5):
                target = len(here.server.calls) + chance.randint(3, 40)
                await here.server.until(lambda: len(here.server.calls) >= target, 60)  # noqa: B023
                await asyncio.sleep(chance.uniform(0, 0.03))
                await here.program.kill()
                here.program.start()

        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(kill_now_and_then())
            await here.everybody_lives()
            killing.cancel()
        assert here.program.starts > 3
        await here.check()


async def test_killed_while_updates_are_handed_out_twice_and_in_the_wrong_order(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, people=3, seed=3) as here:
        here.server.repeat_updates = True
        here.server.reverse_updates = True
        here.program.start()

        async def kill_twice() -> None:
            for calls in (30, 90):
                await here.server.until(lambda: len(here.server.calls) >= calls, 60)  # noqa: B023
                await here.program.kill()
                here.program.start()

        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(kill_twice())
            await here.everybody_lives()
            killing.cancel()
        await here.check()


async def test_faults_that_need_no_waiting_while_people_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, people=3, seed=4) as here:
        for fault in (Fault.TOO_FAST, Fault.SERVER_ERROR, Fault.CUT_AFTER, Fault.HTML_PAGE):
            for method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
                here.server.will(fault, method)
        here.server.will(Fault.CUT_BEFORE, "editMessageText")
        here.server.will(Fault.CUT_BEFORE, "getUpdates")
        here.program.start()
        await here.everybody_lives()
        await here.check()


async def test_asked_to_stop_it_finishes_what_is_in_hand(tmp_path: Path) -> None:
    async with stage(tmp_path, people=3, seed=5) as here:
        here.program.start()

        async def stop_and_start() -> None:
            for calls in (25, 80):
                await here.server.until(lambda: len(here.server.calls) >= calls, 60)  # noqa: B023
                assert await here.program.terminate() == 0
                here.program.start()

        async with asyncio.TaskGroup() as tasks:
            stopping = tasks.create_task(stop_and_start())
            await here.everybody_lives()
            stopping.cancel()
        await here.check()


@pytest.mark.postgres
async def test_the_database_is_away_for_ten_seconds(tmp_path: Path) -> None:
    with running_postgres() as postgres:
        url = postgres.create_database("survival")
        async with stage(tmp_path, people=3, seed=6, database_url=url) as here:
            here.program.start()

            async def freeze_it() -> None:
                await here.server.until(lambda: len(here.server.calls) >= 40, 60)
                await asyncio.to_thread(postgres.pause)
                await asyncio.sleep(10)
                await asyncio.to_thread(postgres.resume)

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(freeze_it())
                await here.everybody_lives()
            await here.check()


@pytest.mark.postgres
async def test_the_database_server_crashes_and_comes_back(tmp_path: Path) -> None:
    with running_postgres(fsync=True) as postgres:
        url = postgres.create_database("survival")
        async with stage(tmp_path, people=3, seed=7, database_url=url) as here:
            here.program.start()

            async def crash_it() -> None:
                await here.server.until(lambda: len(here.server.calls) >= 40, 60)
                await asyncio.to_thread(postgres.crash)
                await asyncio.sleep(2)
                await asyncio.to_thread(lambda: postgres.start(fsync=True))

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(crash_it())
                await here.everybody_lives()
            await here.check()


async def test_the_command_itself_is_killed_and_ends_cleanly_when_asked(tmp_path: Path) -> None:
    """`python -m starling run` as an operator starts it."""
    async with stage(tmp_path, people=1, seed=8) as here:
        environment = {**os.environ, **here.program.settings}

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                real_command(),
                cwd=tmp_path,
                env={**environment, "PYTHONPATH": str(Path.cwd())},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )

        process = start()
        living = asyncio.ensure_future(here.people[0].live())
        await here.server.until(lambda: here.people[0].chosen, 60)
        process.kill()
        await asyncio.to_thread(process.communicate)
        process = start()
        await living
        process.terminate()
        _, written = await asyncio.to_thread(process.communicate)
        assert process.returncode == 0
        assert [] == find_canaries(written.decode())
