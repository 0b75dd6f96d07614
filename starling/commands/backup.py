"""`starling backup` and `starling restore`: copies that can be trusted, and their proof."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starling.commands.speaking import AsJson, fail, print_json, run_async

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from starling.settings import Settings
    from storage.casework import Casework, Connection
    from usecases.backing_up import BackedUp, Where
    from usecases.bringing_back import BroughtBack

    Work = Callable[[Connection], BroughtBack]

_NEW_KEY = (
    "A backup key was made: {file}. Copy it, and the key file of the service, to a place that is "
    "neither this machine nor where the backups go: without both no backup can be read."
)


def backup(
    to: Annotated[Path, typer.Option(help="The folder for backups, and for people.keys.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a whole, locked copy while the service runs, and read it again to prove it.

    People's keys go into people.keys in the same folder, which only ever holds the newest of them:
    keep no older copy of that file, so that whoever is forgotten stays forgotten.
    """

    async def work() -> BackedUp:
        return _back_up(to)

    made = run_async(_without_surprise(work()))
    if as_json:
        print_json({"file": str(made.file), "rows": made.rows, "bytes": made.size})
    else:
        typer.echo(f"{made.file}: {made.rows} rows, {made.size // 1024} kB, read again and whole.")
        typer.echo(f"People's keys: {to / 'people.keys'} ({made.people} people).")


