"""What is locked opens in its own place only, and is found again without being opened."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, insert

from storage.database import open_engine, run_once
from storage.vault import (
    INDEX_BYTES,
    KeyRefused,
    KeyUnknown,
    Place,
    Tampered,
    Vault,
    VaultFault,
)
from tests.support.canary import CANARY_CHAT_ID, CANARY_SENTENCE, CANARY_TOKEN

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
WORDS = CANARY_SENTENCE.encode()
HERE = Place("words", "cipher", "row-one")


def dice(seed: int = 7) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes  # noqa: S311 - the same nonces in every run


@pytest.fixture
def vault() -> Vault:
    return Vault([NEW], dice())


@given(st.binary(max_size=300), st.booleans())
def test_what_is_sealed_opens_again(plain: bytes, own: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    vault = Vault([NEW, OLD], dice())
    key = vault.person_key("someone", vault.new_person_key("someone")) if own else None
    assert vault.open(HERE, vault.seal(HERE, plain, key), key) == plain


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("words", "cipher", "row-two"),
        Place("words", "note", "row-one"),
        Place("addresses", "cipher", "row-one"),
        Place("words", "cipher", "row-one|"),
    ],
)
def test_a_ciphertext_moved_to_another_row_column_or_table_does_not_open(
    vault: Vault, elsewhere: Place
) -> None:
    with pytest.raises(Tampered):
        vault.open(elsewhere, vault.seal(HERE, WORDS))


@given(st.data())
def test_a_ciphertext_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    vault = Vault([NEW], dice())
    cipher = bytearray(vault.seal(HERE, WORDS))
    cipher[data.draw(st.integers(0, len(cipher) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(VaultFault):
        vault.open(HERE, bytes(cipher))


@given(st.integers(0, 200))
def test_a_ciphertext_cut_short_does_not_open(length: int) -> None:
    vault = Vault([NEW], dice())
    cipher = vault.seal(HERE, WORDS)
    with pytest.raises(VaultFault):
        vault.open(HERE, cipher[: min(length, len(cipher) - 1)])


def test_the_words_are_not_in_the_ciphertext_and_no_two_are_alike(vault: Vault) -> None:
    one, two = vault.seal(HERE, WORDS), vault.seal(HERE, WORDS)
    assert WORDS not in one
    assert one != two


def test_what_an_old_key_sealed_opens_while_the_old_key_is_kept(vault: Vault) -> None:
    sealed = Vault([OLD], dice()).seal(HERE, WORDS)
    assert Vault([NEW, OLD], dice()).open(HERE, sealed) == WORDS
    with pytest.raises(KeyUnknown):
        vault.open(HERE, sealed)


def test_after_a_rotation_the_old_key_is_not_needed(vault: Vault) -> None:
    sealed = Vault([OLD], dice()).seal(HERE, WORDS)
    both = Vault([NEW, OLD], dice(8))
    moved = both.reseal(HERE, sealed)
    assert (both.is_newest(sealed), both.is_newest(moved)) == (False, True)
    assert vault.open(HERE, moved) == WORDS


def test_a_persons_key_survives_a_rotation_of_the_services_key(vault: Vault) -> None:
    before = Vault([OLD], dice())
    wrapped = before.new_person_key("someone")
    sealed = before.seal(HERE, WORDS, before.person_key("someone", wrapped))
    again = Vault([NEW, OLD], dice(8)).rewrap("someone", wrapped)
    assert vault.open(HERE, sealed, vault.person_key("someone", again)) == WORDS


def test_without_the_persons_key_nobody_reads_what_it_sealed(vault: Vault) -> None:
    key = vault.person_key("someone", vault.new_person_key("someone"))
    another = vault.person_key("another", vault.new_person_key("another"))
    sealed = vault.seal(HERE, WORDS, key)
    for wrong in (None, another):
        with pytest.raises(KeyUnknown):
            vault.open(HERE, sealed, wrong)


def test_a_wrapped_key_belongs_to_one_person(vault: Vault) -> None:
    with pytest.raises(Tampered):
        vault.person_key("another", vault.new_person_key("someone"))


def test_no_two_people_get_the_same_key(vault: Vault) -> None:
    keys = {vault.person_key(who, vault.new_person_key(who)) for who in ("a", "b", "c")}
    assert [len(key) for key in keys] == [32, 32, 32]


@given(st.text(), st.text())
def test_equal_values_and_only_those_have_an_equal_index(one: str, other: str) -> None:
    vault = Vault([NEW], dice())
    assert (vault.index("chat", one) == vault.index("chat", other)) == (one == other)


def test_an_index_is_short_and_needs_the_key(vault: Vault) -> None:
    """A chat id has few digits: whoever has the database tries them all, but has no key."""
    index = vault.index("chat", "telegram:42")
    assert len(index) == INDEX_BYTES
    assert index != Vault([OTHER], dice()).index("chat", "telegram:42")
    plain = hashlib.sha256(b"telegram:42").digest()
    keyed = hmac.digest(NEW, b"telegram:42", "sha256")
    assert index not in {plain[:INDEX_BYTES], keyed[:INDEX_BYTES]}


def test_an_index_is_hmac_sha_256(vault: Vault) -> None:
    """Checked against the standard library's own, with a key that is longer than none."""
    from storage.vault import _derive  # noqa: PLC0415 - the one test that looks inside

    expected = hmac.digest(_derive(NEW, "index chat"), b"telegram:42", "sha256")
    assert vault.index("chat", "telegram:42") == expected[:INDEX_BYTES]


def test_one_value_looks_different_for_each_purpose(vault: Vault) -> None:
    assert vault.index("chat", "42") != vault.index("link", "42")


def test_during_a_rotation_rows_are_found_under_every_key() -> None:
    before, now = Vault([OLD], dice()), Vault([NEW, OLD], dice())
    assert now.indexes("chat", "42") == [now.index("chat", "42"), before.index("chat", "42")]


@pytest.mark.parametrize("locked", [True, False])
def test_locked_words_are_nowhere_in_the_database_file_or_its_log(
    tmp_path: Path, vault: Vault, *, locked: bool
) -> None:
    """Unlocked they are found, so that this looks in the right places."""
    table = Table("kept", MetaData(), Column("cipher", LargeBinary), Column("chat", LargeBinary))
    url = f"sqlite:///{tmp_path / 'a.db'}"
    row = {
        "cipher": vault.seal(HERE, WORDS) if locked else WORDS,
        "chat": vault.index("chat", f"{CANARY_CHAT_ID}")
        if locked
        else f"{CANARY_CHAT_ID}".encode(),
    }

    def keep(connection: Connection) -> None:
        connection.execute(insert(table).values(row))

    open_file = open_engine(url)  # while it is open there is a log beside the file
    with open_file.begin() as connection:
        table.create(connection)
    run_once(url, keep)
    bytes_on_disk = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    open_file.dispose()
    assert {"a.db", "a.db-wal"} <= set(bytes_on_disk)
    found = {
        mark in b"".join(bytes_on_disk.values()) for mark in (WORDS, f"{CANARY_CHAT_ID}".encode())
    }
    assert found == {not locked}


def test_a_vault_shows_no_key() -> None:
    token = CANARY_TOKEN.encode().ljust(32, b".")
    shown = f"{Vault([token], dice())!r} {Vault([token], dice())}"
    assert "canary-token" not in shown
    assert repr(token) not in shown


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"short"]])
def test_a_vault_without_a_good_key_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(KeyRefused):
        Vault(keys, os.urandom)
