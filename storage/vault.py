"""Locks people's words and addresses before they are stored, and finds them without opening them.

It must not store, log or show a key, and it reads neither a clock nor randomness of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import StorageFault

KEY_BYTES: Final = 32
INDEX_BYTES: Final = 16
_VERSION: Final = b"\x01"
_KEY_ID_END: Final = 5
_NONCE_BYTES: Final = 12
HEAD_BYTES: Final = _KEY_ID_END
"""How many bytes at the start of a ciphertext say which version and which key it is of."""
_NONCE_END: Final = _KEY_ID_END + _NONCE_BYTES
_TAG_BYTES: Final = 16
_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class VaultFault(StorageFault):
    """Something that is locked cannot be opened."""


class Tampered(VaultFault):
    """The ciphertext was changed, cut short or moved from the row and column it was made for."""


class KeyUnknown(VaultFault):
    """Locked with a key that is not here: put the old key back after the new one."""


class KeyRefused(VaultFault):
    """A key must be at least 32 bytes, and there must be at least one."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext belongs: it opens nowhere else. Table and column hold no `|`."""

    table: str
    column: str
    row: str

    def bind(self, head: bytes) -> bytes:
        """Return what is authenticated beside the words: version and key, then the place."""
        return head + f"{self.table}|{self.column}|{self.row}".encode()


class Vault:
    """Seals with the newest key and opens with any of them; AES-256-GCM with the place bound in.

    A ciphertext is: version (1 byte), key id (4), nonce (12), words, tag (16). Nonces are random,
    so one key may seal 2^32 times (NIST SP 800-38D, 8.3). Every key here is derived from the
    service's keys with HKDF (RFC 5869) for one use only.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        entropy: Callable[[int], bytes],
        learn: Callable[[], Sequence[bytes]] | None = None,
    ) -> None:
        """Take the service's keys, newest first, and a source of that many random bytes.

        learn: returns the keys as they stand now; asked where something is sealed with a key that
        was added while this process runs.
        """
        self._entropy = entropy
        self._learn = learn
        self._kept = _Kept.of(keys)

    def __repr__(self) -> str:
        """Say how many keys there are and nothing about them."""
        return f"Vault({len(self._kept.masters)} keys)"

    def take(self, keys: Sequence[bytes]) -> None:
        """Go on with these keys, newest first: every later call works with them."""
        if tuple(keys) != self._kept.masters:
            self._kept = _Kept.of(keys)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The public names of the keys, newest first: they stand in front of every ciphertext."""
        return tuple(each.hex() for each in self._kept.rings)

    @property
    def heads(self) -> tuple[bytes, ...]:
        """How ciphertexts of each key begin, newest first; see HEAD_BYTES."""
        return tuple(each.head for each in self._kept.rings.values())

    def random(self, number: int) -> bytes:
        """Return that many random bytes, such as for a key of its own that is sealed here."""
        return self._entropy(number)

    def seal(self, place: Place, plain: bytes, key: bytes | None = None) -> bytes:
        """Return the ciphertext of some words for one place; key: a person's own, from below."""
        ring = self._kept.newest if key is None else _Ring(key)
        nonce = self._entropy(_NONCE_BYTES)
        return ring.head + nonce + ring.cipher.encrypt(nonce, plain, place.bind(ring.head))

    def open(self, place: Place, cipher: bytes, key: bytes | None = None) -> bytes:
        """Return the words; raises Tampered or KeyUnknown.

        place, key: those with which it was sealed.
        """
        head = cipher[:_KEY_ID_END]
        if len(cipher) < _NONCE_END + _TAG_BYTES or head[:1] != _VERSION:
            raise Tampered
        ring = self._ring_of(head) if key is None else _Ring(key)
        if ring is None or ring.head != head:
            raise KeyUnknown
        nonce, words = cipher[_KEY_ID_END:_NONCE_END], cipher[_NONCE_END:]
        try:
            return ring.cipher.decrypt(nonce, words, place.bind(head))
        except InvalidTag:
            raise Tampered from None

    def is_newest(self, cipher: bytes) -> bool:
        """Whether something sealed without a person's key was sealed with the newest key."""
        return cipher[:_KEY_ID_END] == self._kept.newest.head

    def reseal(self, place: Place, cipher: bytes) -> bytes:
        """Return the same words sealed with the newest key: what a rotation stores."""
        return self.seal(place, self.open(place, cipher))

    def new_person_key(self, row_id: str) -> bytes:
        """Make a key of one person's own and return it wrapped, bound to the person's row.

        Once the wrapped key is deleted, nobody can read what was sealed with it, in any backup.
        """
        return self.seal(_wrapping(row_id), self._entropy(KEY_BYTES))

    def person_key(self, row_id: str, wrapped: bytes) -> bytes:
        """Return a person's own key; raises like `open`."""
        return self.open(_wrapping(row_id), wrapped)

    def rewrap(self, row_id: str, wrapped: bytes) -> bytes:
        """Return a person's own key wrapped with the newest key: what is sealed with it stays."""
        return self.reseal(_wrapping(row_id), wrapped)

    def index(self, purpose: str, value: str) -> bytes:
        """Return 16 bytes under which a value is found again: HMAC-SHA-256, newest key.

        purpose: has a key of its own, so that equal values of two columns do not look equal.
        """
        return self._kept.indexes_for(purpose)[0].of(_bytes_of(value))

    def indexes(self, purpose: str, value: str) -> list[bytes]:
        """Return a value's index under every key, newest first, to look up rows during rotation."""
        return [each.of(_bytes_of(value)) for each in self._kept.indexes_for(purpose)]

    def reindex(self, purpose: str, value: str, stored: bytes) -> bytes | None:
        """Return the newest index in the place of a stored one of the same value and an older key.

        None where the stored one is the newest already, or is not of this value: then it was put
        there on purpose, so that nothing finds the row.
        """
        newest, *older = self.indexes(purpose, value)
        return newest if stored in older else None

    def _ring_of(self, head: bytes) -> _Ring | None:
        """Return the key of a ciphertext; where it is not here, look whether it was added."""
        ring = self._kept.rings.get(head[1:])
        if ring is None and self._learn is not None:
            self.take(self._learn())
            ring = self._kept.rings.get(head[1:])
        return ring


