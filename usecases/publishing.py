"""Figures in steps: one person compiles, another approves, then they are published and pulled.

A release is made once and never worked out again: what commissioners get are stored bytes. It knows
no participant, and shows nobody a number that is not protected.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from outcomes import compiling
from outcomes.compiling import Made
from outcomes.episode import Audience
from outcomes.facts import Facts
from outcomes.formats import bundle
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period
from outcomes.release import Release, read_release
from storage import facts, release_files, releases
from storage.casework import Casework, Connection
from storage.errors import DatabaseAway, StorageFault
from storage.release_files import FileOnList, StoredFile, digest_of
from storage.releases import Proof, RefusalOnList, ReleaseOnList, State, Step, StoredRelease
from usecases import indicators, theming
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.release_checks import (
    STALE,
    check_certificate,
    check_free,
    check_not_published,
    check_sound,
    is_stale,
    read_or_none,
    refuse_for,
    stored_in,
    why_stuck,
)
from usecases.release_steps import (
    in_turn,
    is_same_person,
    named,
    note,
    reasons_kept,
    refusals_noted,
)
from usecases.service import Service

_RENDERING: Final = threading.Lock()
"""Libraries that write workbooks keep state of the whole process: one release at a time."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A release as staff see it, however far it has come.

    `release` is None where it is of the first form, which cannot be shown any more. `stuck` says
    why a draft can only be dropped, such as that another release was published meanwhile. `files`
    are empty until it is published.
    """

    on_list: ReleaseOnList
    release: Release | None
    stuck: str | None
    files: dict[Audience, list[FileOnList]]


@dataclass(frozen=True, slots=True)
class Published:
    """A published release: how it came to be so, and what it holds."""

    on_list: ReleaseOnList
    release: Release


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    """Everything that a release is made from, as it was at one moment."""

    facts: Facts
    ledger: dict[str, bytes]


# --- compile --------------------------------------------------------------------------------------


async def compile_period(
    service: Service,
    period: Period,
    by: By,
    *,
    policy: DisclosurePolicy | None = None,
    progress: Callable[[str], None] | None = None,
) -> Release:
    """Count, protect, audit and freeze the figures of a period as a draft; return it.

    They are protected by the service's policy where none is named.
    The seconds of work happen beside the lane, so that no answer waits; `progress` is called from
    another thread with what is being done. Raises Refusal, where there are no safe figures with
    the reasons, which are kept as well.
    """
    async with refusals_noted(service, "was refused to compile", str(period), by):
        today = by.now.astimezone(ZoneInfo(service.zone)).date()
        if today < period.first_day:
            msg = (
                f"{period} begins on {period.first_day:%d %B %Y}: there is nothing to compile yet."
            )
            raise Refusal(msg)
        async with reasons_kept(service, str(period), by):
            known = await _know(service, period)
            made = await asyncio.to_thread(
                compiling.make,
                known.facts,
                period,
                policy or service.policy,
                compiled_on=today,
                ledger=tuple(known.ledger.values()),
                indicators=await indicators.up_to(service, period),
                replies=await theming.replies_up_to(service, period),
                # After the facts: a theme that is made just now is in no words that were read.
                themes=await theming.themes_of(service, period),
                progress=progress,
            )
        await service.lane.write(partial(_keep_draft, service, made, tuple(known.ledger), by))
        return made.release


async def _know(service: Service, period: Period) -> _Known:
    """Read all that figures are made from; raise Refusal where some of it is lost or changed."""
    try:
        return await service.lane.read(partial(_read_known, service, period))
    except DatabaseAway:
        raise
    except StorageFault as fault:
        msg = f"The figures of {period} cannot be made: {fault}"
        raise Refusal(msg) from fault


def _read_known(service: Service, period: Period, connection: Connection) -> _Known:
    releases.stand_still(connection)
    check_free(connection, str(period))
    return _Known(
        facts.read_facts(connection, period, ZoneInfo(service.zone)),
        releases.read_ledger(service.open(connection)),
    )


def _keep_draft(
    service: Service, made: Made, audited_with: tuple[str, ...], by: By, connection: Connection
) -> None:
    work, release = service.open(connection), made.release
    releases.take_turns(connection)
    check_free(connection, str(release.period))
    proof = Proof(made.certificate, made.ledger, audited_with)
    if is_stale(connection, proof):
        raise Refusal(STALE)
    on_list = ReleaseOnList(release.id, str(release.period), release.status.value, by.now, by.who)
    releases.keep_draft(work, StoredRelease(on_list, release.to_json()), proof)
    note(work, "compiled release", release.id, by)


# --- approve, publish, drop -----------------------------------------------------------------------


async def approve(service: Service, release_id: str, by: By) -> ReleaseOnList:
    """Say as a second person that a draft may be published. Raises Refusal."""

    def work(casework: Casework) -> ReleaseOnList:
        draft = stored_in(casework, release_id)
        if draft.on_list.state is not State.COMPILED:
            refuse_for(draft.on_list)
        if is_same_person(draft.on_list.compiled_by, by.who):
            msg = f"{draft.on_list.compiled_by} compiled this, so somebody else has to approve it."
            raise Refusal(msg)
        check_sound(casework, draft)
        releases.approve(casework.connection, release_id, Step(by.now, by.who))
        note(casework, "approved release", release_id, by)
        return stored_in(casework, release_id).on_list

    async with refusals_noted(service, "was refused to approve", named(release_id), by):
        return await in_turn(service, work)


async def publish(service: Service, release_id: str, by: By) -> ReleaseOnList:
    """Give an approved release out: the files of all audiences are made and stored with it.

    They are made before the transaction and stored inside it, so there is never half a release.
    Raises Refusal.
    """

    def check(casework: Casework) -> tuple[Release, Proof]:
        draft = stored_in(casework, release_id)
        if draft.on_list.state is not State.APPROVED:
            refuse_for(draft.on_list)
        check_not_published(casework.connection, draft.on_list.period)
        return check_sound(casework, draft)

    def work(files: list[tuple[Audience, StoredFile]], casework: Casework) -> ReleaseOnList:
        check(casework)
        release_files.add(casework.connection, release_id, files)
        releases.publish(casework.connection, release_id, Step(by.now, by.who))
        note(casework, "published release", release_id, by)
        return stored_in(casework, release_id).on_list

    async with refusals_noted(service, "was refused to publish", named(release_id), by):
        release, proof = await service.lane.read(lambda connection: check(service.open(connection)))
        async with reasons_kept(service, str(release.period), by):
            await asyncio.to_thread(check_certificate, proof)
            files = await asyncio.to_thread(_render, release)
        return await in_turn(service, partial(work, files))


async def drop(service: Service, release_id: str, by: By) -> ReleaseOnList:
    """Put a draft away for good, so that its period can be compiled again. Raises Refusal."""

    def work(casework: Casework) -> ReleaseOnList:
        draft = stored_in(casework, release_id)
        if not releases.drop(casework.connection, release_id, Step(by.now, by.who)):
            refuse_for(draft.on_list)
        note(casework, "dropped release", release_id, by)
        return stored_in(casework, release_id).on_list

    async with refusals_noted(service, "was refused to drop", named(release_id), by):
        return await in_turn(service, work)


def _render(release: Release) -> list[tuple[Audience, StoredFile]]:
    """Make the files of all audiences: seconds of work that touch no database."""
    with _RENDERING:
        made = [
            (audience, file) for audience in Audience for file in bundle.files_of(release, audience)
        ]
    return [
        (audience, StoredFile(each.name, each.media_type, digest_of(each.content), each.content))
        for audience, each in made
    ]


# --- what staff see -------------------------------------------------------------------------------


async def list_all(service: Service) -> list[ReleaseOnList]:
    """Return every release, drafts and dropped ones too, the newest period first."""
    return await service.lane.read(releases.list_all)


async def list_refusals(service: Service) -> list[RefusalOnList]:
    """Return when figures were refused and why, the newest first."""
    return await service.lane.read(releases.list_refusals)


async def load_draft(service: Service, release_id: str) -> Draft | None:
    """Return a release as staff see it, however far it has come, or None."""

    def work(casework: Casework) -> Draft | None:
        connection = casework.connection
        stored = releases.load(connection, release_id)
        if stored is None:
            return None
        return Draft(
            stored.on_list,
            read_or_none(stored.body),
            why_stuck(casework, stored),
            {each: release_files.list_of(connection, release_id, each) for each in Audience},
        )

    return await service.lane.read(lambda connection: work(service.open(connection)))


# --- what commissioners get -----------------------------------------------------------------------


async def list_published(service: Service) -> list[ReleaseOnList]:
    """Return the published releases, the newest period first."""
    return await service.lane.read(releases.list_published)


async def load_release(service: Service, release_id: str) -> Release | None:
    """Return one published release as it was frozen, or None."""
    found = await load_published(service, release_id)
    return found.release if found is not None else None


async def load_published(service: Service, release_id: str) -> Published | None:
    """Return one published release as it was frozen, and when it was published; or None.

    Raises BadReleaseError where what was stored of it was changed.
    """
    stored = await service.lane.read(lambda connection: releases.load(connection, release_id))
    if stored is None or stored.on_list.state is not State.PUBLISHED:
        return None
    return Published(stored.on_list, read_release(stored.body))


async def files_of(service: Service, release_id: str, audience: Audience) -> list[FileOnList]:
    """Return the files that an audience may take of a published release, by name."""
    return await service.lane.read(
        lambda connection: release_files.list_of(connection, release_id, audience)
    )


async def load_file(
    service: Service, release_id: str, audience: Audience, name: str
) -> StoredFile | None:
    """Return one file of a published release, or None where it is not this audience's.

    Raises FileChanged where the bytes are not those that were published.
    """
    return await service.lane.read(
        lambda connection: release_files.load(connection, release_id, audience, name)
    )


async def note_pull(
    service: Service, release_id: str, audience: Audience, file: StoredFile, by: By
) -> None:
    """Write down who took which file; called before its bytes leave."""

    def work(casework: Casework) -> None:
        target = f"{release_id}/{audience.value}/{file.name}"
        note(casework, "pulled file", target, by)

    await service.lane.write(lambda connection: work(service.open(connection)))