def restore(
    source: Annotated[
        Path, typer.Option("--from", help="A backup, or a folder: then its newest backup.")
    ],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only try it, in memory: no file is made.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty database, or say with --verify whether that would work.

    Whoever was forgotten since is forgotten again, old messages are set aside, and the audit is
    proven against the heads outside the database. Exit 1 where something is wrong.
    """

    async def work() -> BroughtBack:
        return _try_out(source) if verify else _bring_back(source)

    found = run_async(_without_surprise(work()))
    if as_json:
        print_json(_as_content(found, tried=verify))
    else:
        _tell(found, tried=verify)
    if not found.is_good:
        raise typer.Exit(1)


async def _without_surprise(work: Any) -> Any:
    """Do this, and say what the disk or the heads outside did wrong in one sentence."""
    from starling.anchors import AnchorsRefused

    try:
        return await work
    except OSError as error:
        fail(f"A file cannot be read or written ({error.strerror}: {error.filename}).")
    except AnchorsRefused as refused:
        fail(str(refused))


# --- making one -----------------------------------------------------------------------------------


def _back_up(folder: Path) -> BackedUp:
    from starling.compose import clock, make_opener, read_settings
    from storage import marks
    from storage.database import newest_revision, read_once, run_once
    from usecases import backing_up
    from usecases.backing_up import About

    settings = read_settings()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opener = make_opener(settings)
    where = _where(settings, folder, may_make=True)
    url = settings.database_url
    identity = run_once(url, lambda connection: marks.identity(opener(connection)))
    about = About(newest_revision(), identity, clock())
    return read_once(
        url, lambda connection: backing_up.make(opener(connection), where, about, _progress())
    )


def _where(settings: Settings, folder: Path, *, may_make: bool) -> Where:
    """Return where backups lie and their key; a new key only where no backup was ever made."""
    import secrets

    from starling.secret_keys import decode_keys, load_or_make_keys
    from usecases.backing_up import Where

    keys: tuple[SecretStr, ...]
    if settings.backup_key is not None:
        keys = (settings.backup_key,)
    else:
        file = settings.backup_key_file
        there = file.exists()
        where = Where(folder, b"", secrets.token_bytes)
        keys = load_or_make_keys(
            file, secrets.token_bytes, lambda: may_make and not where.people.exists()
        )
        if not there:
            typer.echo(_NEW_KEY.format(file=file), err=True)
    return Where(folder, decode_keys(keys)[0], secrets.token_bytes)


def _progress() -> Callable[[str, int, int], None]:
    """Return what shows how far a backup has come: each table once, large ones now and then."""
    seen: Counter[str] = Counter()

    def tell(table: str, done: int, of: int) -> None:
        seen[table] += 1
        if done == of or seen[table] % 50 == 0:
            typer.echo(f"  {table}: {done} of {of} rows", err=True)

    return tell


# --- bringing one back ----------------------------------------------------------------------------


def _bring_back(source: Path) -> BroughtBack:
    """Bring a backup back into the database of the settings, and remember outside what follows."""
    from starling.anchors import add_anchor
    from starling.compose import read_settings
    from storage import erased_file

    settings = read_settings()
    found = _load(settings, source, lambda work: _put_into(settings.database_url, work))
    for each in found.forgotten:
        erased_file.remember(settings.erased_file, each)
    for each in found.unclear:
        erased_file.doubt(settings.erased_file, each)
    if found.anchor is not None:
        add_anchor(settings.audit_heads_file, found.anchor)
    return found


def _put_into(url: str, work: Work) -> BroughtBack:
    from storage.database import current_revision, migrate, run_once

    if current_revision(url) is None:
        migrate(url)
    return run_once(url, work)


def _try_out(source: Path) -> BroughtBack:
    """Bring a backup back in memory: what it holds stands in no file, whatever ends us."""
    from starling.compose import read_settings
    from storage.database import run_in_memory

    return _load(read_settings(), source, run_in_memory)


def _load(settings: Settings, source: Path, put: Callable[[Work], BroughtBack]) -> BroughtBack:
    """Bring a backup back with the keys and the knowledge of the settings, where `put` does it."""
    import secrets

    from starling.anchors import read_anchors
    from starling.compose import clock
    from starling.secret_keys import decode_keys, keys_for_backups
    from storage import erased_file
    from storage.casework import Opener
    from storage.database import newest_revision
    from storage.sequence import Sequence
    from storage.vault import Vault
    from usecases import bringing_back
    from usecases.bringing_back import Outside

    folder = source if source.is_dir() else source.parent
    where = _where(settings, folder, may_make=False)
    file = where.newest() if source.is_dir() else source
    keys = settings.secret_keys or keys_for_backups(settings.keys_file)
    vault = Vault(decode_keys(keys), secrets.token_bytes)
    opener = Opener(vault, Sequence(secrets.randbelow(1024)), secrets.token_bytes)
    outside = Outside(
        erased_file.read(settings.erased_file),
        read_anchors(settings.audit_heads_file),
        [*erased_file.unsettled(settings.erased_file), *erased_file.unclear(settings.erased_file)],
        lambda table, rows: typer.echo(f"  {table}: {rows} rows", err=True),
    )
    bringing_back.read_about(file, where.key)  # before a database is made

    def work(connection: Connection) -> BroughtBack:
        casework: Casework = opener(connection)
        return bringing_back.bring_back(casework, where, file, outside, newest_revision(), clock())

    return put(work)


def _tell(found: BroughtBack, *, tried: bool) -> None:
    from usecases.auditing import tell

    about = found.about
    typer.echo(f"Made {about.made_at:%Y-%m-%d %H:%M} UTC; rows: {found.rows.total()}.")
    typer.echo(f"Forgotten again: {len(found.forgotten)}; parts unreadable: {found.unreadable}.")
    for each in found.unclear:
        typer.echo(f"Nobody knows whether {each} was forgotten: docs/rights.md.", err=True)
    typer.echo(f"Rows that pointed at what is gone: {found.without_parent}.")
    typer.echo(f"Messages set aside for a person to look at: {found.set_aside}.")
    audit = found.audit
    typer.echo(f"Audit: {audit.lines} lines, {audit.anchors} heads outside the database fit.")
    if found.later_heads:
        typer.echo(f"Heads written after this backup, which it cannot hold: {found.later_heads}.")
    for wrong in audit.wrongs:
        typer.echo(f"WRONG: {tell(wrong)}", err=True)
    for column, number in found.unopened.items():
        typer.echo(f"WRONG: {number} in {column} do not open with any key.", err=True)
    if not found.is_good:
        typer.echo("See docs/backups.md: when a restore finds something wrong.", err=True)
    elif tried:
        typer.echo("This backup can be restored. It was tried out in memory: no file was made.")
    else:
        typer.echo("Restored. Run `starling keys rotate`, then start: docs/backups.md says more.")


def _as_content(found: BroughtBack, *, tried: bool) -> dict[str, Any]:
    return {
        "good": found.is_good,
        "tried_only": tried,
        "made_at": found.about.made_at,
        "rows": dict(found.rows),
        "forgotten_again": found.forgotten,
        "unclear_whether_forgotten": found.unclear,
        "unreadable_parts": found.unreadable,
        "rows_without_what_they_point_at": found.without_parent,
        "messages_set_aside": found.set_aside,
        "audit_whole": found.audit.is_whole,
        "audit_lines": found.audit.lines,
        "audit_heads_that_fit": found.audit.anchors,
        "audit_heads_after_the_backup": found.later_heads,
        "unopened": dict(found.unopened),
    }
