"""`starling keys ...`: changes the key that everything is locked with, while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from starling.settings import Settings
    from usecases.rotating import Status
    from usecases.service import Service

app = typer.Typer(
    help="Change the key that everything is locked with, while the service runs.",
    no_args_is_help=True,
)

Who = Annotated[str, typer.Option(help="Who does it: the audit shows it.")]

_PATIENCE: Final = 60
"""Seconds to wait for running programs to read the key file; they look every five."""


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show the names of the keys, what is sealed with which, and what running programs know."""
    from starling.compose import clock
    from usecases import rotating

    async def work(service: Service) -> Status:
        return await rotating.look(service, clock())

    found = with_service(work)
    if as_json:
        print_json({**asdict(found), "done": found.is_done})
    else:
        _tell(found)


@app.command()
def add(who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Add a key that everybody reads with and nobody seals with yet; then: starling keys rotate."""
    import secrets

    from starling.compose import clock
    from starling.secret_keys import add_key, decode_keys
    from storage.vault import Vault
    from usecases import rotating
    from usecases.inviting import By

    settings = _settings()
    if settings.secret_keys:
        _tell_settings()
        return

    async def work(service: Service) -> str:
        key = add_key(settings.keys_file, secrets.token_bytes)
        name = Vault(decode_keys((key,)), secrets.token_bytes).key_names[0]
        await rotating.note_added(service, name, By(who, clock()))
        return name

    name = with_service(work)
    if as_json:
        print_json({"key": name, "file": str(settings.keys_file)})
    else:
        typer.echo(f"Key {name} waits in {settings.keys_file}. Copy that file to where you keep")
        typer.echo("its copies now, then run: starling keys rotate")


@app.command()
def rotate(who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Put the added key first and seal everything with it; begun again, it goes on."""
    from starling.compose import clock
    from starling.secret_keys import decode_keys, put_first, read_keys
    from usecases import rotating
    from usecases.inviting import By

    settings = _settings()

    async def work(service: Service) -> tuple[str, int]:
        vault = service.open.vault
        if not settings.secret_keys:
            names = set(vault.key_names)
            await _wait(service, lambda keys: names <= set(keys))
            put_first(settings.keys_file)
            vault.take(decode_keys(read_keys(settings.keys_file)))
        newest = vault.key_names[0]
        await _wait(service, lambda keys: keys[:1] == (newest,))
        return newest, await rotating.rotate(service, By(who, clock()), _Progress())

    newest, changed = with_service(work)
    if as_json:
        print_json({"key": newest, "changed": changed})
    else:
        typer.echo(f"Everything is sealed with key {newest}; rows that changed: {changed}.")
        typer.echo("The old key still opens what browsers hold and what is in old backups.")
        typer.echo("To take it away later: starling keys retire NAME (see docs/keys.md).")


@app.command()
def retire(
    name: Annotated[str, typer.Argument(help="The name of the key: see starling keys status.")],
    forget_browsers: Annotated[
        bool,
        typer.Option(
            "--forget-browsers",
            help="Do it although web chats that were not opened since the rotation are lost.",
        ),
    ] = False,
    who: Who = "command line",
    *,
    as_json: AsJson = False,
) -> None:
    """Take an old key away, once nothing is sealed with it. It is kept apart for old backups."""
    from starling.compose import clock
    from starling.secret_keys import decode_keys, read_keys, take_away
    from storage.vault import Vault
    from usecases import rotating
    from usecases.inviting import By

    settings = _settings()

    async def work(service: Service) -> str:
        found = await rotating.may_retire(service, name, clock())
        if found.browsers and not forget_browsers:
            fail(
                f"{found.browsers} web chats are known. Those that were not opened since the "
                "rotation lose their way in with this key. Wait for some weeks, or add "
                "--forget-browsers where the key may have been stolen."
            )
        if settings.secret_keys:
            await rotating.note_retired(service, name, By(who, clock()))
            return "Take it out of STARLING_SECRET_KEYS on every machine now."
        keys = read_keys(settings.keys_file)
        (gone,) = (each for each in keys if Vault(decode_keys((each,)), bytes).key_names == (name,))
        kept = take_away(settings.keys_file, gone)
        await rotating.note_retired(service, name, By(who, clock()))
        return f"It is kept in {kept} for backups from before; destroy it there with the last one."

    told = with_service(work)
    if as_json:
        print_json({"key": name, "retired": True, "note": told})
    else:
        typer.echo(f"Key {name} is not used any more. {told}")


class _Progress:
    """Shows on standard error how far a long work has come, at every tenth part."""

    def __init__(self) -> None:
        self._tenth = -1

    def __call__(self, done: int, of: int) -> None:
        """Be told."""
        tenth = 10 * done // max(of, 1)
        if tenth != self._tenth:
            self._tenth = tenth
            typer.echo(f"  {done} of {of} rows looked at", err=True)


async def _wait(service: Service, knows: Callable[[tuple[str, ...]], bool]) -> None:
    """Wait until all running programs know what they must; end the command where they do not."""
    from starling.compose import clock
    from usecases import rotating

    for _ in range(_PATIENCE):
        lagging = [
            each for each in await rotating.running(service, clock()) if not knows(each.keys)
        ]
        if not lagging:
            return
        await asyncio.sleep(1)
    fail(
        f"{len(lagging)} running program(s) did not take over the keys within {_PATIENCE} seconds. "
        "Do they use the same key file or the same STARLING_SECRET_KEYS? Nothing was changed since."
    )


def _settings() -> Settings:
    from starling.compose import read_settings
    from starling.settings import SettingsRefused

    try:
        return read_settings()
    except SettingsRefused as refused:
        fail(str(refused))


def _tell_settings() -> None:
    """Say how a key is added where keys stand in the settings of several machines."""
    import base64
    import secrets

    from starling.setting_rules import KEY_BYTES

    key = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    typer.echo("The keys stand in STARLING_SECRET_KEYS, so nothing is written here. A new key:")
    typer.echo(key)
    typer.echo("1. Put it at the END of the list on every machine, and start each again.")
    typer.echo("2. Put it at the FRONT of the list on every machine, and start each again.")
    typer.echo("3. Run: starling keys rotate")


def _tell(found: Status) -> None:
    for place, name in enumerate(found.keys):
        what = "seals and opens" if place == 0 else "opens"
        typer.echo(f"key {name}: {what}")
    for each in found.left:
        typer.echo(f"{each.table}.{each.column}: {each.older} rows under an older key")
        if each.unknown:
            typer.echo(f"{each.table}.{each.column}: {each.unknown} rows under a MISSING key")
    if found.is_done:
        typer.echo("Nothing is sealed with an older key.")
    for knows in found.running:
        newest = knows.keys[0] if knows.keys else "none"
        typer.echo(f"program {knows.program}: {len(knows.keys)} keys, seals with {newest}")
