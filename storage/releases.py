"""Frozen figures and how far each has come: compiled, approved, published or dropped.

What is stored of a release never changes but for its steps. It must not reach people, and computes
nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, select, text, update

from storage.casework import AnyRow, Casework
from storage.errors import StorageFault
from storage.sequence import new_id
from storage.tables import release_refusals, releases
from storage.vault import Place

_TABLE: Final = "releases"


class LedgerLost(StorageFault):
    """A published release left nothing that later figures could be audited with."""


class State(StrEnum):
    """How far a release has come. Outside the staff only `published` ones exist."""

    COMPILED = "compiled"
    APPROVED = "approved"
    PUBLISHED = "published"
    DROPPED = "dropped"


DRAFTS: Final = (State.COMPILED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Step:
    """When somebody took a release one step further, and who."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReleaseOnList:
    """One release as lists show it. `period` is written `2026/27-Q3` or `2026/27`."""

    id: str
    period: str
    status: str
    compiled_at: datetime
    compiled_by: str
    state: State = State.COMPILED
    approved: Step | None = None
    published: Step | None = None
    dropped: Step | None = None


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release with its body: canonical JSON, as it was frozen."""

    on_list: ReleaseOnList
    body: str


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """Why a release is safe, and what later audits need of it: stored locked, never shown.

    `audited_with` names the published releases that the audit held against this one.
    """

    certificate: bytes
    ledger: bytes
    audited_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusalOnList:
    """When figures were refused, to whom, and why: sentences that show no protected number."""

    period: str
    at: datetime
    who: str
    reasons: tuple[str, ...]


_ID: Final = re.compile(r"\d{4}-\d{2}(-q[1-4])?-[0-9a-f]{16}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether this can be the id of a release: anybody can type anything into an address."""
    return _ID.fullmatch(text) is not None


# --- turns ----------------------------------------------------------------------------------------


def take_turns(connection: Connection) -> None:
    """Let whoever else moves a release wait until this transaction ends: one goes, not two."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(text("lock table releases in share row exclusive mode"))


def stand_still(connection: Connection) -> None:
    """Let all that this transaction reads be of one moment; must be the first thing it does."""
    if connection.dialect.name == "postgresql":  # readers of SQLite always see one moment
        connection.execute(text("set transaction isolation level repeatable read"))


# --- drafts and steps -----------------------------------------------------------------------------


def keep_draft(work: Casework, draft: StoredRelease, proof: Proof) -> None:
    """Freeze a release that was just compiled, with its proof locked.

    A draft that was dropped and holds the same figures has the same id: it makes room.
    """
    made = draft.on_list
    releases_of_id = (releases.c.id == made.id, releases.c.state == State.DROPPED.value)
    work.connection.execute(delete(releases).where(*releases_of_id))
    tied = json.dumps(proof.audited_with).encode() + b"\n" + proof.ledger
    seal = work.vault.seal
    work.connection.execute(
        releases.insert(),
        {
            "id": made.id,
            "quarter": made.period,
            "status": made.status,
            "compiled_at": made.compiled_at,
            "compiled_by": made.compiled_by,
            "body": draft.body,
            "state": State.COMPILED.value,
            "certificate_cipher": seal(_place("certificate_cipher", made.id), proof.certificate),
            "ledger_cipher": seal(_place("ledger_cipher", made.id), tied),
        },
    )


def approve(connection: Connection, release_id: str, step: Step) -> bool:
    """Note the second person's yes; False where it is no longer waiting for that."""
    values = {"state": State.APPROVED.value, "approved_at": step.at, "approved_by": step.by}
    return _move(connection, release_id, (State.COMPILED,), values)


def publish(connection: Connection, release_id: str, step: Step) -> bool:
    """Let a release be seen by commissioners; False where it is not approved (any more)."""
    values = {"state": State.PUBLISHED.value, "published_at": step.at, "published_by": step.by}
    return _move(connection, release_id, (State.APPROVED,), values)


def drop(connection: Connection, release_id: str, step: Step) -> bool:
    """Put a draft away for good; False where it is no draft (any more)."""
    values = {"state": State.DROPPED.value, "dropped_at": step.at, "dropped_by": step.by}
    return _move(connection, release_id, DRAFTS, values)


