"""`starling release files, export, verify`: what was stored of a release, as bytes and checked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from outcomes.episode import Audience
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from storage.release_files import FileOnList, StoredFile
    from usecases.inviting import By
    from usecases.release_verifying import Verified
    from usecases.service import Service

COMMAND_LINE: Final = "command line"
_FORMATS: Final = ("all", "csv", "json", "txt", "xlsx")

ReleaseId = Annotated[str, typer.Argument(metavar="RELEASE", help="The id: starling release list")]
For = Annotated[Audience, typer.Option(help="For whom the files are.")]
Who = Annotated[str, typer.Option(help="Your own name, as the audit shows it, such as a.worker.")]


def by_name(who: str) -> By:
    """Return who does something, and when: now."""
    from starling.compose import clock
    from usecases.inviting import By

    if not who.strip():
        fail("Give your own name with --who, such as a.worker: the audit keeps it.")
    return By(who.strip(), clock())


def verify(
    release: Annotated[str | None, typer.Argument(help="The id; without one, all are.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check that figures, certificate and files are those that were frozen; exit 1 if not."""
    from usecases import release_verifying

    async def work(service: Service) -> list[Verified]:
        if release is None:
            return await release_verifying.verify_all(service)
        return [await release_verifying.verify(service, release)]

    found = with_service(work)
    if as_json:
        print_json(
            [{"id": each.release.id, "files": each.files, "faults": each.faults} for each in found]
        )
    else:
        for each in found:
            typer.echo(
                f"{each.release.id}  {each.files} files  {'; '.join(each.faults) or 'sound'}"
            )
        if not found:
            typer.echo("There are no releases yet.")
    if any(each.faults for each in found):
        fail("Take the database from a backup, or drop the draft and compile it again.")


def files(release: ReleaseId, audience: For, as_json: AsJson = False) -> None:
    """List the files that an audience gets of a published release, with their digests."""
    from usecases import publishing

    async def work(service: Service) -> list[FileOnList]:
        return await publishing.files_of(service, release, audience)

    found = with_service(work)
    if not found:
        fail(f"There is no release {release!r} that is published. See: starling release list")
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        typer.echo(f"{each.digest}  {each.size:>9}  {each.name}")


def export(
    release: Annotated[str, typer.Option(help="The id of the release.")],
    audience: For,
    out: Annotated[Path, typer.Option(help="The folder to write into; it is made if needed.")],
    format_: Annotated[
        str, typer.Option("--format", help=f"The kind of file: {', '.join(_FORMATS)}.")
    ] = "all",
    who: Who = COMMAND_LINE,
    as_json: AsJson = False,
) -> None:
    """Write one audience's files of a published release: the same bytes for ever."""
    if format_ not in _FORMATS:
        fail(f"There is no format {format_!r}. Use one of: {', '.join(_FORMATS)}.")

    async def work(service: Service) -> list[StoredFile]:
        return await _pull(service, release, audience, format_, by_name(who))

    found = with_service(work)
    if not found:
        fail(f"There is no release {release!r} that is published. See: starling release list")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for each in found:
            (out / each.name).write_bytes(each.body)
    except OSError as error:
        fail(f"{out} cannot be written to ({error.strerror}). Give another folder with --out.")
    if as_json:
        names = [each.name for each in found]
        print_json({"release": release, "audience": audience, "files": names})
    else:
        for each in found:
            typer.echo(str(out / each.name))


async def _pull(
    service: Service, release: str, audience: Audience, kind: str, by: By
) -> list[StoredFile]:
    from usecases import publishing

    pulled = []
    for each in await publishing.files_of(service, release, audience):
        if kind in ("all", each.name.rpartition(".")[2]):
            file = await publishing.load_file(service, release, audience, each.name)
            if file is not None:
                await publishing.note_pull(service, release, audience, file, by)
                pulled.append(file)
    return pulled
