"""Knows every column that is locked or looked up under a key, and how each is made anew.

It reads and writes nothing. A column of bytes that is not named here is a fault: a rotation of the
keys would leave it behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from storage import tables
from storage.casework import AnyRow
from storage.vault import Place


@dataclass(frozen=True, slots=True)
class Blind:
    """A column with the index of a value that the row itself holds sealed.

    `value` returns what is looked up, from the row and what was sealed in it.
    """

    column: str
    purpose: str
    value: Callable[[AnyRow, str], str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column sealed with the service's own key; `row` names the row within its place."""

    table: Table
    column: str
    row: Callable[[AnyRow], str] = lambda row: str(row.id)
    blinds: tuple[Blind, ...] = ()

    def place(self, row: AnyRow) -> Place:
        """Return where the ciphertext of a row belongs."""
        return Place(self.table.name, self.column, self.row(row))


def _casefolded(_: AnyRow, plain: str) -> str:
    return plain.casefold()


SEALED: Final = (
    Sealed(tables.children, "ref_cipher", blinds=(Blind("ref_index", "case", _casefolded),)),
    Sealed(
        tables.support_episodes,
        "ref_cipher",
        blinds=(Blind("ref_index", "episode-ref", _casefolded),),
    ),
    Sealed(tables.participants, "wrapped_key"),
    Sealed(
        tables.addresses,
        "chat_cipher",
        blinds=(Blind("chat_index", "chat", lambda row, plain: f"{row.channel}:{plain}"),),
    ),
    Sealed(tables.words, "cipher"),
    Sealed(tables.inbox, "payload_cipher", row=lambda row: f"{row.channel}:{row.update_id}"),
    Sealed(tables.accounts, "totp_cipher"),
    Sealed(tables.accounts, "mail_cipher"),
    Sealed(tables.filings, "receipt_cipher"),
    Sealed(tables.releases, "certificate_cipher"),
    Sealed(tables.releases, "ledger_cipher"),
)
"""What a rotation seals anew. Words are here for those of people whom nobody knows yet; the key of
the audit's chain is sealed among the marks, see storage.chain."""

UNDER_A_PERSONS_KEY: Final = frozenset({("words", "cipher"), ("nudges", "mail_cipher")})
"""Sealed with a person's own key: only that key is sealed anew, the rest stays as it is."""

VALUE_UNKNOWN: Final[Mapping[tuple[str, str], str]] = {
    ("visitors", "token_index"): "made anew when the browser comes back",
    ("invitations", "link_index"): "expires within days",
    ("invitations", "code_index"): "expires within days",
    ("keycards", "code_index"): "expires within days",
    ("sign_ins", "token_index"): "a browser's expires within a day; a program needs a new key",
    ("accounts", "outside_index"): "made anew when they sign in again",
    ("nudges", "confirm_index"): "works for two days",
    ("code_tries", "scope"): "counts of wrong codes, begun anew",
}
"""Indexes of secrets that are stored nowhere: nobody can make them anew, and what becomes of each.
Until the old key is taken away, they are found as before."""

NOT_LOCKED: Final = frozenset(
    {("pairs", "answers"), ("release_files", "body"), ("audit", "digest")}
)
"""Columns of bytes that hold no secret of a person: numbers, published files, proofs."""


def all_known() -> set[tuple[str, str]]:
    """Return every column of bytes that is named here, as table and column."""
    known = {(each.table.name, each.column) for each in SEALED}
    known |= {(each.table.name, blind.column) for each in SEALED for blind in each.blinds}
    return known | UNDER_A_PERSONS_KEY | set(VALUE_UNKNOWN) | NOT_LOCKED
