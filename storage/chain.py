"""Binds every line of the audit to all lines before it, under a key that is not in the database.

It must not decide what is noted. Two processes never add to the same end: whoever adds a line owns
the head until the transaction ends.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared
from storage.tables import audit, marks, to_milliseconds
from storage.vault import KEY_BYTES, Place, Vault

HEAD: Final = "audit-head"
KEY: Final = "audit-key"
KEY_PLACE: Final = Place("marks", "value", KEY)

_LOWEST: Final = -(1 << 63)
_AT_ONCE: Final = 2000
_NOTHING: Final = bytes(32)
_OURS: Final = (marks.c.name == HEAD) | (marks.c.name == KEY)
_READ: Final = select(marks.c.name, marks.c.value).where(_OURS).order_by(marks.c.name)
_HOLD: Final = Prepared(_READ, _READ.with_for_update())
_MOVE: Final = Prepared(
    update(marks)
    .where(marks.c.name == bindparam("head_name"))
    .values(value=bindparam("head_value"))
)


Said = tuple[int, datetime, str, str, str]
"""What a line says, column by column: its number, when, who, what, on what."""


class Line(Protocol):
    """What a line says; `digest` is None where it was written before the chain began."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def at(self) -> datetime:
        """When it was written."""
        ...

    @property
    def who(self) -> str:
        """Who did it."""
        ...

    @property
    def did(self) -> str:
        """What was done."""
        ...

    @property
    def target(self) -> str:
        """On what it was done."""
        ...

    @property
    def digest(self) -> bytes | None:
        """What binds it to all before it."""
        ...


@dataclass(frozen=True, slots=True)
class End:
    """The end of the chain: the last line, how many lines it has, and what binds them all."""

    last: int
    count: int
    digest: bytes

    def written(self) -> str:
        """Return it as it stands among the marks."""
        return f"{self.last} {self.count} {self.digest.hex()}"


def end_from(written: str) -> End | None:
    """Return the end as it was written, or None where that is no end."""
    parts = written.split()
    try:
        last, count, digest = int(parts[0]), int(parts[1]), bytes.fromhex(parts[2])
    except (ValueError, IndexError):
        return None
    return End(last, count, digest) if len(digest) == len(_NOTHING) else None


def link(
    connection: Connection, vault: Vault, rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return new lines with their digests, and move the head: to be inserted at once.

    rows: lines without a digest, in their order. A line whose number is not above the last one, as
    another process was quicker, gets the next after that: the order of the numbers is the chain's.
    The numbers of other tables go on as before, so that no process's clock moves another's.
    """
    key, end = _hold(connection, vault)
    linked = []
    for row in rows:
        number = max(row["id"], end.last + 1)
        said = (number, row["at"], row["who"], row["did"], row["target"])
        end = End(number, end.count + 1, bind(key, end.digest, said))
        linked.append({**row, "id": number, "digest": end.digest})
    _MOVE.run(connection, [{"head_name": HEAD, "head_value": end.written()}])
    return linked


def bind(key: bytes, before: bytes, said: Said) -> bytes:
    """Return the digest of a line: HMAC-SHA-256 over the digest before it and every column.

    Each part has its length in front, so that nothing can move from one column into the next.
    """
    number, at, *texts = said
    told = [before]
    for part in (str(number), str(to_milliseconds(at)), *texts):
        written = part.encode(errors="surrogatepass")
        told += (len(written).to_bytes(4, "big"), written)
    return hmac.digest(key, b"".join(told), "sha256")


def fold(key: bytes, before: bytes, line: Line) -> bytes:
    """Return the digest over one more line that was written before the chain began."""
    return bind(key, before, (line.id, line.at, line.who, line.did, line.target))


def begin(key: bytes) -> bytes:
    """Return what the first line is bound to where no line was written before the chain."""
    return hmac.digest(key, b"starling audit 1" + _NOTHING, "sha256")


def read(connection: Connection, vault: Vault) -> tuple[bytes | None, End | None]:
    """Return the chain's key and its end; None for what is not there. Raises VaultFault."""
    found = {row.name: row.value for row in connection.execute(_READ)}
    sealed, written = found.get(KEY), found.get(HEAD)
    key = None if sealed is None else vault.open(KEY_PLACE, base64.b64decode(sealed))
    return key, None if written is None else end_from(written)


def hold_key(connection: Connection, vault: Vault) -> bytes:
    """Return the chain's key, and make one where there is none, with a head before any line."""
    key, _ = read(connection, vault)
    if key is not None:
        return key
    key, end = _hold(connection, vault)
    _MOVE.run(connection, [{"head_name": HEAD, "head_value": end.written()}])
    return key


def lines(connection: Connection) -> Iterator[Row[Any]]:
    """Return every line in the order of their numbers, a few thousand in memory at a time."""
    after = _LOWEST
    while True:
        query = select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(_AT_ONCE)
        found = connection.execute(query).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        after = found[-1].id


def reseal(connection: Connection, vault: Vault) -> bool:
    """Seal the chain's key with the newest key of the service; tell whether that was needed.

    The chain itself does not change: old lines are proven with the same key as before.
    """
    found = _held(connection)
    sealed = base64.b64decode(found[KEY]) if KEY in found else b""
    if not sealed or vault.is_newest(sealed):
        return False
    again = base64.b64encode(vault.reseal(KEY_PLACE, sealed)).decode()
    connection.execute(update(marks).where(marks.c.name == KEY).values(value=again))
    return True


def _hold(connection: Connection, vault: Vault) -> tuple[bytes, End]:
    """Return the key and the end, which is ours until the transaction ends."""
    found = _held(connection)
    if KEY not in found or HEAD not in found:
        _begin(connection, vault)
        found = _held(connection)
    key = vault.open(KEY_PLACE, base64.b64decode(found[KEY]))
    end = end_from(found[HEAD])
    return key, end if end is not None else _end_of_lines(connection, key)


def _held(connection: Connection) -> dict[str, str]:
    return {str(name): str(value) for name, value in _HOLD.fetch(connection, [{}])[0]}


def _begin(connection: Connection, vault: Vault) -> None:
    """Put a key and a head there, which stays empty until it is ours; the first to do so has."""
    sealed = vault.seal(KEY_PLACE, vault.random(KEY_BYTES))
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for name, value in ((HEAD, ""), (KEY, base64.b64encode(sealed).decode())):
        statement = build(marks).values(name=name, value=value).on_conflict_do_nothing()
        connection.execute(statement)


def _end_of_lines(connection: Connection, key: bytes) -> End:
    """Return where a chain without a head goes on.

    At the very first time that is after all lines that were there before it. Where somebody took
    the head away it is the last line: work goes on, and the heads outside the database tell.
    """
    end = End(0, 0, begin(key))
    for line in lines(connection):
        if line.digest is not None:
            end = End(line.id, end.count + 1, line.digest)
        elif not end.count:
            end = End(line.id, 0, fold(key, end.digest, line))
    return end
