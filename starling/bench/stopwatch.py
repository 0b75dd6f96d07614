"""Tells which stage the processor's time goes to, by timing the functions at the seams.

It replaces functions for the length of a block, so it has a pass of its own: what it reports is
shares, and the pass without it says how much there is to share. It must not change what they do.
"""

from __future__ import annotations

import functools
import inspect
import threading
import time
import types
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Seam:
    """A function where a stage begins: the class or module that holds it, and its name there."""

    stage: str
    owner: Any
    name: str


@dataclass(slots=True)
class _Clocks:
    """One thread's open stages and when the innermost of them was last looked at."""

    stages: list[str] = field(default_factory=list)
    cpu: int = 0
    wall: int = 0


class Stopwatch:
    """Adds up processor and wall time by stage, each moment to the innermost stage only.

    A coroutine is timed while it runs and not while it waits.
    """

    def __init__(self) -> None:
        """Begin with nothing added up."""
        self.cpu: dict[str, int] = defaultdict(int)
        """Nanoseconds of processor time by stage, over all threads."""
        self.wall: dict[str, int] = defaultdict(int)
        """Nanoseconds by stage; where threads work side by side they add up to more than passed."""
        self._own = threading.local()

    @contextmanager
    def watching(self, seams: Sequence[Seam]) -> Iterator[None]:
        """Time these functions until the block ends."""
        kept = [(seam, vars(seam.owner).get(seam.name)) for seam in seams]
        try:
            for seam in seams:
                timed = self._timed(seam.stage, getattr(seam.owner, seam.name))
                setattr(seam.owner, seam.name, timed)
            yield
        finally:
            for seam, own in kept:
                if own is None:  # it is inherited, and is again when nothing stands before it
                    delattr(seam.owner, seam.name)
                else:
                    setattr(seam.owner, seam.name, own)

    def _timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(work):

            @functools.wraps(work)
            async def timed_coroutine(*arguments: Any, **named: Any) -> Any:
                return await self._step(stage, work(*arguments, **named))

            return timed_coroutine

        @functools.wraps(work)
        def timed(*arguments: Any, **named: Any) -> Any:
            clocks = self._enter(stage)
            try:
                return work(*arguments, **named)
            finally:
                self._leave(clocks)

        return timed

    @types.coroutine
    def _step(self, stage: str, work: Any) -> Generator[Any, Any, Any]:
        """Drive a coroutine to its end, with the watch running only while it runs."""
        move: Callable[[], Any] = functools.partial(work.send, None)
        while True:
            clocks = self._enter(stage)
            try:
                awaited = move()
            except StopIteration as ended:
                return ended.value
            finally:
                self._leave(clocks)
            try:
                value = yield awaited
                move = functools.partial(work.send, value)
            except BaseException as error:  # noqa: BLE001 - it belongs to the coroutine
                move = functools.partial(work.throw, error)

    def _enter(self, stage: str) -> _Clocks:
        clocks: _Clocks | None = getattr(self._own, "clocks", None)
        if clocks is None:
            clocks = self._own.clocks = _Clocks()
        self._look(clocks)
        clocks.stages.append(stage)
        return clocks

    def _leave(self, clocks: _Clocks) -> None:
        self._look(clocks)
        clocks.stages.pop()

    def _look(self, clocks: _Clocks) -> None:
        """Book what has passed since the last look on the innermost stage."""
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        if clocks.stages:
            self.cpu[clocks.stages[-1]] += cpu - clocks.cpu
            self.wall[clocks.stages[-1]] += wall - clocks.wall
        clocks.cpu, clocks.wall = cpu, wall
