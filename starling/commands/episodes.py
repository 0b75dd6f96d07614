"""`starling episode ...` and `starling invite`: what staff do, without a browser."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from starling.commands.contract import characteristics, facts, read_age
from starling.commands.speaking import AsJson, fail, print_json, with_service
from storage.reasons import AgreedBy, Understands
from surveys.people import AgeBand, Role

if TYPE_CHECKING:
    from storage.episodes import SupportEpisode
    from usecases.inviting import EpisodeOnList, Invited
    from usecases.service import Service

app = typer.Typer(help="Open, close and list support episodes.", no_args_is_help=True)
app.command()(facts)
app.command()(characteristics)

WHO = "command line"
_MOST_OF_A_CASE = 500

Day = Annotated[
    datetime | None,
    typer.Option(
        "--on", formats=["%Y-%m-%d"], help="The day, such as 2026-03-31; today if left out."
    ),
]

Worker = Annotated[
    str | None, typer.Option(help="How staff call who looks after it, such as a.worker.")
]
Episode = Annotated[str, typer.Argument(help="The id of the support episode.")]
Participant = Annotated[
    str, typer.Option(help="The id of whoever answers: `starling episode list --json` shows it.")
]


@app.command("open")
def open_(
    case: Annotated[str, typer.Option(help="The case reference: never a name or a date of birth.")],
    commissioner: Annotated[Commissioner, typer.Option(help="Who pays for it.")],
    strand: Annotated[Strand, typer.Option(help="How the support reaches the child.")],
    intervention: Annotated[str, typer.Option(help="The kind of support, such as theraplay.")],
    lives: Annotated[Lives, typer.Option(help="Where the child lives.")],
    worker: Worker = None,
    child_age: Annotated[
        str | None,
        typer.Option(help="Age of the child: years, or 0-10, 11-15, 16-25. Years are not kept."),
    ] = None,
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Open a support episode and print its id.

    Example: starling episode open --case T-1001 --commissioner derby-city --strand direct
    --intervention theraplay --lives foster --worker a.worker
    """
    from starling.compose import clock
    from usecases import inviting

    now = clock()
    day = on.date() if on else None
    age = read_age(child_age) if child_age is not None else None

    async def work(service: Service) -> str:
        opened_on = day or service.rhythm.local(now).date()
        new = inviting.NewEpisode(
            case, commissioner, strand, intervention, lives, opened_on, worker, age
        )
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
    episode: Episode,
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


@app.command()
def reopen(episode: Episode, as_json: AsJson = False) -> None:
    """Open a support episode again that was closed: reviews come again.

    Example: starling episode reopen 7k3m9q2x4v8n1b5c
    """
    from starling.compose import clock
    from usecases import reopening
    from usecases.inviting import By

    async def work(service: Service) -> None:
        await reopening.reopen(service, episode, By(WHO, clock()))

    with_service(work)
    if as_json:
        print_json({"episode": episode})
    else:
        typer.echo(f"Support episode {episode} is open again.")


