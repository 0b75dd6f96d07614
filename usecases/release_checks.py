"""Says whether a draft may go on: whether its proof stands and nothing was published meanwhile.

It must not change anything, and shows nobody a number that is not protected.
"""

from __future__ import annotations

import hashlib
from typing import Final, NoReturn

from outcomes.audit.certificate import Certificate
from outcomes.errors import BadReleaseError
from outcomes.release import Release, read_release
from storage import releases
from storage.casework import Casework, Connection
from storage.errors import StorageFault
from storage.releases import DRAFTS, Proof, ReleaseOnList, State, StoredRelease
from usecases.refusal import Refusal

_NO_RELEASE: Final = "There is no release with this id. See `starling release list`."
STALE: Final = (
    "Since this draft was compiled, another release was published, and the audit has not held the "
    "two against each other. Drop this draft and compile the period again."
)
_UNPROVEN: Final = (
    "The proof that nobody can be found in these figures is missing or was changed. Drop this "
    "draft and compile the period again."
)
_CHANGED: Final = "What was stored of this draft was changed. Drop it and compile the period again."


def stored_in(casework: Casework, release_id: str) -> StoredRelease:
    """Return a release, however far it has come. Raises Refusal where there is none."""
    found = releases.load(casework.connection, release_id)
    if found is None:
        raise Refusal(_NO_RELEASE)
    return found


def refuse_for(release: ReleaseOnList) -> NoReturn:
    """Raise Refusal: say how far a release has come and what can be done with it."""
    told = {
        State.COMPILED: "Nobody has approved this draft yet. Another person does that first.",
        State.APPROVED: "This draft is approved already. It can be published.",
        State.PUBLISHED: "This release is published: it stays as it is.",
        State.DROPPED: "This draft was dropped. Compile the period again.",
    }
    raise Refusal(told[release.state])


def check_free(connection: Connection, period: str) -> None:
    """Raise Refusal where there is a draft of this period, or it was published."""
    check_not_published(connection, period)
    for each in releases.list_all(connection):
        if each.period == period and each.state in DRAFTS:
            msg = (
                f"There is a draft of {period} already: {each.id}. Go on with it, or drop it first."
            )
            raise Refusal(msg)


def check_not_published(connection: Connection, period: str) -> None:
    """Raise Refusal where the figures of this period are out."""
    if period in [each.period for each in releases.list_published(connection)]:
        msg = f"The figures of {period} are published already. A period is published once."
        raise Refusal(msg)


def check_sound(casework: Casework, draft: StoredRelease) -> tuple[Release, Proof]:
    """Return a draft's figures and their proof.

    Raises Refusal where they changed, have no proof, or another release was published meanwhile.
    """
    release = read_or_none(draft.body)
    if release is None:
        raise Refusal(_CHANGED)
    proof = proof_or_none(casework, release)
    if proof is None:
        raise Refusal(_UNPROVEN)
    if is_stale(casework.connection, proof):
        raise Refusal(STALE)
    return release, proof


def why_stuck(casework: Casework, stored: StoredRelease) -> str | None:
    """Return why a draft can only be dropped; None where it may go on, or is no draft."""
    if stored.on_list.state not in DRAFTS:
        return None
    try:
        check_sound(casework, stored)
    except Refusal as refusal:
        return str(refusal)
    return None


def proof_or_none(casework: Casework, release: Release) -> Proof | None:
    """Return the stored proof of a release, or None where it is not the one that it names."""
    try:
        proof = releases.load_proof(casework, release.id)
    except StorageFault:
        return None
    return proof if proof is not None and _is_proof_of(release, proof) else None


def check_certificate(proof: Proof) -> None:
    """Check every claim of a certificate by plain arithmetic: seconds, and no database.

    Raises OutcomesError where it does not prove that every protected number stays hidden.
    """
    Certificate.from_bytes(proof.certificate).check()


def _is_proof_of(release: Release, proof: Proof) -> bool:
    """Whether this is the very certificate that the release names."""
    return hashlib.sha256(proof.certificate).hexdigest() == release.certificate


def is_stale(connection: Connection, proof: Proof) -> bool:
    """Whether other releases are published now than the audit held against this one."""
    return {each.id for each in releases.list_published(connection)} != set(proof.audited_with)


def read_or_none(body: str) -> Release | None:
    """Return the figures of a release, or None where they changed or are of the first form."""
    try:
        return read_release(body)
    except BadReleaseError:
        return None
