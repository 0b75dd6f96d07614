"""Keeps what was published at hand, put into reports and pictures; what is published never changes.

It must not decide who sees what: whoever asks says whose figures may be shown.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from outcomes.episode import Audience
from outcomes.pages.report import Report, report_of
from outcomes.pages.series import MOST_PERIODS
from outcomes.quarter import Period, parse_period
from outcomes.release import Release
from storage.releases import ReleaseOnList
from usecases import publishing
from usecases.service import Service
from web.figures import Plot, plots_of

_MOST_RELEASES: Final = 24
_MOST_BOOKS: Final = 24
_MOST_PICTURES: Final = 600

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Recent(Generic[K, V]):
    """Keeps the values that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: K, value: V) -> V:
        self._kept[key] = value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Book:
    """One footprint's report with its pictures and a mark of the releases behind it."""

    report: Report
    plots: Mapping[str, Plot]
    mark: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is sent, with a mark of its content."""

    body: bytes
    mark: str


class Shelf:
    """The published releases as reports. One belongs to an application."""

    def __init__(self, service: Service) -> None:
        """Begin with nothing."""
        self._service = service
        self._releases: _Recent[str, Release] = _Recent(_MOST_RELEASES)
        self._books: _Recent[tuple[str, ...], Book] = _Recent(_MOST_BOOKS)
        self._pictures: _Recent[tuple[str, str], Picture] = _Recent(_MOST_PICTURES)

    async def open(
        self, listed: Sequence[ReleaseOnList], release_id: str, place: Audience
    ) -> Book | None:
        """Return the report of a published release for one footprint; None for no such release.

        `listed` is everything that is published now; what a report says about earlier periods
        comes from there.
        """
        line = _line_of(listed, release_id)
        if not line:
            return None
        key = (place.value, *line)
        known = self._books.get(key)
        if known is not None:
            return known
        found = [await self._load(each) for each in line]
        releases = [each for each in found if each is not None]
        if len(releases) < len(found):
            return None
        book = await asyncio.to_thread(_bind, releases, place, key)
        return self._books.keep(key, book)

    async def draw(self, book: Book, name: str) -> Picture | None:
        """Return a picture by its file name; it is drawn beside everything else, and once."""
        plot = next((each for each in book.plots.values() if each.name == name), None)
        if plot is None:
            return None
        known = self._pictures.get((book.mark, name))
        if known is not None:
            return known
        picture = await asyncio.to_thread(_draw, plot.draw)
        return self._pictures.keep((book.mark, name), picture)

    async def _load(self, release_id: str) -> Release | None:
        known = self._releases.get(release_id)
        if known is not None:
            return known
        found = await publishing.load_release(self._service, release_id)
        return None if found is None else self._releases.keep(release_id, found)


def _line_of(listed: Sequence[ReleaseOnList], release_id: str) -> list[str]:
    """Return the releases of the same kind of period up to this one, the oldest first."""
    wanted = next((each for each in listed if each.id == release_id), None)
    if wanted is None:
        return []
    period = parse_period(wanted.period)
    earlier: dict[Period, str] = {}
    for each in sorted(listed, key=lambda each: each.compiled_at):
        its = parse_period(each.period)
        if type(its) is type(period) and its.first_day < period.first_day:
            earlier[its] = each.id
    line = [earlier[each] for each in sorted(earlier, key=lambda each: each.first_day)]
    return [*line[1 - MOST_PERIODS :], release_id]


def _bind(releases: Sequence[Release], place: Audience, key: tuple[str, ...]) -> Book:
    report = report_of(releases, place)
    return Book(report, plots_of(report), hashlib.sha256(repr(key).encode()).hexdigest()[:24])


def _draw(draw: Callable[[], bytes]) -> Picture:
    body = draw()
    return Picture(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
