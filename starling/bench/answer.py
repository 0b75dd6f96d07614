"""Measures the way of one answer, raw update in to replies out, beside a bare aiogram floor.

Everything runs in one process and in a database of its own that is taken away afterwards. It must
not touch the database of the settings, and must not finish a run while it measures.
"""

from __future__ import annotations

import base64
import os
import platform
import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from random import Random
from typing import Any, Final

from starling.bench.figures import Round, forget_peak, peak_megabytes, ratio, shares, summed_up
from starling.bench.grounds import Grounds, open_grounds
from starling.bench.kept import Household, Kept
from starling.bench.sides import METHODS, Side, build_floor, open_starling
from starling.bench.stages import STAGES, seams
from starling.bench.stopwatch import Stopwatch
from starling.bench.taps import Fingers, Tap
from starling.compose import clock, open_service
from starling.settings import Settings
from surveys.conversation import RunId

INSTRUMENT: Final = "star"
TARGETS: Final = {"cpu_ratio_one_at_a_time": 1.5, "cpu_ratio_at_once": 1.0}
_SEED: Final = 7
_MODES: Final = ("one_at_a_time", "at_once")

_NOTES: Final = (
    """
answer: raw update bytes in; the input, its effects and the outbox in one durable commit (SQLite:
  WAL, synchronous=FULL); then all three methods handed to a session without a network
floor: the same bytes to a bare aiogram Dispatcher with one echo handler; one durable commit (SQLite
  inline, FULL; PostgreSQL: one data-modifying statement through asyncpg); one method handed to the
  same kind of session
every run begins at its first question before the clock starts and none is finished while it runs,
  so no picture is drawn; the log of every run is counted after each round
cpu is the whole process's, with the writer's thread and with what is recorded after the replies;
  ratios are medians over neighbouring rounds; a database server's own time is not in them
stages come from a round of their own under a stopwatch at the seams, which makes it slower: read
  them as shares
""".strip()
    .replace("\n  ", " ")
    .split("\n")
)

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured: how many answers in each mode, and in how many rounds.

    `people` are kept in the database, `at_once` of them answer at the same time; `server` is the
    address of a PostgreSQL server, None for SQLite.
    """

    answers: int
    people: int
    at_once: int
    rounds: int = 7
    server: str | None = None

    @property
    def kept(self) -> int:
        """How many people there are: enough for all who answer at once."""
        return max(self.people, self.at_once)


class AnswersLost(Exception):
    """Fewer answers are stored than were confirmed: a figure would be worth nothing."""


@dataclass(slots=True)
class Bench:
    """Two programs, the people, and the rounds that have been measured."""

    load: Load
    kind: str
    household: Household
    people: list[Kept]
    fingers: Fingers
    questions: int
    ours: Side
    floor: Side
    found: dict[tuple[str, str], list[Round]] = field(default_factory=dict)
    _moved: int = 0

    async def measure_rounds(self, say: Say) -> None:
        """Run a warm-up, then the rounds: floor and Starling in turn, in both modes."""
        for number in range(self.load.rounds + 1):
            for mode in _MODES:
                taps, begun = await self._prepare(mode)
                at_once = self.load.at_once if mode == "at_once" else 1
                floor = await self.floor.run(taps, at_once)
                ours = await self.ours.run(taps, at_once)
                await self._check(begun, ours)
                if number:
                    self.found.setdefault(("floor", mode), []).append(floor)
                    self.found.setdefault(("answer", mode), []).append(ours)
            say(f"round {number} of {self.load.rounds}" if number else "warmed up")

    async def look_at_stages(self, mode: str) -> dict[str, Any]:
        """Run one more round of Starling under the stopwatch; return each stage's share."""
        watch = Stopwatch()
        taps, begun = await self._prepare(mode)
        with watch.watching(seams(self.kind)):
            seen = await self.ours.run(taps, self.load.at_once if mode == "at_once" else 1)
        await self._check(begun, seen)
        stages: dict[str, Any] = {"of_cpu": shares(watch.cpu, seen.cpu_seconds * 1e9, STAGES)}
        if mode == "one_at_a_time":
            stages["of_waiting"] = shares(watch.wall, sum(seen.latencies) * 1e9, STAGES)
        stages["cpu_ms_per_answer_while_watched"] = round(seen.cpu_ms, 3)
        return stages

    def rounds(self, side: str, mode: str) -> list[Round]:
        """Return what was measured of one side in one mode, warm-up left out."""
        return self.found[side, mode]

    async def _prepare(self, mode: str) -> tuple[list[list[Tap]], list[RunId]]:
        """Begin new runs, and work out what is tapped in each: all questions but the last."""
        many = -(-self.load.answers // (self.load.rounds * self.questions))
        if mode == "at_once":
            many = self.load.at_once * max(1, round(many / self.load.at_once))
        who = self._pick(min(many, self.load.kept))
        begun = await self.household.begin(who)
        now = clock()
        taps = [
            self.fingers.answers(run, each.chat_id, self.questions, now)
            for run, each in zip(begun, who, strict=True)
        ]
        return taps, begun

    def _pick(self, many: int) -> list[Kept]:
        """Return people from all over the database, others each time while there are any."""
        self._moved += 1
        step = len(self.people) // many
        first = self._moved % max(1, step)
        return [self.people[(first + place * step) % len(self.people)] for place in range(many)]

    async def _check(self, begun: Sequence[RunId], seen: Round) -> None:
        if await self.household.count_answers(begun) != seen.many:
            raise AnswersLost


async def measure(load: Load, say: Say) -> dict[str, Any]:
    """Measure and return everything that the command prints; `say` is told how far it is.

    Raises SettingsRefused for a server that cannot be used, and AnswersLost.
    """
    async with AsyncExitStack() as stack:
        grounds = await stack.enter_async_context(open_grounds(load.server))
        bench = await _set_up(load, grounds, stack, say)
        forget_peak()
        await bench.measure_rounds(say)
        peak = peak_megabytes()
        stages = {mode: await bench.look_at_stages(mode) for mode in _MODES}
        return _report(bench, peak, stages)


async def _set_up(load: Load, grounds: Grounds, stack: AsyncExitStack, say: Say) -> Bench:
    keep = await stack.enter_async_context(grounds.floor)
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    settings = Settings.model_validate({"database_url": grounds.url, "secret_keys": key})
    service = await stack.enter_async_context(open_service(settings))
    ours = await stack.enter_async_context(open_starling(service))
    instrument = service.catalogue.latest(INSTRUMENT)
    household = Household(service, instrument, clock())
    people = await household.fill(load.kept, lambda many: say(f"{many} people of {load.kept}"))
    fingers = Fingers(instrument, service.render, Random(_SEED))  # noqa: S311 - made-up answers
    questions = len(instrument.items) - 1
    return Bench(load, grounds.kind, household, people, fingers, questions, ours, build_floor(keep))


def _report(bench: Bench, peak: float, stages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    load = bench.load
    ratios = {
        f"cpu_ratio_{mode}": ratio(bench.rounds("answer", mode), bench.rounds("floor", mode))
        for mode in _MODES
    }
    return {
        "load": {
            "database": bench.kind,
            "people_kept": load.kept,
            "at_once": load.at_once,
            "rounds": load.rounds,
            "answers": {
                mode: sum(each.many for each in bench.rounds("answer", mode)) for mode in _MODES
            },
            "instrument": INSTRUMENT,
            "methods_per_answer": METHODS,
            "runs_finished": 0,
        },
        "machine": {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "aiogram": version("aiogram"),
        },
        "answer": {
            mode: {**summed_up(bench.rounds("answer", mode), "answer"), "stages": stages[mode]}
            for mode in _MODES
        },
        "floor": {mode: summed_up(bench.rounds("floor", mode), "update") for mode in _MODES},
        "peak_memory_mb": peak,
        **ratios,
        "targets": TARGETS,
        "met": {name: ratios[name] <= limit for name, limit in TARGETS.items()},
        "notes": _NOTES,
    }
