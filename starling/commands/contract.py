"""`starling episode facts` and `... characteristics`: what the contract asks staff to note."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from outcomes.measures.characteristics import Characteristic
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.episode import AgeBand
    from storage.characteristics import Given
    from usecases.contract_facts import Noted
    from usecases.service import Service

WHO = "command line"


class YesOrNo(StrEnum):
    """Whether something is so, where nobody has to know."""

    YES = "yes"
    NO = "no"


class ClearedFact(StrEnum):
    """A fact that is not known any more, by the names of the options."""

    CHILD_AGE = "child-age"
    UNPLANNED_MOVES = "unplanned-moves"
    AWAY_AT_START = "away-at-start"
    AWAY_AT_END = "away-at-end"
    PLAN_ON = "plan-on"
    DISENGAGED_ON = "disengaged-on"
    BACK_ON = "back-on"


class Giver(StrEnum):
    """Who gave a characteristic."""

    PERSON = "person"
    WORKER = "worker"


Episode = Annotated[str, typer.Argument(help="The id of the support episode.")]
_DAY = ["%Y-%m-%d"]


def facts(
    episode: Episode,
    *,
    child_age: Annotated[
        str | None,
        typer.Option(help="Age when it began: years, or 0-10, 11-15, 16-25. Years are not kept."),
    ] = None,
    unplanned_moves: Annotated[
        int | None, typer.Option(help="How many unplanned moves there were while it went on.")
    ] = None,
    away_at_start: Annotated[
        YesOrNo | None, typer.Option(help="Whether the child lived out of area when it began.")
    ] = None,
    away_at_end: Annotated[
        YesOrNo | None, typer.Option(help="Whether the child lived out of area when it ended.")
    ] = None,
    plan_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Since when a plan with goals stood.")
    ] = None,
    disengaged_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="When they stopped coming.")
    ] = None,
    back_on: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="When they came again.")
    ] = None,
    clear: Annotated[
        list[ClearedFact] | None, typer.Option(help="What nobody knows any more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Note what the contract asks for, and show what is noted; what is not named stays.

    Example: starling episode facts 7k3m9q2x4v8n1b5c --unplanned-moves 1 --plan-on 2026-03-31
    """
    said: dict[str, Any] = {
        "child_age": read_age(child_age) if child_age is not None else None,
        "unplanned_moves": unplanned_moves,
        "away_at_start": _truth(away_at_start),
        "away_at_end": _truth(away_at_end),
        "plan_on": _day(plan_on),
        "disengaged_on": _day(disengaged_on),
        "back_on": _day(back_on),
    }
    known = {name: value for name, value in said.items() if value is not None}
    cleared = {each.value.replace("-", "_"): None for each in clear or []}
    if set(known) & set(cleared):
        fail("One fact is both given and cleared. Leave one of the two out.")
    noted = _note({**known, **cleared}, episode)
    if as_json:
        print_json({"episode": episode, **asdict(noted)})
        return
    from usecases.contract_facts import in_words

    for name, value in asdict(noted).items():
        typer.echo(f"{name.replace('_', ' ')}: {in_words(value) or 'nobody noted it'}")


def _note(said: Mapping[str, Any], episode: str) -> Noted:
    """Note these facts, or only look where there are none."""
    from starling.compose import clock
    from usecases import contract_facts
    from usecases.inviting import By

    async def work(service: Service) -> Noted:
        if not said:
            return await contract_facts.look(service, episode)
        by = By(WHO, clock())
        return await contract_facts.note(service, episode, lambda was: replace(was, **said), by)

    return with_service(work)


def read_age(written: str) -> AgeBand:
    """Return the band of an age as it was written; end the command where it is none."""
    from usecases import contract_facts
    from usecases.contract_facts import OLDEST

    band = contract_facts.read_age(written)
    if band is None:
        fail(f"Give the age in years up to {OLDEST}, or one of 0-10, 11-15 and 16-25.")
    return band


def _truth(said: YesOrNo | None) -> bool | None:
    return None if said is None else said is YesOrNo.YES


def _day(said: datetime | None) -> date | None:
    return None if said is None else said.date()


def characteristics(
    episode: Episode,
    *,
    say: Annotated[
        list[str] | None, typer.Option(help="What was given, such as sex=female.")
    ] = None,
    given_by: Annotated[Giver | None, typer.Option(help="Who gave it.")] = None,
    take_back: Annotated[list[Characteristic] | None, typer.Option(help="What is deleted.")] = None,
    as_json: AsJson = False,
) -> None:
    """Note what the young person or their worker gave of free will, and show it.

    Example: starling episode characteristics 7k3m9q2x4v8n1b5c --say sex=female --given-by person
    """
    from starling.compose import clock
    from usecases import characteristics as use
    from usecases.inviting import By

    values: dict[Characteristic, str | None] = dict(map(_said, say or []))
    values |= dict.fromkeys(take_back or [])
    change = use.Change(values, use.GivenBy(given_by.value) if given_by else None)

    async def work(service: Service) -> dict[Characteristic, Given]:
        if values:
            await use.note(service, episode, change, By(WHO, clock()))
        return await use.look(service, episode)

    found = with_service(work)
    if as_json:
        told = {each.value: asdict(given) for each, given in found.items()}
        print_json({"episode": episode, "characteristics": told})
        return
    for what, given in found.items():
        typer.echo(f"{what.value}: {given.value}, given by {given.given_by}")
    if not found:
        typer.echo("Nothing was given.")


def _said(written: str) -> tuple[Characteristic, str]:
    name, _, value = written.partition("=")
    if not value or name not in [each.value for each in Characteristic]:
        known = ", ".join(each.value for each in Characteristic)
        fail(f"Write what was given as name=value, such as sex=female. Names are: {known}.")
    return Characteristic(name), value
