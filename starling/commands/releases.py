"""`starling release ...`: figures for commissioners, in which nobody can be found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from outcomes.episode import Audience
from starling.commands.release_files import (
    COMMAND_LINE,
    ReleaseId,
    Who,
    by_name,
    export,
    files,
    verify,
)
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from outcomes.protection.policy import DisclosurePolicy
    from outcomes.quarter import Period
    from outcomes.release import Release
    from storage.releases import RefusalOnList, ReleaseOnList
    from usecases.inviting import By
    from usecases.publishing import Draft
    from usecases.service import Service

app = typer.Typer(help="Compile, approve, publish and hand out safe figures.", no_args_is_help=True)

# --- the steps ------------------------------------------------------------------------------------


@app.command("compile")
def compile_(
    period: Annotated[
        str,
        typer.Option("--period", "--quarter", help="A quarter (2026/27-Q3) or a year (2026/27)."),
    ],
    policy: Annotated[
        str | None,
        typer.Option(
            help="How small numbers are protected.", show_default="STARLING_DISCLOSURE_POLICY"
        ),
    ] = None,
    policy_file: Annotated[
        Path | None, typer.Option(help="A policy of your own, in YAML: see docs/releases.md.")
    ] = None,
    who: Who = COMMAND_LINE,
    as_json: AsJson = False,
) -> None:
    """Compile a draft: count, protect, audit, freeze. Somebody else approves it then.

    Example: starling release compile --period 2026/27-Q3 --who a.worker
    """
    from usecases import publishing

    wanted = _period(period)
    rules = _policy_in(policy_file) if policy_file is not None else _policy(policy)

    async def work(service: Service) -> Release:
        return await publishing.compile_period(
            service, wanted, by_name(who), policy=rules, progress=_say
        )

    release = with_service(work)
    if as_json:
        print_json(
            {
                "release": release.id,
                "id": release.id,
                "period": str(release.period),
                "status": release.status.value,
                "state": "compiled",
                "figures": len(release.figures),
            }
        )
    else:
        typer.echo(f"Release {release.id} of {release.period} is {release.status.value}: a draft.")
        typer.echo(f"See it: starling release show {release.id}")
        typer.echo(
            f"Next, by somebody else: starling release approve {release.id} --who THEIR.NAME"
        )


@app.command()
def approve(
    release: ReleaseId,
    who: Annotated[str, typer.Option(help="Your own name: whoever compiled it cannot approve.")],
    as_json: AsJson = False,
) -> None:
    """Say as a second person that a draft may be published."""
    from usecases import publishing

    _tell_step(_take_step(publishing.approve, release, who), as_json=as_json)


@app.command()
def publish(release: ReleaseId, who: Who = COMMAND_LINE, as_json: AsJson = False) -> None:
    """Give an approved release out to the commissioners; it never changes after that."""
    from usecases import publishing

    _tell_step(_take_step(publishing.publish, release, who), as_json=as_json)


@app.command()
def drop(release: ReleaseId, who: Who = COMMAND_LINE, as_json: AsJson = False) -> None:
    """Put a draft away, so that its period can be compiled again."""
    from usecases import publishing

    _tell_step(_take_step(publishing.drop, release, who), as_json=as_json)


def _take_step(
    step: Callable[[Service, str, By], Awaitable[ReleaseOnList]], release: str, who: str
) -> ReleaseOnList:
    async def work(service: Service) -> ReleaseOnList:
        return await step(service, release, by_name(who))

    return with_service(work)


def _tell_step(release: ReleaseOnList, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(release))
        return
    typer.echo(f"Release {release.id} of {release.period} is {release.state} now.")
    following = {
        "approved": f"Next: starling release publish {release.id}",
        "published": f"Next: starling release export --release {release.id} --audience icb --out .",
        "dropped": f"Next: starling release compile --period {release.period}",
    }
    typer.echo(following[release.state])


# --- looking --------------------------------------------------------------------------------------


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the releases and how far each has come, the newest period first."""
    from usecases import publishing

    found = with_service(publishing.list_all)
    if as_json:
        print_json([_as_json(each) for each in found])
        return
    if not found:
        typer.echo("There are no releases yet. Compile one: starling release compile --help")
    for each in found:
        typer.echo(
            f"{each.id}  {each.period}  {each.status}  {each.state}  {each.compiled_at:%d %B %Y}"
        )


