"""Figures go out in steps, by two people, once; and nothing that was published ever changes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Connection, delete, text, update

from outcomes import compiling
from outcomes.compiling import Made
from outcomes.episode import Audience
from outcomes.errors import ReleaseRefusedError
from outcomes.formats import bundle
from outcomes.formats.bundle import OutFile
from outcomes.protection.policy import DFE_C, NHS5
from outcomes.quarter import Period, Quarter, parse_period
from outcomes.release import Release, Status
from storage import audit as audit_rows
from storage import facts, release_files, releases, tables
from storage.release_files import FileChanged
from storage.releases import Proof, ReleaseOnList, State, StoredRelease
from tests.outcomes.sample import sample_release
from tests.support.callers import LONDON, Place, close_support, joined, rows
from usecases import publishing, release_periods, release_verifying
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.release_periods import Next
from usecases.service import Service

AUTUMN = Quarter.parse("2026/27-Q3")
SUMMER = Quarter.parse("2026/27-Q2")
AFTER = datetime(2027, 3, 1, tzinfo=UTC)
ONE, TWO = By("a.one", AFTER), By("a.two", AFTER + timedelta(hours=1))
FIRST_FORM = '{"id":"2025-26-q1-0123456789abcdef","format":1}'


MADE = bundle.files_of
"""The files as they are really made: seconds of work, which most of these tests do not need."""


def two_files(release: Release, audience: Audience) -> tuple[OutFile, ...]:
    """Stand in for the files of a release: quick to make, other bytes for each audience."""
    return (
        OutFile("figures.json", "application/json", f"{release.id} {audience}".encode()),
        OutFile("notes.txt", "text/plain; charset=utf-8", "\n".join(release.notes).encode()),
    )


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "files_of", two_files)


async def published(service: Service, period: Period = AUTUMN) -> Release:
    """Take a period the whole way."""
    release = await publishing.compile_period(service, period, ONE)
    await publishing.approve(service, release.id, TWO)
    await publishing.publish(service, release.id, TWO)
    return release


async def audited(service: Service) -> list[tuple[str, str, str]]:
    """Return what the audit holds of figures: who, what, on what."""
    noted = [(row.who, row.did, row.target) for row in await rows(service, tables.audit)]
    return [each for each in noted if each[0] in (ONE.who, TWO.who, "a.reader")]


async def state_of(service: Service, release: Release) -> State:
    found = await publishing.load_draft(service, release.id)
    assert found is not None
    return found.on_list.state


async def pulled(service: Service, release: Release) -> dict[tuple[Audience, str], bytes]:
    """Return every file of a release, as its audience gets it."""
    found = {}
    for audience in Audience:
        for listed in await publishing.files_of(service, release.id, audience):
            file = await publishing.load_file(service, release.id, audience, listed.name)
            assert file is not None
            assert (listed.digest, listed.size) == (file.digest, len(file.body))
            found[audience, file.name] = file.body
    return found


# --- the whole way --------------------------------------------------------------------------------


async def test_what_later_audits_are_given_comes_in_the_order_in_which_it_went_out(
    service: Service,
) -> None:
    """A quarter and its year may go out in one moment; neither that nor a name says which first."""
    sooner, later = await published(service, AUTUMN), await published(service, SUMMER)
    assert later.id < sooner.id

    def read(connection: Connection) -> list[str]:
        return list(releases.read_ledger(service.open(connection)))

    assert await service.lane.read(read) == [sooner.id, later.id]


async def test_figures_go_out_in_three_steps_and_each_is_noted(service: Service) -> None:
    release = await publishing.compile_period(service, AUTUMN, ONE)
    assert await state_of(service, release) is State.COMPILED
    assert (await publishing.approve(service, release.id, TWO)).state is State.APPROVED
    assert await publishing.list_published(service) == []
    done = await publishing.publish(service, release.id, TWO)
    assert (done.state, done.compiled_by) == (State.PUBLISHED, ONE.who)
    assert done.approved is not None
    assert done.published is not None
    assert (done.approved.by, done.published.at) == (TWO.who, TWO.now)
    assert await publishing.list_published(service) == [done]
    assert await publishing.load_release(service, release.id) == release
    assert await audited(service) == [
        (ONE.who, "compiled release", release.id),
        (TWO.who, "approved release", release.id),
        (TWO.who, "published release", release.id),
    ]


async def test_the_policy_of_the_service_protects_where_no_other_is_named(small: Service) -> None:
    strict = replace(small, policy=DFE_C)
    release = await publishing.compile_period(strict, AUTUMN, ONE)
    assert DFE_C == release.policy
    await publishing.drop(strict, release.id, ONE)
    assert NHS5 == (await publishing.compile_period(strict, AUTUMN, ONE, policy=NHS5)).policy


async def test_nobody_outside_sees_a_draft(small: Service) -> None:
    release = await publishing.compile_period(small, AUTUMN, ONE)
    for _ in range(2):
        assert await publishing.load_release(small, release.id) is None
        assert await pulled(small, release) == {}
        assert await publishing.list_published(small) == []
        if await state_of(small, release) is State.COMPILED:
            await publishing.approve(small, release.id, TWO)


async def test_every_pull_gives_the_bytes_that_were_published(
    place: Place, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "files_of", MADE)
    release = await published(service)
    once = await pulled(service, release)
    assert once == {
        (audience, each.name): each.content
        for audience in Audience
        for each in MADE(release, audience)
    }
    caller, _ = await joined(place, service)  # life goes on
    await caller.taps("Start")
    monkeypatch.setattr(bundle, "files_of", two_files)
    await published(service, SUMMER)
    async with place.open(2) as another:
        assert await pulled(another, release) == once


async def test_stored_bytes_are_held_against_their_digest_before_they_leave(
    service: Service,
) -> None:
    release = await published(service)
    (name, *_) = [each.name for each in await publishing.files_of(service, release.id, CITY)]
    here = (tables.release_files.c.name == name, tables.release_files.c.audience == CITY.value)
    await write(service, update(tables.release_files).where(*here).values(body=b"changed"))
    with pytest.raises(FileChanged):
        await publishing.load_file(service, release.id, CITY, name)
    seen = await release_verifying.verify(service, release.id)
    assert f"The file derby-city/{name} is not what was published." in seen.faults


CITY = Audience.DERBY_CITY


async def write(service: Service, statement: Any) -> None:
    await service.lane.write(lambda connection: connection.execute(statement))


async def test_a_pull_is_noted_with_who_and_what(small: Service) -> None:
    release = await published(small)
    (listed, *_) = await publishing.files_of(small, release.id, CITY)
    file = await publishing.load_file(small, release.id, CITY, listed.name)
    assert file is not None
    await publishing.note_pull(small, release.id, CITY, file, By("a.reader", AFTER))
    target = f"{release.id}/derby-city/{listed.name}"
    assert (await audited(small))[-1] == ("a.reader", "pulled file", target)


@pytest.mark.parametrize(
    ("before", "status"),
    [(timedelta(minutes=1), Status.PROVISIONAL), (timedelta(0), Status.FINAL)],
)
async def test_what_is_compiled_before_the_books_are_closed_is_provisional(
    small: Service, before: timedelta, status: Status
) -> None:
    closed = datetime.combine(AUTUMN.freeze_date, time(0), LONDON)
    compiled = await publishing.compile_period(small, AUTUMN, replace(ONE, now=closed - before))
    assert compiled.status is status


async def test_progress_is_told_while_figures_are_made(small: Service) -> None:
    told: list[str] = []
    await publishing.compile_period(small, AUTUMN, ONE, progress=told.append)
    assert told


# --- refusals -------------------------------------------------------------------------------------

Step = Callable[[Service, str, By], Awaitable[ReleaseOnList]]


async def refused(step: Step, service: Service, release_id: str, by: By, told: str) -> None:
    """Try a step, read why not, and see that nothing but the audit changed."""
    before = await publishing.list_all(service)
    lines = len(await rows(service, tables.audit))
    with pytest.raises(Refusal, match=told):
        await step(service, release_id, by)
    assert await publishing.list_all(service) == before
    (noted,) = (await rows(service, tables.audit))[lines:]
    did = step.__name__
    assert (noted.who, noted.did) == (by.who, f"was refused to {did}")
    assert noted.target in (release_id, "unknown")


@pytest.mark.parametrize("name", ["a.one", " A.One ", "a. one"])
async def test_whoever_compiled_cannot_approve(small: Service, name: str) -> None:
    release = await publishing.compile_period(small, AUTUMN, ONE)
    own = replace(ONE, who=name)
    await refused(publishing.approve, small, release.id, own, "somebody else has to approve")


async def test_nothing_is_published_without_a_second_persons_yes(small: Service) -> None:
    release = await publishing.compile_period(small, AUTUMN, ONE)
    for by in (ONE, TWO):
        await refused(publishing.publish, small, release.id, by, "Nobody has approved")
    assert await pulled(small, release) == {}


async def test_each_step_is_taken_once(small: Service) -> None:
    release = await publishing.compile_period(small, AUTUMN, ONE)
    await publishing.approve(small, release.id, TWO)
    await refused(publishing.approve, small, release.id, TWO, "approved already")
    await publishing.publish(small, release.id, TWO)
    for step in (publishing.approve, publishing.publish, publishing.drop):
        await refused(step, small, release.id, TWO, "it stays as it is")


@pytest.mark.parametrize("wrong", ["", "none", "2026-27-q3-0123456789abcdef", "\x00", "x'--"])
async def test_a_release_that_is_not_there_is_refused(service: Service, wrong: str) -> None:
    for step in (publishing.approve, publishing.publish, publishing.drop):
        await refused(step, service, wrong, TWO, "no release with this id")
    assert await publishing.load_draft(service, wrong) is None
    assert await publishing.load_release(service, wrong) is None
    assert await publishing.files_of(service, wrong, CITY) == []
    assert await publishing.load_file(service, wrong, CITY, "\x00") is None


async def test_a_period_is_compiled_once_until_its_draft_is_dropped(small: Service) -> None:
    first = await publishing.compile_period(small, AUTUMN, ONE)
    with pytest.raises(Refusal, match="There is a draft of 2026/27-Q3 already"):
        await publishing.compile_period(small, AUTUMN, TWO)
    assert (await publishing.drop(small, first.id, TWO)).state is State.DROPPED
    await refused(publishing.approve, small, first.id, TWO, "was dropped")
    again = await publishing.compile_period(small, AUTUMN, TWO)
    assert again == first  # nothing happened meanwhile
    (kept,) = await publishing.list_all(small)
    assert (kept.state, kept.compiled_by, kept.dropped) == (State.COMPILED, TWO.who, None)
    await publishing.approve(small, again.id, ONE)


async def test_a_period_is_published_once(small: Service) -> None:
    await published(small)
    with pytest.raises(Refusal, match="published already"):
        await publishing.compile_period(small, AUTUMN, ONE)
    assert (await audited(small))[-1] == (ONE.who, "was refused to compile", "2026/27-Q3")


async def test_a_period_that_has_not_begun_is_refused(small: Service) -> None:
    for period in ("2027/28-Q1", "2027/28"):
        with pytest.raises(Refusal, match="there is nothing to compile yet"):
            await publishing.compile_period(small, parse_period(period), ONE)


async def test_a_draft_from_before_a_later_release_is_stale(small: Service) -> None:
    stale = await publishing.compile_period(small, SUMMER, ONE)
    await publishing.approve(small, stale.id, TWO)
    unseen = await publishing.compile_period(small, AUTUMN, ONE)
    await publishing.publish(small, stale.id, TWO)
    seen = await publishing.load_draft(small, unseen.id)
    assert seen is not None
    assert "another release was published" in str(seen.stuck)
    await refused(publishing.approve, small, unseen.id, TWO, "another release was published")
    await publishing.drop(small, unseen.id, TWO)
    await published(small)


async def test_an_approved_draft_can_become_stale_too(small: Service) -> None:
    drafts = [await publishing.compile_period(small, each, ONE) for each in (SUMMER, AUTUMN)]
    for each in drafts:
        await publishing.approve(small, each.id, TWO)
    await publishing.publish(small, drafts[0].id, TWO)
    await refused(publishing.publish, small, drafts[1].id, TWO, "another release was published")


# --- no proof, no file ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("certificate_cipher", b"x" * 60, "proof"),
        ("certificate_cipher", None, "proof"),
        ("ledger_cipher", None, "proof"),
        ("ledger_cipher", b"", "proof"),
        ("body", "{}", "was changed"),
    ],
)
async def test_a_draft_whose_proof_or_figures_changed_goes_nowhere(
    small: Service, column: str, value: object, told: str
) -> None:
    release = await publishing.compile_period(small, AUTUMN, ONE)
    await write(small, update(tables.releases).values({column: value}))
    await refused(publishing.approve, small, release.id, TWO, told)
    await write(small, update(tables.releases).values(state="approved"))
    await refused(publishing.publish, small, release.id, TWO, told)
    assert (await release_verifying.verify(small, release.id)).faults
    await publishing.drop(small, release.id, TWO)


async def test_a_proof_of_another_release_is_no_proof(small: Service) -> None:
    """The seals are tied to their row: they open nowhere else."""
    one = await publishing.compile_period(small, AUTUMN, ONE)
    other = await publishing.compile_period(small, SUMMER, ONE)
    stored = {row.id: row for row in await rows(small, tables.releases)}
    values = {"certificate_cipher": stored[other.id].certificate_cipher}
    here = tables.releases.c.id == one.id
    await write(small, update(tables.releases).where(here).values(values))
    await refused(publishing.approve, small, one.id, TWO, "proof")


async def test_a_certificate_that_proves_nothing_publishes_nothing(small: Service) -> None:
    release = replace(sample_release(str(AUTUMN)), certificate=sha256(b"no certificate"))

    def keep(connection: Connection) -> None:
        work = small.open(connection)
        on_list = ReleaseOnList(release.id, str(AUTUMN), release.status.value, AFTER, ONE.who)
        proof = Proof(b"no certificate", b"", ())
        releases.keep_draft(work, StoredRelease(on_list, release.to_json()), proof)

    await small.lane.write(keep)
    await publishing.approve(small, release.id, TWO)
    with pytest.raises(Refusal, match="no certificate"):
        await publishing.publish(small, release.id, TWO)
    assert await state_of(small, release) is State.APPROVED
    assert await pulled(small, release) == {}
    (kept,) = await publishing.list_refusals(small)
    assert kept.period == "2026/27-Q3"


def sha256(content: bytes) -> str:
    return release_files.digest_of(content)


async def test_certificate_and_ledger_are_stored_locked(
    small: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = b"17 true counts of 3 children"
    real = compiling.make

    def make(*facts: Any, **options: Any) -> Made:
        made = real(*facts, **options)
        return Made(replace(made.release, certificate=sha256(secret)), secret, secret)

    monkeypatch.setattr(compiling, "make", make)
    release = await publishing.compile_period(small, AUTUMN, ONE)
    (stored,) = await rows(small, tables.releases)
    assert secret not in stored.certificate_cipher + stored.ledger_cipher
    assert "17 true" not in stored.body
    proof = await small.lane.read(lambda c: releases.load_proof(small.open(c), release.id))
    assert proof is not None
    assert (proof.certificate, proof.ledger, proof.audited_with) == (secret, secret, ())
    assert "17 true" not in repr(proof)


async def test_later_figures_are_audited_with_the_ledger_of_all_that_was_published(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dropped draft leaves nothing behind; a published release always does."""
    real, given = compiling.make, []

    def make(*facts: Any, ledger: Sequence[bytes], **options: Any) -> Made:
        given.append(tuple(ledger))
        made = real(*facts, ledger=(), **options)
        return replace(made, ledger=f"ledger of {facts[1]}".encode())

    monkeypatch.setattr(compiling, "make", make)
    dropped = await publishing.compile_period(service, AUTUMN, ONE)
    await publishing.drop(service, dropped.id, ONE)
    await published(service, SUMMER)
    await published(service, AUTUMN)
    assert given == [(), (), (b"ledger of 2026/27-Q2",)]


