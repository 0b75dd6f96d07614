"""`starling rights ...`: what somebody may ask of us, and what may forbid it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.protecting import breach, by, hold, holds, lift, share
from starling.commands.speaking import AsJson, fail, print_json, with_service
from storage.reasons import WhyForgotten, WhyRefused

if TYPE_CHECKING:
    from usecases.erasing import Forgotten
    from usecases.everything import Everything
    from usecases.service import Service
    from usecases.wishes import WishOnList

app = typer.Typer(help="What a person may ask of us, and what may forbid it.", no_args_is_help=True)
for each in (hold, lift, holds, share, breach):
    app.command()(each)

Participant = Annotated[
    str, typer.Argument(help="The id of the participant: `starling episode list --json` shows it.")
]
Who = Annotated[str, typer.Option(help="Your own name, as the audit shows it, such as a.worker.")]
Wish = Annotated[str, typer.Argument(help="The id of the wish: `starling rights wishes`.")]


class Answer(StrEnum):
    """What is done about a wish."""

    LOOK = "look"
    GRANT = "grant"
    REFUSE = "refuse"


@app.callback()
def _group() -> None:
    """What a person may ask of us, and what may forbid it."""


@app.command()
def export(
    participant: Participant,
    who: Who,
    html: Annotated[
        bool, typer.Option("--html", help="A page to read, that stands alone, instead of JSON.")
    ] = False,
    own: Annotated[
        bool,
        typer.Option("--own", help="Only what they told us themselves, without the team's notes."),
    ] = False,
) -> None:
    """Print all that is stored about one person, as JSON or as a page to read.

    Example: starling rights export 2b4d6f8h1j3k5m7n --who a.worker --html > about.html
    """
    from usecases import rights

    async def work(service: Service) -> tuple[Everything, str]:
        from usecases.own_file import write_file
        from usecases.own_page import tell_page

        everything = await rights.export(service, participant, by(who))
        page = tell_page(everything, service.rhythm.local, whole=not own)
        return everything, write_file(page)

    if own and not html:
        fail("--own goes with --html: the JSON is always the whole of it.")
    everything, page = with_service(work)
    typer.echo(page if html else everything.model_dump_json(indent=2))


@app.command()
def forget(
    participant: Participant,
    who: Who,
    why: Annotated[
        WhyForgotten, typer.Option(help="Why they are forgotten.")
    ] = WhyForgotten.THEIR_WISH,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget somebody for good: their key, words, answers and chats. It cannot be undone.

    Numbers without a name stay. A legal hold, an open concern and words that nobody has read refuse
    it. They are not told: a wish that is granted tells them (starling rights decide).

    Example: starling rights forget 2b4d6f8h1j3k5m7n --who a.worker --why their-wish
    """
    from usecases import erasing

    async def work(service: Service) -> Forgotten:
        return await erasing.erase(service, participant, by(who), why)

    if not yes:
        typer.echo(f"Everything about {participant} goes for good.", err=True)
        typer.confirm("Do it?", abort=True, err=True)
    done = with_service(work)
    if as_json:
        told = {"participant": done.participant, "at": done.at, "why": why}
        print_json({**told, "case_stays": done.case_stays, "wiped": done.wiped})
        return
    typer.echo(f"{done.participant} is forgotten. Numbers without a name stay.")
    if done.case_stays:
        typer.echo("The case reference stays: support goes on, or others answer about the child.")
    if not done.wiped:
        typer.echo("SQLite's log is cut off as soon as nobody reads any more.")


@app.command()
def wishes(as_json: AsJson = False) -> None:
    """List who wants to see, to correct or to be forgotten, the one that is due first on top."""
    from starling.commands.episodes import WHO
    from usecases import wishes

    now_by = by(WHO)

    async def work(service: Service) -> list[WishOnList]:
        return await wishes.list_waiting(service, now_by)

    found = with_service(work)
    if as_json:
        print_json([_as_json(each, now_by.now) for each in found])
        return
    if not found:
        typer.echo("Nothing waits for an answer.")
    for each in found:
        wish = each.wish
        late = "  LATE" if each.is_overdue(now_by.now) else ""
        typer.echo(f"{wish.id}  {wish.kind:6}  due {wish.due_at:%Y-%m-%d}{late}  {each.whose.case}")
        if wish.looked_by is not None:
            typer.echo(f"  {wish.looked_by} looked through it: a second person releases it")
        if each.why_not is not None:
            typer.echo(f"  {each.why_not}")


@app.command()
def decide(
    wish: Wish,
    answer: Annotated[Answer, typer.Argument(help="look (first person), grant or refuse.")],
    who: Who,
    reason: Annotated[
        WhyRefused | None, typer.Option(help="Why it is refused: they are told in plain words.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a wish; the person is told in their chat. Who is to be forgotten is so a day later.

    Examples: starling rights decide 9p3r5t7v1x3z5b7d look --who a.worker;
    starling rights decide 9p3r5t7v1x3z5b7d refuse --who b.worker --reason open-concern
    """
    from usecases import wishes

    if (answer is Answer.REFUSE) != (reason is not None):
        fail("Give --reason to refuse a wish, and only then.")

    async def work(service: Service) -> None:
        if answer is Answer.LOOK:
            await wishes.look_through(service, wish, by(who))
        elif reason is None:
            await wishes.grant(service, wish, by(who))
        else:
            await wishes.refuse(service, wish, reason, by(who))

    with_service(work)
    if as_json:
        print_json({"wish": wish, "answer": answer, "reason": reason})
    else:
        typer.echo("Noted. They are told in their chat." if answer is not Answer.LOOK else "Noted.")


def _as_json(each: WishOnList, now: datetime) -> dict[str, object]:
    wish = each.wish
    return {
        "wish": wish.id,
        "participant": wish.participant_id,
        "kind": wish.kind,
        "at": wish.at,
        "due_at": wish.due_at,
        "overdue": each.is_overdue(now),
        "looked_by": wish.looked_by,
        "why_not": each.why_not,
    }