class _Kept:
    """The keys of one moment, ready for use; a vault changes from one to the next at once."""

    __slots__ = ("indexes", "masters", "newest", "rings")

    def __init__(self, masters: tuple[bytes, ...]) -> None:
        self.masters = masters
        self.rings = {each.id: each for each in (_Ring(_derive(key, "seal")) for key in masters)}
        self.newest = next(iter(self.rings.values()))
        self.indexes: dict[str, tuple[_Index, ...]] = {}

    @classmethod
    def of(cls, keys: Sequence[bytes]) -> _Kept:
        """Return the keys ready for use; KeyRefused where there is none, or one too short."""
        if not keys or any(len(key) < KEY_BYTES for key in keys):
            raise KeyRefused
        return cls(tuple(keys))

    def indexes_for(self, purpose: str) -> tuple[_Index, ...]:
        """Return what makes the indexes of one purpose, newest key first."""
        found = self.indexes.get(purpose)
        if found is None:
            found = tuple(_Index(_derive(key, f"index {purpose}")) for key in self.masters)
            self.indexes[purpose] = found
        return found


class _Ring:
    """One key ready for use, with the start of every ciphertext that it makes."""

    __slots__ = ("cipher", "head", "id")

    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)
        self.id = hashlib.sha256(b"starling key id" + key).digest()[: _KEY_ID_END - 1]
        self.head = _VERSION + self.id


class _Index:
    """HMAC-SHA-256 (RFC 2104) whose two keyed states are made once and copied for each value."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def of(self, value: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()[:INDEX_BYTES]


def _bytes_of(value: str) -> bytes:
    """Return a value's bytes; half a character, which no text holds, must not raise here."""
    return value.encode(errors="surrogatepass")


def _derive(key: bytes, use: str) -> bytes:
    info = f"starling vault 1 {use}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def _wrapping(row_id: str) -> Place:
    return Place("participants", "wrapped_key", row_id)