@pytest.mark.parametrize("value", [None, b"", b"x" * 60])
async def test_without_the_whole_ledger_nothing_is_compiled(
    small: Service, value: bytes | None
) -> None:
    await published(small, SUMMER)
    await write(small, update(tables.releases).values(ledger_cipher=value))
    with pytest.raises(Refusal, match="cannot be made"):
        await publishing.compile_period(small, AUTUMN, ONE)
    assert (await audited(small))[-1] == (ONE.who, "was refused to compile", "2026/27-Q3")


async def test_answers_beside_which_nothing_is_kept_stop_the_figures(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.taps("Skip")
    await caller.answers(2)
    await write(service, delete(tables.pairs))
    with pytest.raises(Refusal, match="starling pairs rebuild"):
        await publishing.compile_period(service, AUTUMN, ONE)


async def test_a_failed_audit_is_kept_and_said_with_its_reasons(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(*facts: Any, **options: Any) -> Made:
        del facts, options
        message = "the audit failed"
        raise ReleaseRefusedError(message, ("in table closed 3 cells", "merge the ages"))

    monkeypatch.setattr(compiling, "make", make)
    with pytest.raises(Refusal, match=r"In table closed 3 cells\.\nMerge the ages\."):
        await publishing.compile_period(service, AUTUMN, ONE)
    assert await publishing.list_all(service) == []
    (kept,) = await publishing.list_refusals(service)
    assert (kept.period, kept.who) == ("2026/27-Q3", ONE.who)
    assert kept.reasons == ("in table closed 3 cells", "merge the ages")
    assert (await audited(service)) == [(ONE.who, "was refused to compile", "2026/27-Q3")]


# --- two at once ----------------------------------------------------------------------------------


async def test_what_was_published_proves_itself_again_and_again(service: Service) -> None:
    release = await published(service)
    (seen,) = await release_verifying.verify_all(service)
    assert (seen.release.id, seen.files, seen.faults) == (release.id, 6, ())


async def test_two_who_compile_at_once_make_one_draft(place: Place) -> None:
    async with place.open(1) as here, place.open(2) as there:
        made = await asyncio.gather(
            publishing.compile_period(here, AUTUMN, ONE),
            publishing.compile_period(there, AUTUMN, TWO),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in made) == ["Refusal", "Release"]
        assert len(await publishing.list_all(here)) == 1


async def test_two_who_publish_at_once_publish_once(place: Place) -> None:
    async with place.open(1) as here, place.open(2) as there:
        release = await publishing.compile_period(here, AUTUMN, ONE)
        await publishing.approve(here, release.id, TWO)
        done = await asyncio.gather(
            publishing.publish(here, release.id, ONE),
            publishing.publish(there, release.id, TWO),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in done) == ["Refusal", "ReleaseOnList"]
        assert await pulled(here, release)


@pytest.mark.postgres
async def test_who_moves_a_release_waits_for_whoever_moves_another(postgres_url: str) -> None:
    """The ledger cannot change between the check of a draft and its publication."""
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        drafts = [await publishing.compile_period(here, each, ONE) for each in (SUMMER, AUTUMN)]
        for each in drafts:
            await publishing.approve(here, each.id, TWO)
        holding = threading.Event()

        def publish_when_another_waits(connection: Connection) -> None:
            releases.take_turns(connection)
            holding.set()
            others = text("select count(*) from pg_locks where not granted")
            until = monotonic() + 20
            while not connection.execute(others).scalar_one():
                assert monotonic() < until
            releases.publish(connection, drafts[0].id, releases.Step(AFTER, TWO.who))

        async def publish_after_them() -> None:
            await asyncio.to_thread(holding.wait, 20)
            await publishing.publish(there, drafts[1].id, TWO)

        with pytest.raises(Refusal, match="another release was published"):
            await asyncio.gather(here.lane.write(publish_when_another_waits), publish_after_them())
        (only,) = await publishing.list_published(here)
        assert only.id == drafts[0].id


# --- a fault in the middle ------------------------------------------------------------------------


class Broken(Exception):
    """Something nobody foresaw."""


@contextmanager
def breaking(place: Any, name: str, after: int = 0) -> Iterator[None]:
    """Let a function of a module break at its call number `after`, counted from 0."""
    real, calls = getattr(place, name), iter(range(1_000))

    def broken(*given: Any, **named: Any) -> Any:
        if next(calls) == after:
            raise Broken
        return real(*given, **named)

    setattr(place, name, broken)
    try:
        yield
    finally:
        setattr(place, name, real)


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (facts, "read_facts"),
        (releases, "read_ledger"),
        (compiling, "make"),
        (releases, "keep_draft"),
        (audit_rows, "note"),
    ],
)
async def test_a_fault_while_compiling_leaves_nothing(
    service: Service, where: Any, name: str
) -> None:
    with breaking(where, name), pytest.raises(Broken):
        await publishing.compile_period(service, AUTUMN, ONE)
    assert await publishing.list_all(service) == []
    assert await audited(service) == []
    await published(service)


