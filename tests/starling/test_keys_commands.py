"""Keys on the command line, beside a service that runs; and a start with a key that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from starling.key_watch import KeyWatch
from starling.secret_keys import add_key, load_or_make_keys, put_first, read_keys, take_away
from starling.settings import Settings, SettingsRefused
from storage.vault import Vault
from tests.support.callers import Place
from tests.support.command_line import OPEN, Run, read
from usecases import rotating


def test_a_key_is_added_turned_to_and_retired(run: Run, tmp_path: Path) -> None:
    assert run(f"{OPEN} --case T-1").exit_code == 0
    (old,) = read(run("keys status --json"))["keys"]
    added = read(run("keys add --json"))["key"]
    assert read(run("keys add --json"))["key"] == added
    assert read(run("keys status --json"))["keys"] == [old, added]
    assert run(f"keys retire {old}").exit_code == 1
    assert read(run("keys rotate --json"))["key"] == added
    assert read(run("keys status --json"))["keys"] == [added, old]
    told = run(f"keys retire {old}")
    assert told.exit_code == 0, told.output
    assert read(run("keys status --json"))["keys"] == [added]
    assert [each["case"] for each in read(run("episode list --json"))] == ["T-1"]
    kept = (tmp_path / "retired.keys").read_text().splitlines()
    assert len(kept) == 1
    assert run("audit verify").exit_code == 0
    assert run(f"{OPEN} --case t-1").exit_code == 0
    assert {each["case"] for each in read(run("episode list --json"))} == {"T-1"}


def test_a_missing_key_file_beside_data_is_refused_and_no_new_key_is_made(
    run: Run, tmp_path: Path
) -> None:
    assert run(f"{OPEN} --case T-1").exit_code == 0
    file = tmp_path / "secret.keys"
    kept = file.read_text()
    file.unlink()
    told = run("episode list")
    assert told.exit_code == 1
    assert "No new key is made" in told.stderr
    assert not file.exists()
    assert "is missing" in run("doctor").stdout
    file.write_text(kept)
    file.chmod(0o600)
    assert run("episode list").exit_code == 0


def test_a_start_with_other_keys_than_the_database_is_locked_with_is_refused(run: Run) -> None:
    assert run(f"{OPEN} --case T-1").exit_code == 0
    assert run("keys add").exit_code == 0
    assert run("keys rotate").exit_code == 0
    told = run("episode list", STARLING_SECRET_KEYS="b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA=")
    assert told.exit_code == 1
    assert "does not hold the key" in told.stderr


def test_a_database_is_bound_to_its_key_before_anybody_is_in_it(run: Run) -> None:
    keys = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA="
    assert run("episode list", STARLING_SECRET_KEYS=keys).exit_code == 0
    assert run("episode list").exit_code == 1


def test_with_keys_in_the_settings_the_command_says_what_to_do(run: Run) -> None:
    keys = "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA="
    told = run("keys add", STARLING_SECRET_KEYS=keys)
    assert told.exit_code == 0
    assert "FRONT of the list" in told.stdout
    new = told.stdout.splitlines()[1]
    both = f"{new},{keys}"
    assert run(f"{OPEN} --case T-1", STARLING_SECRET_KEYS=keys).exit_code == 0
    assert read(run("keys rotate --json", STARLING_SECRET_KEYS=both))["changed"] >= 1
    assert run("episode list", STARLING_SECRET_KEYS=new).exit_code == 0


def test_a_key_that_waits_comes_last_until_it_is_put_first(tmp_path: Path) -> None:
    file = tmp_path / "secret.keys"
    (old,) = load_or_make_keys(file, lambda size: b"o" * size)
    new = add_key(file, lambda size: b"n" * size)
    assert read_keys(file) == (old, new)
    assert put_first(file)
    assert read_keys(file) == (new, old)
    assert not put_first(file)
    kept = take_away(file, old)
    assert read_keys(file) == (new,)
    assert kept.stat().st_mode & 0o777 == file.stat().st_mode & 0o777 == 0o600
    assert take_away(file, old) == kept
    assert read_keys(kept) == (old,)


async def test_a_running_program_learns_a_new_key_and_says_so(
    sqlite_url: str, tmp_path: Path
) -> None:
    place = Place(sqlite_url)
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'starling.db'}")
    load_or_make_keys(settings.keys_file, lambda size: b"k" * size)
    async with place.open() as service:
        watch = KeyWatch(settings, service, "one", lambda: place.now)
        await watch.look()
        add_key(settings.keys_file, lambda size: b"n" * size)
        await watch.look()
        old, new = Vault([b"k" * 32, b"n" * 32], bytes).key_names
        (knows,) = await rotating.running(service, place.now)
        assert knows.keys == (old, new)
        put_first(settings.keys_file)
        await watch.look()
        (knows,) = await rotating.running(service, place.now)
        assert knows.keys == (new, old)
        settings.keys_file.unlink()
        with pytest.raises(SettingsRefused):
            await watch.look()
        assert service.open.vault.key_names == (new, old)