@app.command()
def change(
    episode: Episode,
    commissioner: Annotated[
        Commissioner | None, typer.Option(help="Who pays for it from now on.")
    ] = None,
    lives: Annotated[Lives | None, typer.Option(help="Where the child lives now.")] = None,
    worker: Worker = None,
    on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Note what changed around a child: nothing of what they answered or will be asked is lost.

    Example: starling episode change 7k3m9q2x4v8n1b5c --lives residential --on 2026-03-31
    """
    from starling.compose import clock
    from usecases import moving
    from usecases.inviting import By

    if commissioner is None and lives is None and worker is None:
        fail("Say what changed: --commissioner, --lives or --worker.")
    now = clock()
    what = moving.EpisodeChange(commissioner, lives, worker)

    async def work(service: Service) -> SupportEpisode:
        day = on.date() if on else service.rhythm.local(now).date()
        return await moving.change(service, episode, what, day, By(WHO, now))

    changed = with_service(work)
    if as_json:
        print_json(_facts(changed))
    else:
        typer.echo(
            f"Support episode {episode}: paid by {changed.commissioner}, the child lives in "
            f"{changed.lives}, looked after by {changed.worker or 'nobody named'}."
        )


@app.command()
def leave(episode: Episode, participant: Participant, as_json: AsJson = False) -> None:
    """Ask somebody nothing more about this child: an old carer, a worker who went.

    What is on its way to them is taken back; what they answered stays. Undo it with
    `starling episode rejoin`.

    Example: starling episode leave 7k3m9q2x4v8n1b5c --participant 2b4d6f8h1j3k5m7n
    """
    from starling.compose import clock
    from usecases import moving
    from usecases.inviting import By

    async def work(service: Service) -> int:
        return await moving.leave(service, episode, participant, By(WHO, clock()))

    ended = with_service(work)
    if as_json:
        print_json({"episode": episode, "participant": participant, "ended": ended})
    else:
        typer.echo(f"{participant} does not answer here any more. {ended} askings ended.")


@app.command()
def rejoin(episode: Episode, participant: Participant, as_json: AsJson = False) -> None:
    """Let somebody answer again who was taken out: they are asked where answers still count.

    Example: starling episode rejoin 7k3m9q2x4v8n1b5c --participant 2b4d6f8h1j3k5m7n
    """
    from starling.compose import clock
    from usecases import moving
    from usecases.inviting import By

    async def work(service: Service) -> None:
        await moving.rejoin(service, episode, participant, By(WHO, clock()))

    with_service(work)
    if as_json:
        print_json({"episode": episode, "participant": participant})
    else:
        typer.echo(f"{participant} answers here again.")


@app.command("list")
def list_(
    *,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that go on.")] = False,
    case: Annotated[
        str, typer.Option(help="Only those of this child, by the whole case reference.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List support episodes, the newest first, with who looks after them and who answers.

    Examples: starling episode list --open; starling episode list --case T-1001 --json
    """
    from storage.episodes import MOST_LISTED
    from usecases import inviting, overview

    async def work(service: Service) -> list[EpisodeOnList]:
        if not case:
            return await inviting.list_episodes(service, open_only=open_only)
        page = await overview.find_episodes(service, overview.Wanted(case, most=_MOST_OF_A_CASE))
        return [each for each in page.episodes if not open_only or each.episode.closed_on is None]

    found = with_service(work)
    if not case and len(found) == MOST_LISTED:
        note = f"These are the newest {MOST_LISTED}; there may be more: use --open or --case."
        typer.echo(note, err=True)
    if as_json:
        print_json([_as_json(each) for each in found])
        return
    if not found and not case:
        typer.echo("There are no support episodes yet. Open one with: starling episode open --help")
    elif not found:
        typer.echo("There is no support episode with this case reference.")
    for each in found:
        typer.echo("  ".join(_in_words(each)))


def _in_words(each: EpisodeOnList) -> list[str]:
    """Return what the list says of one support episode."""
    ended = f"closed {each.episode.closed_on}" if each.episode.closed_on else "open"
    who = [
        f"{person.role} ({person.standing}{', held back' if person.held else ''})"
        for person in each.people
    ]
    worker = [each.episode.worker] if each.episode.worker else []
    day = each.episode.opened_on.isoformat()
    return [each.episode.id, each.case, day, ended, *worker, ", ".join(who) or "nobody"]


def invite(
    episode: Annotated[str, typer.Option(help="The id of the support episode.")],
    role: Annotated[Role, typer.Option(help="The part they play.")],
    age_band: Annotated[
        AgeBand | None, typer.Option(help="For young people: how old they are.")
    ] = None,
    agreed_by: Annotated[
        AgreedBy | None, typer.Option(help="Who agreed that they take part.")
    ] = None,
    understands: Annotated[
        Understands | None, typer.Option(help="Whether the young person understands what it is.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody to answer: prints a link and a short code, which work once, for 72 hours."""
    from starling.commands.agreeing import invite_agreed
    from starling.compose import clock
    from usecases import inviting

    if role is Role.YOUNG_PERSON and age_band is None:
        fail("Say how old the young person is: --age-band 5-7, 8-11, 12-15, 16-17 or 18-25.")
    now = clock()

    async def work(service: Service) -> Invited:
        invitee = inviting.Invitee(episode, role, age_band or AgeBand.ADULT)
        by = inviting.By(WHO, now)
        return await invite_agreed(service, invitee, agreed_by, understands, by)

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
    return {
        "episode": each.episode.id,
        "case": each.case,
        **_facts(each.episode),
        "participants": [
            {
                "participant": person.participant_id,
                "role": person.role,
                "age_band": person.age_band,
                "standing": person.standing,
                "held_back": person.held,
            }
            for person in each.people
        ],
    }


def _facts(episode: SupportEpisode) -> dict[str, object]:
    return {
        "episode": episode.id,
        "commissioner": episode.commissioner,
        "strand": episode.strand,
        "intervention": episode.intervention,
        "lives": episode.lives,
        "worker": episode.worker,
        "opened_on": episode.opened_on,
        "closed_on": episode.closed_on,
        "close_reason": episode.close_reason,
    }