@pytest.mark.parametrize(
    ("where", "name", "after"),
    [
        (bundle, "files_of", 0),
        (bundle, "files_of", 2),
        (release_files, "add", 0),
        (releases, "publish", 0),
        (audit_rows, "note", 0),
    ],
)
async def test_a_fault_while_publishing_leaves_an_approved_draft_without_a_file(
    service: Service, where: Any, name: str, after: int
) -> None:
    release = await publishing.compile_period(service, AUTUMN, ONE)
    await publishing.approve(service, release.id, TWO)
    with breaking(where, name, after), pytest.raises(Broken):
        await publishing.publish(service, release.id, TWO)
    assert await state_of(service, release) is State.APPROVED
    assert await rows(service, tables.release_files) == []
    await publishing.publish(service, release.id, TWO)
    assert await pulled(service, release)


async def test_a_file_that_cannot_be_stored_takes_the_whole_release_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database itself refuses the last of many rows: a name twice."""
    real = bundle.files_of

    def twice(release: Release, audience: Audience) -> tuple[Any, ...]:
        made = real(release, audience)
        return (*made, made[0]) if audience is Audience.ICB else made

    release = await publishing.compile_period(service, AUTUMN, ONE)
    await publishing.approve(service, release.id, TWO)
    monkeypatch.setattr(bundle, "files_of", twice)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await publishing.publish(service, release.id, TWO)
    assert await state_of(service, release) is State.APPROVED
    assert await rows(service, tables.release_files) == []


# --- what staff see -------------------------------------------------------------------------------


async def test_figures_of_the_first_form_never_break_a_list_or_a_page(service: Service) -> None:
    """They were kept when the tables changed, and nobody outside sees them."""
    old = {
        "id": "2025-26-q1-0123456789abcdef", "quarter": "2025/26-Q1", "status": "final",
        "compiled_at": AFTER, "body": FIRST_FORM, "state": "dropped",
    }  # fmt: skip
    await service.lane.write(lambda c: c.execute(tables.releases.insert(), old))
    assert [each.state for each in await publishing.list_all(service)] == [State.DROPPED]
    assert await publishing.list_published(service) == []
    seen = await publishing.load_draft(service, str(old["id"]))
    assert seen is not None
    assert (seen.release, seen.stuck) == (None, None)
    assert await publishing.load_release(service, str(old["id"])) is None
    assert await release_verifying.verify_all(service) == []
    listed = await release_periods.list_periods(service, AFTER.date())
    assert [len(each.dropped) for each in listed if str(each.period) == "2025/26-Q1"] == [1]
    await published(service)


async def test_the_list_says_what_can_be_done_next(small: Service) -> None:
    async def upcoming(period: Period) -> Next:
        listed = await release_periods.list_periods(small, AFTER.date())
        return next(each.next for each in listed if each.period == period)

    assert await upcoming(AUTUMN) is Next.COMPILE
    stale = await publishing.compile_period(small, SUMMER, ONE)
    release = await publishing.compile_period(small, AUTUMN, ONE)
    assert await upcoming(AUTUMN) is Next.APPROVE
    await publishing.approve(small, release.id, TWO)
    assert await upcoming(AUTUMN) is Next.PUBLISH
    await publishing.publish(small, release.id, TWO)
    assert (await upcoming(AUTUMN), await upcoming(SUMMER)) == (Next.NOTHING, Next.DROP)
    await publishing.drop(small, stale.id, TWO)
    assert await upcoming(SUMMER) is Next.COMPILE
    listed = await release_periods.list_periods(small, AFTER.date())
    assert [str(each.period) for each in listed][:3] == ["2026/27-Q4", "2026/27-Q3", "2026/27-Q2"]
    assert (listed[0].is_over, listed[0].is_frozen, listed[1].is_frozen) == (False, False, True)


async def test_what_was_answered_comes_out_as_figures_about_nobody(
    place: Place, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One child's star is withheld everywhere, and their pseudonyms are in no stored byte."""
    monkeypatch.setattr(bundle, "files_of", MADE)
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.taps("Skip")
    await caller.answers(2)
    (episode,) = await rows(service, tables.support_episodes)
    place.now = datetime(2026, 12, 1, 16, tzinfo=UTC)
    await close_support(place, service, episode.id)
    release = await published(service)
    (participant,) = await rows(service, tables.participants)
    stored = b"".join((await pulled(service, release)).values()) + release.to_json().encode()
    for secret in (episode.key, episode.id, participant.key, participant.id):
        assert secret.encode() not in stored
