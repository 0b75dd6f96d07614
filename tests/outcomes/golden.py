"""A made-up quarter, kept in tests/tables; `python -m tests.outcomes.golden` rewrites it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from outcomes.disclosure import NHS5, protect
from outcomes.episode import Audience, CloseReason, Commissioner, Lives
from outcomes.formats.tidy import to_csv
from outcomes.measures import AREAS, HOME_AREAS
from outcomes.release import Release, compile_release
from tests.outcomes.people import Service

TABLES = Path(__file__).parents[1] / "tables"
COMPILED_ON = date(2027, 2, 1)
CHILDREN = 150
WHO = (
    *[Commissioner.DERBY_CITY] * 6,
    *[Commissioner.DERBYSHIRE_COUNTY] * 9,
    *[Commissioner.OTHER] * 5,
)
HOMES = (Lives.FOSTER, Lives.KINSHIP, Lives.FOSTER, Lives.BIRTH_FAMILY, Lives.RESIDENTIAL)
STEPS = (1, 0, 1, 2, 0, -1, 1)


def made_up_quarter() -> Service:
    """Children and carers whose answers follow from their number, so that nobody drew a lot."""
    service = Service()
    for number in range(CHILDREN):
        who = WHO[number % len(WHO)]
        answered_last = number % 7 not in (2, 5)
        service.children(
            1,
            who,
            said(number, tuple(AREAS), end=False) if number % 9 else None,
            said(number, tuple(AREAS), end=True) if answered_last else None,
            lives=HOMES[number % len(HOMES)],
            close_reason=CloseReason.PLANNED if number % 4 else CloseReason.DISENGAGED,
        )
        service.carers(
            1,
            who,
            said(number + 3, HOME_AREAS, end=False),
            said(number + 3, HOME_AREAS, end=True) if number % 3 else None,
            lives=HOMES[number % len(HOMES)],
        )
    return service


def said(number: int, items: tuple[str, ...], *, end: bool) -> dict[str, int]:
    """What one person said about each item; a few items are skipped."""
    scores = {}
    for place, item in enumerate(items):
        if (number * 5 + place) % 23 == 0:
            continue
        first = 1 + (number * 3 + place * 2) % 4
        step = STEPS[(number + place * 3) % len(STEPS)] if end else 0
        scores[item] = min(5, max(1, first + step))
    return scores


@cache
def golden_release() -> Release:
    """Compile the made-up quarter, once for all tests."""
    return compile_release(protect(made_up_quarter().counted(), NHS5), compiled_on=COMPILED_ON)


def files_of(release: Release) -> Iterator[tuple[Path, bytes]]:
    """Give every file of every audience and the release itself, with the place it is kept at."""
    yield TABLES / "release.json", f"{release.to_json()}\n".encode()
    for audience in Audience:
        for name, content in to_csv(release, audience).items():
            yield TABLES / audience.value / name, content


def rewrite() -> None:
    """Write the files; the difference is to be reviewed like code."""
    for path, content in files_of(golden_release()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    rewrite()
