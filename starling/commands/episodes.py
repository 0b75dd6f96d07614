"""`starling episode ...` and `starling invite`: what staff do, without a browser."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from starling.commands.speaking import AsJson, fail, print_json, with_service
from surveys.people import AgeBand, Role

if TYPE_CHECKING:
    from usecases.inviting import EpisodeOnList, Invited
    from usecases.service import Service

app = typer.Typer(help="Open, close and list support episodes.", no_args_is_help=True)

WHO = "command line"


Day = Annotated[
    datetime | None,
    typer.Option(
        "--on", formats=["%Y-%m-%d"], help="The day, such as 2026-03-31; today if left out."
    ),
]


@app.command("open")
def open_(
    case: Annotated[str, typer.Option(help="The case reference: never a name or a date of birth.")],
    commissioner: Annotated[Commissioner, typer.Option(help="Who pays for it.")],
    strand: Annotated[Strand, typer.Option(help="How the support reaches the child.")],
    intervention: Annotated[str, typer.Option(help="The kind of support, such as theraplay.")],
    lives: Annotated[Lives, typer.Option(help="Where the child lives.")],
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Open a support episode and print its id."""
    from starling.compose import clock
    from usecases import inviting

    now = clock()
    day = on.date() if on else None

    async def work(service: Service) -> str:
        opened_on = day or service.rhythm.local(now).date()
        new = inviting.NewEpisode(case, commissioner, strand, intervention, lives, opened_on)
        return await inviting.open_episode(service, new, inviting.By(WHO, now))

    episode = with_service(work)
    if as_json:
        print_json({"episode": episode})
    else:
        typer.echo(f"Support episode {episode} is open.")
        typer.echo(
            f"Next: starling invite --episode {episode} --role young-person --age-band 12-15"
        )


@app.command()
def close(
    episode: Annotated[str, typer.Argument(help="The id of the support episode.")],
    reason: Annotated[CloseReason, typer.Option(help="Why it ends.")],
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Close a support episode: plans the askings at the end, and 3 and 6 months later."""
    from starling.compose import clock
    from usecases import inviting

    now = clock()
    day = on.date() if on else None

    async def work(service: Service) -> tuple[str, int]:
        closing = inviting.Closing(day or service.rhythm.local(now).date(), reason)
        planned = await inviting.close_episode(service, episode, closing, inviting.By(WHO, now))
        return closing.on.isoformat(), planned

    closed_on, planned = with_service(work)
    if as_json:
        print_json({"episode": episode, "closed_on": closed_on, "planned": planned})
    else:
        typer.echo(f"Support episode {episode} is closed. {planned} askings are planned.")


@app.command("list")
def list_(
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that go on.")] = False,
    as_json: AsJson = False,
) -> None:
    """List support episodes, the newest first, with who answers in each."""
    from usecases import inviting

    async def work(service: Service) -> list[EpisodeOnList]:
        return await inviting.list_episodes(service, open_only=open_only)

    found = with_service(work)
    if as_json:
        print_json([_as_json(each) for each in found])
        return
    if not found:
        typer.echo("There are no support episodes yet. Open one with: starling episode open --help")
    for each in found:
        ended = f"closed {each.episode.closed_on}" if each.episode.closed_on else "open"
        who = ", ".join(f"{person.role} ({person.standing})" for person in each.people) or "nobody"
        typer.echo(f"{each.episode.id}  {each.case}  {each.episode.opened_on}  {ended}  {who}")


def invite(
    episode: Annotated[str, typer.Option(help="The id of the support episode.")],
    role: Annotated[Role, typer.Option(help="The part they play.")],
    age_band: Annotated[
        AgeBand | None, typer.Option(help="For young people: how old they are.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody to answer: prints a link and a short code, which work once, for 72 hours."""
    from starling.compose import clock
    from usecases import inviting

    if role is Role.YOUNG_PERSON and age_band is None:
        fail("Say how old the young person is: --age-band 5-7, 8-11, 12-15, 16-17 or 18-25.")
    now = clock()

    async def work(service: Service) -> Invited:
        invitee = inviting.Invitee(episode, role, age_band or AgeBand.ADULT)
        return await inviting.invite(service, invitee, inviting.By(WHO, now))

    invited = with_service(work, ask_telegram=True)
    if as_json:
        print_json(asdict(invited))
        return
    typer.echo(f"Web chat:  {invited.web}")
    if invited.telegram:
        typer.echo(f"Telegram:  {invited.telegram}")
    typer.echo(f"Code:      {invited.code}")
    typer.echo(f"Works once, until {invited.expires_at:%d %B %Y %H:%M} UTC.")


def _as_json(each: EpisodeOnList) -> dict[str, object]:
    episode = each.episode
    return {
        "episode": episode.id,
        "case": each.case,
        "commissioner": episode.commissioner,
        "strand": episode.strand,
        "intervention": episode.intervention,
        "lives": episode.lives,
        "opened_on": episode.opened_on,
        "closed_on": episode.closed_on,
        "close_reason": episode.close_reason,
        "participants": [
            {
                "participant": person.participant_id,
                "role": person.role,
                "age_band": person.age_band,
                "standing": person.standing,
            }
            for person in each.people
        ],
    }
