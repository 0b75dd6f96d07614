"""Puts the rooms together: the only place that reads a clock, the environment or randomness."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.render import build_renderer
from followups.rhythm_files import make_local_rhythm
from followups.schedule import LocalRhythm
from outcomes.protection.policy import POLICIES
from starling.secret_keys import decode_keys, load_or_make_keys, read_keys
from starling.settings import Settings, SettingsRefused, load_settings
from storage import key_marks, marks, runs
from storage.casework import Opener
from storage.database import migrate, read_once
from storage.lane import Lane
from storage.sequence import Sequence
from storage.vault import Vault
from surveys.catalogue import Catalogue, load_catalogue
from usecases.ladder import load_ladder
from usecases.retention_rules import read_rules
from usecases.service import Service

_LOCKED_WITH_OTHERS: Final = (
    "STARLING_SECRET_KEYS, or the key file, does not hold the key that this database is locked "
    "with now. Put that key back, the newest first: see docs/keys.md."
)


def clock() -> datetime:
    """Return the present moment, in UTC. Nobody else reads a clock."""
    return datetime.now(UTC)


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`. Raises SettingsRefused."""
    return load_settings(os.environ, Path(".env"))


@dataclass(frozen=True, slots=True)
class Sources:
    """Where chance and numbers come from: the machine in earnest, a seed in a simulation."""

    entropy: Callable[[int], bytes] = secrets.token_bytes
    node: int | None = None


def make_vault(settings: Settings, sources: Sources) -> Vault:
    """Return the vault with the keys of the settings, or with a key kept beside the database.

    A key in a file that is added later is learnt while the process runs. Raises SettingsRefused,
    also where the key is missing that the database is locked with.
    """
    file = settings.keys_file
    if settings.secret_keys:
        vault = Vault(decode_keys(settings.secret_keys), sources.entropy)
    else:
        keys = load_or_make_keys(file, secrets.token_bytes, lambda: not _holds_anything(settings))
        vault = Vault(decode_keys(keys), sources.entropy, lambda: decode_keys(read_keys(file)))
    if read_once(settings.database_url, lambda c: key_marks.is_locked_with_others(c, vault)):
        raise SettingsRefused((_LOCKED_WITH_OTHERS,))
    return vault


async def _remember_key(lane: Lane, vault: Vault) -> None:
    """Note in a new database with which key it is locked: another one is refused from now on."""
    if await lane.read(key_marks.newest) is None:
        name = vault.key_names[0]
        await lane.write(lambda connection: key_marks.set_newest(connection, name))


def make_opener(settings: Settings) -> Opener:
    """Bring the database up to date; return what opens units of work on it without a service."""
    migrate(settings.database_url)
    numbers = Sequence(secrets.randbelow(1024))
    numbers.go_on_after(read_once(settings.database_url, marks.highest_number))
    return Opener(make_vault(settings, Sources()), numbers, secrets.token_bytes)


def _holds_anything(settings: Settings) -> bool:
    return read_once(settings.database_url, key_marks.holds_anything)


def make_rhythm(settings: Settings) -> LocalRhythm:
    """Return the rhythm of follow-ups, with the service's own files. Raises BadDefinition."""
    files = (settings.rhythms_file, settings.hours_file, settings.terms_file)
    return make_local_rhythm(settings.zone, *files)


@asynccontextmanager
async def open_service(
    settings: Settings,
    sources: Sources | None = None,
    *,
    bot_name: Callable[[], str | None] | None = None,
) -> AsyncIterator[Service]:
    """Bring the database up to date and open everything that lives as long as the process.

    `bot_name` tells the Telegram user name once it is known; without it the settings' is used.
    """
    chosen = sources or Sources()
    node = secrets.randbelow(1024) if chosen.node is None else chosen.node
    migrate(settings.database_url)
    numbers = Sequence(node)
    opener = Opener(make_vault(settings, chosen), numbers, chosen.entropy)
    async with Lane.open(settings.database_url) as lane:
        numbers.go_on_after(await lane.read(marks.highest_number))
        await _remember_key(lane, opener.vault)
        stored = await lane.read(lambda connection: runs.stored_definitions(opener(connection)))
        rhythm = make_rhythm(settings)
        yield Service(
            lane=lane,
            open=opener,
            catalogue=make_catalogue(stored),
            render=build_renderer(settings.duty_line, rhythm.hours),
            rhythm=rhythm,
            public_url=settings.public_url.rstrip("/"),
            zone=settings.timezone,
            bot_name=bot_name or (lambda: settings.telegram_bot_name),
            ladder=load_ladder(settings.alerts_file),
            erased_file=settings.erased_file,
            agreement_required=settings.agreement_required,
            retention=read_rules(settings.retention_file),
            policy=POLICIES[settings.disclosure_policy],
        )


def make_catalogue(stored: list[str]) -> Catalogue:
    """Return the packaged instruments, and those that this database was ever asked with."""
    return load_catalogue().with_stored(stored)