@app.command()
def show(
    release: ReleaseId,
    audience: Annotated[Audience, typer.Option(help="As whom to see it.")] = Audience.ICB,
    as_json: AsJson = False,
) -> None:
    """Show a release as an audience sees it, drafts too: withheld figures stay withheld."""
    from usecases import publishing

    async def work(service: Service) -> Draft | None:
        return await publishing.load_draft(service, release)

    found = with_service(work)
    if found is None:
        fail(f"There is no release {release!r}. See: starling release list")
    if as_json:
        print_json({**_as_json(found.on_list), **_shown(found, audience)})
        return
    made = found.on_list
    typer.echo(f"{made.id}  {made.period}  {made.status}  {made.state}")
    for did, step in (
        ("approved", made.approved),
        ("published", made.published),
        ("dropped", made.dropped),
    ):
        if step is not None:
            typer.echo(f"{did} by {step.by} on {step.at:%d %B %Y}")
    if found.stuck:
        typer.echo(found.stuck, err=True)
    if found.release is None:
        fail("It is of an older form, or was changed: its figures cannot be shown.")
    for line in _lines(found.release, audience):
        typer.echo(line)


@app.command()
def refusals(*, as_json: AsJson = False) -> None:
    """List when figures were refused and why, the newest first."""
    from usecases import publishing

    found: list[RefusalOnList] = with_service(publishing.list_refusals)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        typer.echo("No figures were refused.")
    for each in found:
        typer.echo(f"{each.at:%d %B %Y, %H:%M} UTC  {each.period}  {each.who}")
        for reason in each.reasons:
            typer.echo(f"  {reason}")


# --- words ----------------------------------------------------------------------------------------


def _period(written: str) -> Period:
    from outcomes.errors import BadQuarterError
    from outcomes.quarter import parse_period

    try:
        return parse_period(written)
    except BadQuarterError:
        fail(f"{written!r} is no period. Write a quarter as 2026/27-Q3 or a year as 2026/27.")


def _policy(name: str | None) -> DisclosurePolicy | None:
    """Return a policy by its name, or None for that of the service."""
    from outcomes.protection.policy import POLICIES

    if name is None:
        return None
    if name not in POLICIES:
        fail(f"There is no policy {name!r}. Use one of: {', '.join(POLICIES)}.")
    return POLICIES[name]


def _policy_in(file: Path) -> DisclosurePolicy:
    from outcomes.errors import PolicyRefusedError
    from outcomes.protection.policy import read_policy

    try:
        return read_policy(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        fail(f"{file} cannot be read. Is it a text file, and is it yours to read?")
    except PolicyRefusedError as refused:
        fail(f"{file}: {refused}")


def _say(what: str) -> None:
    """Say on standard error what is being done, so that JSON stays clean."""
    typer.echo(f"{what} ...", err=True)


def _as_json(release: ReleaseOnList) -> dict[str, Any]:
    return asdict(release)


def _shown(draft: Draft, audience: Audience) -> dict[str, Any]:
    release = draft.release
    return {
        "audience": audience,
        "stuck": draft.stuck,
        "figures": [asdict(each) for each in release.figures_for(audience)] if release else None,
        "flow": [asdict(each) for each in release.flow_for(audience)] if release else None,
        "notes": release.all_notes if release else None,
        "files": [asdict(each) for each in draft.files[audience]],
    }


def _lines(release: Release, audience: Audience) -> list[str]:
    """Return the figures of an audience in one line each, then the notes."""
    from outcomes.figures import TOTAL

    lines = []
    for each in release.figures_for(audience):
        shown = (each.numerator, each.denominator, each.percent, each.change_mean)
        group = "" if each.group == TOTAL else f"{each.breakdown} {each.group}  "
        lines.append(
            f"{each.footprint:<18} {each.measure:<5} {each.area:<20} {group}"
            + "  ".join(f"{name} {value}" for name, value in zip(_NAMES, shown, strict=True))
        )
    return [*lines, "", *release.all_notes]


_NAMES: Final = ("count", "of", "percent", "change")


for _command in (files, export, verify):
    app.command()(_command)
