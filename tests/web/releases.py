"""Releases with made-up figures, so that pages have something to show and to withhold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

from outcomes.definitions import Statistic
from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.flow import Missing, Stage
from outcomes.formats.bundle import OutFile, files_of
from outcomes.measures import MEASURES
from outcomes.policy import NHS5
from outcomes.quarter import Quarter
from outcomes.release import Definition, Release, Status
from storage import release_files, releases
from storage.casework import Connection
from storage.release_files import StoredFile, digest_of
from storage.releases import Proof, ReleaseOnList, Step, StoredRelease
from usecases.service import Service

COMPILED_AT = datetime(2026, 7, 20, 9, tzinfo=UTC)
NUMBERS = {Audience.DERBY_CITY: 35, Audience.DERBYSHIRE_COUNTY: 55, Audience.ICB: 90}
"""How many answered, by footprint: each figure of a page can be told apart by it."""


def make_release(quarter: str = "2026/27-Q1", *, withheld: tuple[str, ...] = ()) -> Release:
    """Return a release; the areas that are named are withheld."""
    figures = []
    for footprint, measure in product(Audience, MEASURES):
        number = NUMBERS[footprint]
        if measure.area in withheld:
            hidden = {"numerator": Symbol.WITHHELD, "denominator": Symbol.WITHHELD}
            main = "change_mean" if measure.statistic is Statistic.MEAN_CHANGE else "percent"
            means = {"first_mean": Symbol.WITHHELD, "last_mean": Symbol.WITHHELD}
            figures.append(
                Figure(measure.id, measure.area, footprint, **hidden, **{main: Symbol.WITHHELD},
                       **(means if main == "change_mean" else {}))
            )  # fmt: skip
        elif measure.statistic is Statistic.MEAN_CHANGE:
            figures.append(
                Figure(
                    measure.id, measure.area, footprint,
                    numerator=Symbol.NOT_APPLICABLE, denominator=number,
                    first_mean=Decimal("2.6"), last_mean=Decimal("3.4"),
                    change_mean=Decimal("0.8"),
                    change_lower=Decimal("0.3"), change_upper=Decimal("1.3"),
                )
            )  # fmt: skip
        else:
            figures.append(
                Figure(
                    measure.id, measure.area, footprint,
                    numerator=number - 10, denominator=number,
                    percent=63, percent_lower=50, percent_upper=75,
                )
            )  # fmt: skip
    flow = [
        FlowFigure("star/young-person", step.value, isinstance(step, Missing), footprint,
                   Symbol.WITHHELD if step is Missing.DECLINED else NUMBERS[footprint])
        for footprint, step in product(Audience, (*Stage, *Missing))
    ]  # fmt: skip
    return Release(
        period=Quarter.parse(quarter),
        status=Status.FINAL,
        policy=NHS5,
        definitions=tuple(map(Definition.of, MEASURES)),
        figures=tuple(figures),
        flow=tuple(flow),
        notes=("Counts are rounded to the nearest 5.",),
        scenarios=("somebody in the street",),
    )


Render = Callable[[Release, Audience], Iterable[OutFile]]


def two_files(release: Release, audience: Audience) -> tuple[OutFile, ...]:
    """Stand in for the files of a release: quick to make, other bytes for each audience."""
    return (
        OutFile("figures.json", "application/json", f'"{release.id} {audience}"'.encode()),
        OutFile(f"{audience}.txt", "text/plain; charset=utf-8", b"Only for one of them."),
    )


async def store(
    service: Service,
    release: Release,
    published_at: datetime = COMPILED_AT,
    render: Render = files_of,
) -> Release:
    """Keep a release and let commissioners see it, with its files, as publishing does."""
    files = [
        (audience, StoredFile(each.name, each.media_type, digest_of(each.content), each.content))
        for audience in Audience
        for each in render(release, audience)
    ]

    def publish(connection: Connection) -> None:
        audited_with = tuple(each.id for each in releases.list_published(connection))
        releases.keep_draft(
            service.open(connection),
            StoredRelease(
                ReleaseOnList(
                    release.id,
                    str(release.period),
                    release.status.value,
                    COMPILED_AT,
                    "made-up.one",
                ),
                release.to_json(),
            ),
            Proof(b"", b"", audited_with),
        )
        step = Step(published_at, "made-up.two")
        releases.approve(connection, release.id, step)
        release_files.add(connection, release.id, files)
        releases.publish(connection, release.id, step)

    await service.lane.write(publish)
    return release
