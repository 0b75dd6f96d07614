"""Nothing that must stay secret is readable in the files: database, its log, server logs, backups.

Planted are a sentence, a chat's number, a person's name, a case reference, an e-mail address and
secrets of links and cookies; then every byte on the disk is searched for them.
"""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, insert, make_url

from storage import inbox, marks, nudges, people
from storage.access import SignedIn
from storage.casework import Casework, Opener
from storage.database import newest_revision, read_once
from storage.inbox import Ticket
from storage.sequence import Sequence as Numbers
from storage.tables import marks as marks_table
from storage.vault import Vault
from surveys.people import AgeBand, Role
from tests.support.callers import Caller, Place, invite, open_support, write
from tests.support.postgres import Server
from usecases import auditing, backing_up, inviting, rotating, signing_in, transcribing
from usecases.backing_up import About, BackedUp, Where
from usecases.service import Service

SENTENCE = "a planted sentence about a yellow kite over the weir"
NAME = "Planted Petronella Quill"
CASE = "PLANTED-CASE-7731"
MAIL = "planted.petronella@example.org"
CHAT = 881_772_663_554
KEY = b"b" * 32
OWN_CHANCE = 77
"""No other test draws the same: what is a secret here would be an open number there, and the log of
a PostgreSQL server that tests share keeps what all of them wrote."""


async def plant(place: Place, service: Service) -> dict[str, bytes]:
    """Let somebody join, write and leave an address; return what must be found nowhere."""
    episode = await open_support(place, service, CASE)
    invited = await invite(place, service, episode, Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN)
    caller = Caller(place, service, CHAT)
    await caller.joins(invited)
    await caller.types(SENTENCE)
    _, cookie = await transcribing.new_visitor(service, place.now)
    staff = SignedIn("a.worker", signing_in.STAFF)
    code = await signing_in.hand_out_code(service, staff, timedelta(hours=1), place.now)
    await write(service, lambda work: _leave_more(work, invited.participant, place))
    await inviting.invite(service, inviting.Invitee(episode, Role.CARER), place.by)
    return {
        "the sentence": SENTENCE.encode(),
        "the name": NAME.encode(),
        "the case reference": CASE.encode(),
        "the e-mail address": MAIL.encode(),
        "the chat as text": str(CHAT).encode(),
        "the chat as a number": CHAT.to_bytes(6, "big"),
        "the chat as a number, turned": CHAT.to_bytes(6, "little"),
        "the invitation's code": invited.code.replace("-", "").encode(),
        "the invitation's code as shown": invited.code.encode(),
        "the invitation's link": invited.web.rpartition("/")[2].encode(),
        "the browser's cookie": cookie.encode(),
        "the way in for staff": code.encode(),
    }


def _leave_more(work: Casework, participant: str, place: Place) -> None:
    """Leave an e-mail address, and an update that could not be handled, as Telegram sends it."""
    person = people.load_person(work, participant)
    assert person is not None
    nudges.put(work, person, MAIL, place.now)
    update = f'{{"from": {{"id": {CHAT}, "first_name": "{NAME}"}}, "text": "{SENTENCE}"}}'
    inbox.park(work, Ticket("telegram", 99), update.encode(), place.now)


def back_up(place: Place, folder: Path) -> None:
    """Make a backup of a place."""
    chance = random.Random(8).randbytes  # noqa: S311 - the same in every run
    opener = Opener(Vault(place.keys, chance), Numbers(70), chance)

    identity = read_once(place.url, lambda connection: marks.known_identity(opener(connection)))
    assert identity is not None

    def work(connection: Connection) -> BackedUp:
        about = About(newest_revision(), identity, place.now)
        return backing_up.make(opener(connection), Where(folder, KEY, chance), about, _quiet)

    read_once(place.url, work)


def _quiet(*_: object) -> None:
    """Show no progress."""


def found(folder: Path, planted: dict[str, bytes]) -> list[str]:
    """Search every byte of every file in a folder; return what was found, and where."""
    return [
        f"{what} in {file.relative_to(folder)}"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for whole in [file.read_bytes()]
        for what, mark in planted.items()
        if mark in whole
    ]


def files_of(place: Place, server: Server | None) -> Path:
    """Return the folder with all that the database wrote, once it has written everything."""
    address = make_url(place.url)
    if server is None:
        assert address.database is not None
        return Path(address.database).parent
    plain = address.set(drivername="postgresql").render_as_string()
    with psycopg.connect(plain, autocommit=True) as own:
        own.execute("checkpoint")
    return server._folder


async def test_nothing_planted_is_readable_on_the_disk(
    place: Place, database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """While the service runs, with its log (WAL) as it is, and in the backups."""
    server = request.getfixturevalue("postgres_server") if database_kind == "postgres" else None
    (tmp_path / "backups").mkdir()
    async with place.open(OWN_CHANCE) as service:
        planted = await plant(place, service)
        await auditing.head(service, place.now)
        back_up(place, tmp_path / "backups")
        service.open.vault.take((b"n" * 32, *place.keys))
        await rotating.rotate(service, place.by, _quiet)
        folder = files_of(place, server)
        assert found(folder, planted) == []
        assert found(tmp_path / "backups", planted) == []
    assert found(folder, planted) == []


async def test_the_search_finds_what_is_readable(
    place: Place, database_kind: str, request: pytest.FixtureRequest
) -> None:
    """The same search, after the same words were written plainly once."""
    server = request.getfixturevalue("postgres_server") if database_kind == "postgres" else None
    plain = f"a word that stands plainly in {database_kind}"
    async with place.open() as service:
        added = insert(marks_table).values(name="plain", value=plain)
        await write(service, lambda work: work.connection.execute(added))
        assert found(files_of(place, server), {"it": plain.encode()}) != []