def _move(
    connection: Connection, release_id: str, states: Collection[State], values: dict[str, object]
) -> bool:
    here = (releases.c.id == release_id, releases.c.state.in_([each.value for each in states]))
    return connection.execute(update(releases).where(*here).values(values)).rowcount == 1


# --- reading --------------------------------------------------------------------------------------

_ON_LIST: Final = tuple(
    column
    for column in releases.c
    if column.name not in ("body", "certificate_cipher", "ledger_cipher")
)


def list_all(connection: Connection) -> list[ReleaseOnList]:
    """Return all releases, the newest period first and of one period the newest compiled."""
    query = select(*_ON_LIST).order_by(
        releases.c.quarter.desc(), releases.c.compiled_at.desc(), releases.c.id
    )
    return [_on_list(row) for row in connection.execute(query)]


def list_published(connection: Connection) -> list[ReleaseOnList]:
    """Return what commissioners may see, the newest period first."""
    return [each for each in list_all(connection) if each.state is State.PUBLISHED]


def load(connection: Connection, release_id: str) -> StoredRelease | None:
    """Return one release as it was frozen, however far it has come, or None."""
    if not is_id(release_id):
        return None
    query = select(*_ON_LIST, releases.c.body).where(releases.c.id == release_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredRelease(_on_list(row), row.body)


def load_proof(work: Casework, release_id: str) -> Proof | None:
    """Return why a release is safe; None where there is none, as for figures of the first form.

    Raises VaultFault where the stored proof was changed or is locked with an unknown key.
    """
    query = select(releases.c.certificate_cipher, releases.c.ledger_cipher).where(
        releases.c.id == release_id
    )
    row = work.connection.execute(query).one_or_none()
    if row is None or row.certificate_cipher is None or row.ledger_cipher is None:
        return None
    certificate = work.vault.open(_place("certificate_cipher", release_id), row.certificate_cipher)
    tied = work.vault.open(_place("ledger_cipher", release_id), row.ledger_cipher)
    audited_with, _, ledger = tied.partition(b"\n")
    return Proof(certificate, ledger, tuple(json.loads(audited_with)))


def read_ledger(work: Casework) -> dict[str, bytes]:
    """Return what every published release left for later audits, by id, the oldest first.

    Each was held against all that were out before it, so the number of those says whose turn it
    is; a quarter and its year may go out in the same moment. Raises LedgerLost where one left
    nothing, and VaultFault where it cannot be opened.
    """
    query = select(releases.c.id).where(releases.c.state == State.PUBLISHED.value)
    proofs = {each: load_proof(work, each) for each in work.connection.execute(query).scalars()}
    left = {each: proof for each, proof in proofs.items() if proof is not None}
    if len(left) != len(proofs):
        msg = "a release left nothing for later audits: take the table releases from a backup"
        raise LedgerLost(msg)
    in_turn = sorted(left, key=lambda each: (len(left[each].audited_with), each))
    return {each: left[each].ledger for each in in_turn}


def _on_list(row: AnyRow) -> ReleaseOnList:
    return ReleaseOnList(
        id=row.id,
        period=row.quarter,
        status=row.status,
        compiled_at=row.compiled_at,
        compiled_by=row.compiled_by,
        state=State(row.state),
        approved=_step(row.approved_at, row.approved_by),
        published=_step(row.published_at, row.published_by),
        dropped=_step(row.dropped_at, row.dropped_by),
    )


def _step(at: datetime | None, by: str | None) -> Step | None:
    return None if at is None or by is None else Step(at, by)


def _place(column: str, release_id: str) -> Place:
    return Place(_TABLE, column, release_id)


# --- refusals -------------------------------------------------------------------------------------


def keep_refusal(work: Casework, refusal: RefusalOnList) -> None:
    """Write down why figures were refused."""
    work.connection.execute(
        release_refusals.insert(),
        {
            "id": new_id(work.entropy),
            "quarter": refusal.period,
            "at": refusal.at,
            "who": refusal.who,
            "reasons": json.dumps(refusal.reasons, ensure_ascii=False),
        },
    )


def list_refusals(connection: Connection) -> list[RefusalOnList]:
    """Return every refusal of figures, the newest first."""
    query = select(release_refusals).order_by(
        release_refusals.c.at.desc(), release_refusals.c.id.desc()
    )
    return [
        RefusalOnList(row.quarter, row.at, row.who, tuple(json.loads(row.reasons)))
        for row in connection.execute(query)
    ]
