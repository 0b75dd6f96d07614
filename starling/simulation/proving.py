"""The last look at everything that a made-up service gave out, all of it together.

Certificates are checked from their sealed bytes, files against their digests, and each file is made
once more. It must not change anything.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from outcomes.audit.certificate import Certificate
from outcomes.episode import Audience
from outcomes.errors import OutcomesError
from outcomes.formats import bundle
from storage import releases
from storage.casework import Connection
from storage.errors import StorageFault
from storage.release_files import FileChanged, StoredFile
from storage.releases import Proof, ReleaseOnList
from usecases import publishing, release_verifying
from usecases.service import Service

_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FEWEST: Final = 2
"""Lines of a table: its column names and one row."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What the last look found: how much it looked at, and sentences about what is wrong.

    `certificates` counts those that passed, by release; without a fault there is one for each.
    """

    releases: int
    certificates: int
    files: int
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything that was given out is as it must be."""
        return not self.faults and self.certificates == self.releases


async def prove(service: Service) -> Proven:
    """Look at every release that was published, each by itself and all of them together.

    The certificate of the newest was made with all earlier ones in view: where each names all that
    were published before it, the last certificates are about everything that was ever given out.
    """
    listed = await publishing.list_published(service)
    proofs = {each.id: await _proof_of(service, each.id) for each in listed}
    faults: list[str] = []
    certificates = files = 0
    before: list[str] = []
    for each in sorted(listed, key=lambda each: _turn(each, proofs[each.id])):
        wrong = list((await release_verifying.verify(service, each.id)).faults)
        proof = proofs[each.id]
        if proof is not None:
            wrong += await asyncio.to_thread(_look_at, proof, before)
            certificates += not wrong
        number, unlike = await _look_at_files(service, each.id)
        files += number
        faults += [f"{each.period}: {fault}" for fault in (*wrong, *unlike)]
        before.append(each.id)
    return Proven(len(listed), certificates, files, tuple(faults))


def _turn(release: ReleaseOnList, proof: Proof | None) -> tuple[str, int]:
    """Return what puts releases in their turn: a quarter and its year may share their moment."""
    assert release.published is not None  # noqa: S101 - published ones only
    return release.published.at.isoformat(), 0 if proof is None else len(proof.audited_with)


async def _proof_of(service: Service, release_id: str) -> Proof | None:
    """Return the proof as it is locked; None where it was changed, which is told already."""

    def work(connection: Connection) -> Proof | None:
        try:
            return releases.load_proof(service.open(connection), release_id)
        except StorageFault:
            return None

    return await service.lane.read(work)


def _look_at(proof: Proof, before: Sequence[str]) -> list[str]:
    """Check a certificate from its bytes, and that all that was published before was in view."""
    faults = []
    try:
        Certificate.from_bytes(proof.certificate).check()
    except OutcomesError as error:
        faults.append(f"The certificate proves nothing: {error}.")
    if set(proof.audited_with) != set(before):
        faults.append("The audit did not have all in view that was published before.")
    return faults


async def _look_at_files(service: Service, release_id: str) -> tuple[int, list[str]]:
    """Read every file of all audiences, and make each once more."""
    release = await publishing.load_release(service, release_id)
    if release is None:
        return 0, ["The figures cannot be read."]
    number, faults = 0, []
    for audience in Audience:
        stored = await _stored(service, release_id, audience)
        number += len(stored)
        again = await asyncio.to_thread(bundle.files_of, release, audience)
        if {each.name: each.content for each in again} != {each.name: each.body for each in stored}:
            faults.append(f"The files for {audience} come out different when made again.")
        faults += [
            f"{audience}/{each.name} cannot be read: {why}."
            for each in stored
            for why in _unread(each)
        ]
    return number, faults


async def _stored(service: Service, release_id: str, audience: Audience) -> list[StoredFile]:
    found = []
    for listed in await publishing.files_of(service, release_id, audience):
        try:
            file = await publishing.load_file(service, release_id, audience, listed.name)
        except FileChanged:
            continue  # told already: it is not what its digest says
        if file is not None:
            found.append(file)
    return found


def _unread(file: StoredFile) -> Iterator[str]:
    """Say why a file is not what its kind says."""
    kind = file.media_type.partition(";")[0]
    try:
        if kind == _WORKBOOK:
            _read_workbook(file.body)
        elif kind == "text/csv":
            _read_table(file.body)
        elif kind.endswith("json"):
            json.loads(file.body)
        else:
            file.body.decode()
    except (ValueError, csv.Error, BadZipFile, ET.ParseError) as error:
        yield type(error).__name__


def _read_workbook(body: bytes) -> None:
    with ZipFile(io.BytesIO(body)) as book:
        if book.testzip() is not None or "xl/workbook.xml" not in book.namelist():
            raise ValueError
        for name in book.namelist():
            ET.fromstring(book.read(name))  # noqa: S314 - we made it ourselves


def _read_table(body: bytes) -> None:
    rows = list(csv.reader(io.StringIO(body.decode()), strict=True))
    if len(rows) < _FEWEST or len({len(row) for row in rows}) != 1:
        raise ValueError
