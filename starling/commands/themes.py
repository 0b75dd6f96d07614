"""`starling themes ...`: what young people talk about, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from usecases.inviting import By
    from usecases.service import Service
    from usecases.theming import ThemeOnList

T = TypeVar("T")

app = typer.Typer(
    help="List what young people talk about, and say what was done about it.",
    no_args_is_help=True,
)

Slug = Annotated[str, typer.Argument(help="The short name of a theme, as the list shows it.")]
Title = Annotated[str, typer.Argument(help="A few plain words, such as “Seeing my family”.")]
Who = Annotated[str, typer.Option(help="Who does it: the audit shows it.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every theme: how many young people raised it, and what was done about it.

    The numbers are exact: they are for the staff who read these words anyway, and for nobody else.
    """
    from starling.compose import clock
    from usecases import theming

    found = with_service(lambda service: theming.list_themes(service, clock()))
    if as_json:
        print_json([_as_plain(each) for each in found])
        return
    if not found:
        typer.echo("There is no theme yet: `starling themes add` makes one.")
    for each in found:
        typer.echo(_in_words(each))
        for reply in each.replies:
            typer.echo(f"    {reply.day}  {reply.id}  {reply.did}")


@app.command()
def add(title: Title, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Add a theme.

    Example: starling themes add "Seeing my family"
    """
    from usecases import theming

    slug = _do(lambda service, by: theming.add_theme(service, title, by), who)
    _tell({"theme": slug}, f"Added: {slug}.", as_json=as_json)


@app.command()
def rename(slug: Slug, title: Title, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Give a theme another title; its short name stays."""
    from usecases import theming

    _do(lambda service, by: theming.rename(service, slug, title, by), who)
    _tell({"theme": slug}, f"Renamed: {slug}.", as_json=as_json)


@app.command()
def retire(slug: Slug, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Offer a theme no more; what was sorted under it stays."""
    from usecases import theming

    _do(lambda service, by: theming.retire(service, slug, by), who)
    _tell({"theme": slug}, f"Retired: {slug}.", as_json=as_json)


@app.command("take-up")
def take_up(slug: Slug, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Offer a retired theme again."""
    from usecases import theming

    _do(lambda service, by: theming.take_up_again(service, slug, by), who)
    _tell({"theme": slug}, f"In use again: {slug}.", as_json=as_json)


@app.command()
def reply(
    slug: Slug,
    did: Annotated[str, typer.Argument(help="What was done, in words that a child can read.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which it was done; today if left out."),
    ] = None,
    who: Who = "command line",
    *,
    names_nobody: Annotated[
        bool, typer.Option(help="I looked: no word names a person, a place or a school.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what was done about a theme. Everybody reads it: young people, staff, commissioners.

    Those who had said it are told after an hour; until then take it back and nobody was.

    Example: starling themes reply sleep "We bought a night light." --on 2026-09-01
    """
    from usecases import theming

    async def work(service: Service, by: By) -> str:
        day = on.date() if on is not None else service.rhythm.local(by.now).date()
        return await theming.add_reply(service, slug, did, day, by, names_nobody=names_nobody)

    number = _do(work, who)
    _tell({"reply": number}, f"Written down: {number}.", as_json=as_json)


@app.command("take-back")
def take_back(
    number: Annotated[str, typer.Argument(help="The id of what was done, as the list shows it.")],
    who: Who = "command line",
    *,
    as_json: AsJson = False,
) -> None:
    """Take back what was said to be done; what is published already stays as it is."""
    from usecases import theming

    if not _do(lambda service, by: theming.take_back(service, number, by), who):
        fail("There is nothing with this id that could be taken back: see `starling themes list`.")
    _tell({"reply": number}, f"Taken back: {number}.", as_json=as_json)


def _do(work: Callable[[Service, By], Coroutine[Any, Any, T]], who: str) -> T:
    from starling.compose import clock
    from usecases.inviting import By

    return with_service(lambda service: work(service, By(who, clock())))


def _tell(plain: dict[str, str], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(plain)
    else:
        typer.echo(words)


def _in_words(each: ThemeOnList) -> str:
    marks = [
        "retired" if each.theme.retired_at is not None else "",
        f"nothing done since {each.raised.waiting_since:%d %b %Y}" if each.waits_long else "",
    ]
    counts = f"{each.raised.lately} this quarter, {each.raised.ever} ever"
    return "  ".join(filter(None, (each.theme.slug, each.theme.title, counts, *marks)))


def _as_plain(each: ThemeOnList) -> dict[str, object]:
    return {
        "theme": each.theme.slug,
        "title": each.theme.title,
        "retired": each.theme.retired_at is not None,
        "raised_this_quarter": each.raised.lately,
        "raised_ever": each.raised.ever,
        "last_raised_at": each.raised.last_at,
        "waiting_since": each.raised.waiting_since,
        "waits_long": each.waits_long,
        "replies": [
            {"id": reply.id, "did": reply.did, "day": reply.day, "who": reply.who}
            for reply in each.replies
        ],
    }
