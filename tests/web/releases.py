"""Stores releases as publishing does, so that pages have something to show and to withhold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from outcomes.episode import Audience
from outcomes.formats.bundle import OutFile, files_of
from outcomes.release import Release
from storage import release_files, releases
from storage.casework import Connection
from storage.release_files import StoredFile, digest_of
from storage.releases import Proof, ReleaseOnList, Step, StoredRelease
from usecases.service import Service

COMPILED_AT = datetime(2026, 7, 20, 9, tzinfo=UTC)

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
