"""Looks again at what was stored of releases: figures, proofs and files; it changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from outcomes.errors import OutcomesError
from storage import release_files, releases
from storage.casework import Casework
from storage.releases import Proof, ReleaseOnList, State
from usecases.release_checks import check_certificate, proof_or_none, read_or_none, stored_in
from usecases.service import Service


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of one release: sentences about what is wrong, none where all is as it was.

    `files` says how many files were held against their digests.
    """

    release: ReleaseOnList
    files: int
    faults: tuple[str, ...]


async def verify(service: Service, release_id: str) -> Verified:
    """Check that figures, certificate and files of a release are those that were frozen.

    The certificate is checked by plain arithmetic, without trust in what found it. Raises Refusal
    where there is no such release.
    """
    seen, proof = await service.lane.read(
        lambda connection: _look(service.open(connection), release_id)
    )
    if proof is None:
        return seen
    faults = await asyncio.to_thread(_check, proof)
    return Verified(seen.release, seen.files, (*seen.faults, *faults))


async def verify_all(service: Service) -> list[Verified]:
    """Check every release but those that were dropped, the newest period first."""
    found = await service.lane.read(releases.list_all)
    kept = [each.id for each in found if each.state is not State.DROPPED]
    return [await verify(service, each) for each in kept]


def _look(casework: Casework, release_id: str) -> tuple[Verified, Proof | None]:
    stored = stored_in(casework, release_id)
    release = read_or_none(stored.body)
    proof = proof_or_none(casework, release) if release is not None else None
    files, changed = release_files.check_all(casework.connection, release_id)
    faults = [f"The file {each} is not what was published." for each in changed]
    if release is None or release.id != release_id:
        faults.append("The figures are not those that were frozen.")
    if proof is None:
        faults.append("There is no certificate that proves these figures.")
    if stored.on_list.state is State.PUBLISHED and not files:
        faults.append("There are no files, though it is published.")
    return Verified(stored.on_list, files, tuple(faults)), proof


def _check(proof: Proof) -> tuple[str, ...]:
    try:
        check_certificate(proof)
    except OutcomesError as error:
        return (f"The certificate proves nothing: {error}.",)
    return ()
