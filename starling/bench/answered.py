"""Makes up millions of answers for the measurement of the roll-up; nobody real is behind them.

Every support episode has answers at five moments, all of which count, so that the first and the
last of all answers are those that the rules compare, and the same sums can be had from single rows
without any rule. Young people answer the star in three of four episodes; in all of them a carer
answers the carers' star: ten questions an episode on average.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from outcomes.counting.blocks import Bytes, Flags, Numbers
from outcomes.counting.packed import DAY_ZERO, FORMAT
from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.observation import Observation, Role, Wave
from outcomes.quarter import Quarter, Year
from storage.pairs import scored_items
from surveys.instrument import Instrument

PERIOD: Final = Year(2025)
"""Everybody's support ends in this financial year."""

MOMENTS: Final = (Wave.START, Wave.REVIEW, Wave.REVIEW, Wave.REVIEW, Wave.END)
QUESTIONS: Final = 10
"""Questions that are answered at one moment of one episode, on average."""

CHILD: Final = "the-only-child--"
_WITHOUT_STAR: Final = 4
"""One in so many episodes is for the carers only."""
_SEED: Final = 20250401
_ID_BYTES: Final = 10
_LIVES: Final = (Lives.FOSTER, Lives.KINSHIP, Lives.BIRTH_FAMILY)
_COMMISSIONERS: Final = tuple(Commissioner)
_AGES: Final = tuple(AgeBand)
_LONG: Final = (150, 330)
"""How many days support lasts: at least and less than."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What everybody of one role answered: `days` by row and moment, `values` also by question.

    `episode` says whose row it is.
    """

    instrument: Instrument
    role: Role
    episode: Numbers
    days: Numbers
    values: Bytes

    @property
    def items(self) -> tuple[str, ...]:
        """Name the questions."""
        return scored_items(self.instrument)

    def rows(self, people: Sequence[str], keys: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Give the rows of the table of pairs, in the order in which people began."""
        packed = self._packed()
        for row in np.argsort(self.days[:, 0], kind="stable").tolist():
            yield (
                keys[self.episode[row]],
                people[row],
                self.instrument.id,
                self.instrument.version,
                self.role.value,
                _day(self.days[row, 0]),
                _day(self.days[row, -1]),
                packed[row].tobytes(),
            )

    def said(self, row: int, person: str, key: str) -> list[Observation]:
        """Return what one person answered, one by one."""
        return [
            Observation(
                episode=key,
                respondent=person,
                role=self.role.value,
                instrument=self.instrument.id,
                version=self.instrument.version,
                wave=wave.value,
                on=_day(day),
                scores=dict(zip(self.items, values, strict=True)),
            )
            for wave, day, values in zip(
                MOMENTS, self.days[row], self.values[row].tolist(), strict=True
            )
        ]

    def _packed(self) -> Bytes:
        """Return the entries of every row, as `outcomes.counting.packed` says."""
        waves = [tuple(Wave).index(wave) for wave in MOMENTS]
        entries = np.empty((*self.days.shape, 3 + len(self.items)), np.uint8)
        entries[:, :, 0] = np.array(waves, np.uint8) | FORMAT << 4
        entries[:, :, 1] = self.days >> 8
        entries[:, :, 2] = self.days & 0xFF
        entries[:, :, 3:] = self.values
        return entries


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Support episodes by number, and what was answered in them."""

    opened: Numbers
    closed: Numbers
    commissioner: Numbers
    carers_only: Flags
    lives: Numbers
    age: Numbers
    answers: tuple[Answers, ...]

    @property
    def count(self) -> int:
        """How many answers to single questions there are."""
        return sum(each.values.size for each in self.answers)

    @property
    def quarter(self) -> Numbers:
        """Number the quarters of the closing days, from 0."""
        starts = [(Quarter(PERIOD.starts, each).first_day - DAY_ZERO).days for each in (2, 3, 4)]
        found: Numbers = np.searchsorted(np.array(starts), self.closed, side="right")
        return found

    def episodes(self, keys: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Give the rows of the table of support episodes (`EPISODE_COLUMNS`)."""
        for number, key in enumerate(keys):
            yield (
                key,
                key,
                CHILD,
                _COMMISSIONERS[self.commissioner[number]].value,
                (Strand.CARERS if self.carers_only[number] else Strand.DIRECT).value,
                "theraplay",
                _LIVES[self.lives[number]].value,
                _day(self.opened[number]),
                _day(self.closed[number]),
                "planned",
                _AGES[self.age[number]].value,
            )


EPISODE_COLUMNS: Final = (
    "id", "key", "child_id", "commissioner", "strand", "intervention", "lives", "opened_on",
    "closed_on", "close_reason", "child_age",
)  # fmt: skip
PAIR_COLUMNS: Final = (
    "episode_key", "participant_key", "instrument", "version", "role", "first_day", "last_day",
    "answers",
)  # fmt: skip


def make_up(answers: int, star: Instrument, home: Instrument) -> MadeUp:
    """Make up about so many answers, the same ones every time."""
    chance = np.random.default_rng(_SEED)
    many = max(_WITHOUT_STAR, answers // (len(MOMENTS) * QUESTIONS))
    first, last = ((day - DAY_ZERO).days for day in (PERIOD.first_day, PERIOD.last_day))
    closed = chance.integers(first, last + 1, many)
    opened = closed - chance.integers(*_LONG, many)
    carers_only = np.arange(many) % _WITHOUT_STAR == 0
    everybody = np.arange(many)
    answered = (
        (star, Role.YOUNG_PERSON, everybody[~carers_only]),
        (home, Role.CARER, everybody),
    )
    return MadeUp(
        opened,
        closed,
        chance.integers(0, len(_COMMISSIONERS), many),
        carers_only,
        chance.integers(0, len(_LIVES), many),
        chance.integers(0, len(_AGES), many),
        tuple(
            _answers(chance, instrument, role, rows, opened[rows], closed[rows])
            for instrument, role, rows in answered
        ),
    )


def new_names(many: int, salt: int) -> list[str]:
    """Return pseudonyms like those of the service, the same ones every time."""
    chance = np.random.default_rng([_SEED, salt])
    noise = chance.bytes(many * _ID_BYTES)
    parts = (noise[start : start + _ID_BYTES] for start in range(0, len(noise), _ID_BYTES))
    return [base64.b32encode(part).decode().lower() for part in parts]


def _answers(
    chance: np.random.Generator,
    instrument: Instrument,
    role: Role,
    episode: Numbers,
    opened: Numbers,
    closed: Numbers,
) -> Answers:
    """Answer at the start, three times between and at the end."""
    many, items = len(episode), len(scored_items(instrument))
    days = np.empty((many, len(MOMENTS)), np.int64)
    days[:, 0] = opened + chance.integers(0, 30, many)
    days[:, -1] = closed - chance.integers(0, 20, many)
    for moment in range(1, len(MOMENTS) - 1):
        days[:, moment] = days[:, 0] + (days[:, -1] - days[:, 0]) * moment // (len(MOMENTS) - 1)
    values = np.empty((many, len(MOMENTS), items), np.int64)
    values[:, 0] = chance.integers(1, 6, (many, items))
    for moment in range(1, len(MOMENTS)):
        values[:, moment] = values[:, moment - 1] + chance.integers(-1, 2, (many, items))
    return Answers(instrument, role, episode, days, values.clip(1, 5).astype(np.uint8))


def _day(days: int) -> date:
    return DAY_ZERO + timedelta(days=int(days))
