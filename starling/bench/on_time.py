"""Measures askings at the pace that Telegram allows: how near to it they go, how late each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

from bot.pace import Pace, pace_of
from starling.bench.askings import Moment, Watched, open_courier, ring
from starling.bench.due import Street
from starling.bench.figures import percentile
from starling.settings import Settings
from surveys.people import AgeBand, Role
from usecases.ports import Circumstances, Rhythm
from usecases.service import Service

_NOW: Final = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
_JOURNEY: Final = 0.05
_SECOND: Final = timedelta(seconds=1)
_BEFORE: Final = 2.4
"""Seconds before the moment at which the ringing begins, so that no ring falls on it."""

_SEED: Final = 7
_MOST_DAYS: Final = 365
_QUARTER: Final = (date(2026, 10, 1), date(2026, 12, 31))
_SATURDAY: Final = 5

Say = Callable[[str], object]


async def measure_limited(
    seconds: float, service: Service, street: Street, say: Say
) -> dict[str, Any]:
    """Ring for so long with more due than can be sent; return how near to the pace it came."""
    pace = _pace()
    many = round(pace.overall_rate * (seconds + 4))
    await street.move_in(many, _NOW, _NOW - _SECOND, lambda _: None)
    clock = Moment(_NOW)
    async with open_courier(service, clock, pace, _JOURNEY) as (courier, box):
        await ring(service, courier, clock, seconds + 2)
    first = box.left_at[0]
    # From when the small burst after the quiet is over, so that the pace itself is measured.
    left = [at - first - 1 for at in box.left_at]
    rate = len([at for at in left if 0 <= at < seconds]) / seconds
    busiest = max(Counter(int(at) for at in left if at >= 0).values())
    say(f"limited: {rate:.2f} a second")
    return {
        "permitted_per_second": pace.overall_rate,
        "per_second": round(rate, 3),
        "off_by": round(abs(rate / pace.overall_rate - 1), 4),
        "busiest_second": busiest,
    }


async def measure_lateness(
    children: int, service: Service, street: Street, say: Say
) -> dict[str, Any]:
    """Let the busiest moment of a quarter come for a service of so many children and carers."""
    many = _busiest(service.rhythm, children)
    await street.move_in(many, _NOW, _NOW, lambda _: None)
    pace = _pace()
    clock = Moment(_NOW - timedelta(seconds=_BEFORE))
    async with open_courier(service, clock, pace, _JOURNEY) as (courier, box):
        watched = Watched(courier)
        await ring(service, watched, clock, _BEFORE + many / pace.overall_rate + 2)
        await courier.settled()
    say(f"lateness: {len(box.left_at)} of {many} left")
    return {
        "people": 2 * children,
        "due_at_once": many,
        "left": len(box.left_at),
        "bound_s": round(many / pace.overall_rate, 2),
        "made": _late(clock, watched.made_at),
        "left_after": _late(clock, box.left_at),
    }


def _pace() -> Pace:
    settings = Settings()
    return pace_of(settings.telegram_rate, settings.telegram_chat_rate)


def _late(clock: Moment, moments: Any) -> dict[str, float]:
    late = sorted(clock.seconds_after(_NOW, at) for at in moments)
    return {
        "p50_s": round(percentile(late, 50), 2),
        "p99_s": round(percentile(late, 99), 2),
        "most_s": round(late[-1], 2),
    }


def _busiest(rhythm: Rhythm, children: int) -> int:
    """Return for how many people reviews fall on the same moment of a quarter, at the most.

    Each child and each carer joined on some weekday of the year before, and goes on.
    """
    chance = Random(_SEED)  # noqa: S311 - made-up people
    moments: Counter[datetime] = Counter()
    for _ in range(children):
        for role, age in (
            (Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN),
            (Role.CARER, AgeBand.ADULT),
        ):
            who = Circumstances(role, age, "theraplay", "direct")
            moments.update(_reviews(rhythm, who, _some_weekday(chance)))
    return max(moments.values())


def _some_weekday(chance: Random) -> date:
    while True:
        day = _QUARTER[0] - timedelta(days=chance.randrange(_MOST_DAYS))
        if day.weekday() < _SATURDAY:
            return day


def _reviews(rhythm: Rhythm, who: Circumstances, joined: date) -> list[datetime]:
    """Return the moments of the quarter at which somebody like them is asked for a review."""
    review = next((each for each in rhythm.at_joining(who, joined) if each.wave == "review"), None)
    found = []
    while review is not None and review.day <= _QUARTER[1]:
        if review.day >= _QUARTER[0]:
            found.append(rhythm.instant(review.day, review.at))
        review = rhythm.next_review(who, review)
    return found
