"""`starling rhythms ...`: shows, checks and tries out who is asked what and when; changes nothing.

It must not open the database: what it tells holds for nobody in particular.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from starling.commands.speaking import AsJson, fail, print_json
from surveys.people import AgeBand, Role, Suits

if TYPE_CHECKING:
    from followups.rhythm_data import Rhythm
    from followups.schedule import LocalRhythm
    from followups.terms import Terms
    from surveys.people import OwnTime
    from usecases.ports import Circumstances, Planned

app = typer.Typer(help="Show, check and try out who is asked what and when.", no_args_is_help=True)

_NOTHING: Final = "-"
_MOMENT: Final = "%a %d %b %Y %H:%M"
_A_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Moment:
    """One planned asking in local time: when it falls due, may go out, and counts no longer."""

    wave: str
    round: int
    ask: str
    due: datetime
    asked: datetime
    counts_until: datetime


# --- show ---------------------------------------------------------------------------------


@app.command()
def show(
    kind: Annotated[
        str | None, typer.Option(help="Only this kind of support, such as theraplay.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print who is asked what and when, for each kind of support.

    Example: starling rhythms show --kind training
    """
    rhythm = _open_rhythm()
    kinds = [_known_kind(kind)] if kind else list(rhythm.rhythms.interventions)
    shown: dict[str, list[str]] = {}
    for each in kinds:
        shown.setdefault(rhythm.rhythms.of_kind(each).name, []).append(each)
    silent = rhythm.rhythms.silent_after_days
    if as_json:
        told = [_as_plain(rhythm.rhythms.named(name), of) for name, of in shown.items()]
        print_json({"silent_after_days": silent, "rhythms": told})
        return
    for name, of in shown.items():
        typer.echo(f"{', '.join(of)}:")
        typer.echo("\n".join(f"  {line}" for line in _as_lines(rhythm.rhythms.named(name))))
        typer.echo()
    typer.echo(f"Gone quiet for good after {silent} days without any sign.")
    _tell_unknown_terms(rhythm.terms)


def _as_plain(rhythm: Rhythm, kinds: Sequence[str]) -> dict[str, object]:
    """Return one rhythm as plain values."""
    return {
        "rhythm": rhythm.name,
        "kinds": kinds,
        "reminders": rhythm.reminders.model_dump(by_alias=True),
        "asks": [
            {
                "role": role.value,
                "wave": ask.wave.value,
                "ask": ask.ask,
                "every_weeks": ask.every_weeks,
                "at": rhythm.at[role].isoformat("minutes"),
                **rhythm.waves[ask.wave].model_dump(),
            }
            for role, asks in rhythm.asks.items()
            for ask in asks
        ],
    }


def _as_lines(rhythm: Rhythm) -> Iterator[str]:
    """Yield one rhythm as a table for people: a line for each wave, a column for each role."""
    from outcomes.observation import Wave

    rows = [["", *(role.value for role in Role), "counts for", "late by at most"]]
    for wave in Wave:
        asks = [_told(rhythm, role, wave.value) for role in Role]
        if set(asks) != {_NOTHING}:
            rules = rhythm.waves[wave]
            days = [f"{rules.window_days} days", f"{rules.late_days} days"]
            rows.append([wave.value, *asks, *days])
    rows.append(["at", *(rhythm.at[role].isoformat("minutes") for role in Role), "", ""])
    yield from _columns(rows)
    for name, ladder in rhythm.reminders.model_dump(by_alias=True).items():
        steps = " and then ".join(f"{each} days" for each in ladder)
        yield f"reminded when {name.replace('-', ' ')}: {f'after {steps}' if steps else 'never'}"


def _told(rhythm: Rhythm, role: Role, wave: str) -> str:
    for ask in rhythm.asks[role]:
        if ask.wave.value == wave:
            return f"{ask.ask}, every {ask.every_weeks} weeks" if ask.every_weeks else ask.ask
    return _NOTHING


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns in line."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


# --- check --------------------------------------------------------------------------------


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A file with rhythms, hours or school terms.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Check a file with rhythms, hours or school terms before the program reads it.

    Example: starling rhythms check our-rhythms.yaml
    """
    from followups.rhythm_files import check_file
    from surveys.errors import BadDefinition

    try:
        checked = check_file(file)
    except BadDefinition as wrong:
        fail(str(wrong))
    if as_json:
        print_json({"file": str(file), "kind": checked.kind, "summary": checked.summary})
        return
    typer.echo(f"{file} can be used: {checked.summary}.")
    if checked.terms is not None:
        _tell_unknown_terms(checked.terms)


def _tell_unknown_terms(terms: Terms) -> None:
    """Say for which councils somebody should look up dates; nothing is wrong without them."""
    from starling.compose import clock

    unknown = terms.unknown_on(clock().date())
    if unknown:
        typer.echo(
            f"School terms of {', '.join(unknown)} are not known today, so every weekday outside "
            "the common holidays counts as a school day there. See docs/rhythms.md."
        )


# --- when ---------------------------------------------------------------------------------


@app.command()
def when(
    kind: Annotated[str, typer.Option(help="The kind of support, such as theraplay.")],
    role: Annotated[Role, typer.Option(help="Who is asked.")],
    opened: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which they join, such as 2026-09-01."),
    ],
    closed: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day on which it ends; a year of it if left out."
        ),
    ] = None,
    council: Annotated[str | None, typer.Option(help="Whose school terms count.")] = None,
    age_band: Annotated[
        AgeBand | None, typer.Option(help="How old a young person is; 12-15 if left out.")
    ] = None,
    suits: Annotated[
        Suits | None, typer.Option(help="The part of the week that they chose.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print every asking that would be planned for somebody, in local time. Nothing is stored.

    Example: starling rhythms when --kind trauma-work --role carer --opened 2026-09-01
    """
    from surveys.people import OwnTime
    from usecases.ports import Circumstances

    rhythm, ends = _open_rhythm(), closed.date() if closed else None
    if ends is not None and ends < opened.date():
        fail("It cannot end before it begins: give --closed a day on or after --opened.")
    if council is not None and council not in rhythm.terms.councils:
        known = ", ".join(rhythm.terms.councils) or "none"
        fail(f"No school terms of {council} are written down. Use one of: {known}.")
    young = role is Role.YOUNG_PERSON
    age = (age_band or AgeBand.TWELVE_TO_FIFTEEN) if young else AgeBand.ADULT
    who = Circumstances(role, age, _known_kind(kind), "direct")
    planned = list(_plan(rhythm, who, opened.date(), ends))
    moments = [_moment(rhythm, OwnTime(age, council, suits), each) for each in planned]
    if as_json:
        print_json([asdict(each) for each in moments])
    else:
        typer.echo("\n".join(_told_moments(rhythm, moments)))


def _plan(
    rhythm: LocalRhythm, who: Circumstances, opened: date, closed: date | None
) -> Iterator[Planned]:
    """Yield what is planned, in the order in which it falls due."""
    from usecases.planning import REVIEW

    last = closed or opened + _A_YEAR
    for planned in rhythm.at_joining(who, opened):
        following: Planned | None = planned
        while following is not None and (following.wave != REVIEW or following.day < last):
            yield following
            following = rhythm.next_review(who, following)
    if closed is not None:
        yield from rhythm.at_closing(who, closed)


def _moment(rhythm: LocalRhythm, own: OwnTime, planned: Planned) -> Moment:
    from usecases.planning import START

    due = rhythm.instant(planned.day, planned.at)
    asked = due if planned.wave == START else rhythm.allowed(own, due)  # they are here at the start
    closes = rhythm.instant(planned.day + timedelta(days=planned.window_days), planned.at)
    return Moment(
        wave=planned.wave,
        round=planned.round,
        ask=planned.instrument,
        due=rhythm.local(due),
        asked=rhythm.local(asked),
        counts_until=rhythm.local(closes),
    )


def _told_moments(rhythm: LocalRhythm, moments: Sequence[Moment]) -> Iterator[str]:
    """Yield what is planned as a table for people."""
    from usecases.planning import START

    if not moments:
        yield "Nothing is asked."
        return
    rows = [["", "", "", "falls due", "may go out", "answers count until"]]
    for each in moments:
        asked = "then" if each.asked == each.due else each.asked.strftime(_MOMENT)
        asked = "as they join" if each.wave == START else asked
        row = [each.wave, str(each.round), each.ask, each.due.strftime(_MOMENT), asked]
        rows.append([*row, each.counts_until.strftime(_MOMENT)])
    yield from _columns(rows)
    yield f"All times are those of {rhythm.zone.key}."


# --- what all of them need ----------------------------------------------------------------


def _open_rhythm() -> LocalRhythm:
    """Return the rhythm that the settings name, with the service's own files."""
    from followups.rhythm_files import make_local_rhythm
    from starling.compose import read_settings
    from starling.settings import SettingsRefused
    from surveys.errors import BadDefinition

    try:
        settings = read_settings()
        files = (settings.rhythms_file, settings.hours_file, settings.terms_file)
        return make_local_rhythm(settings.zone, *files)
    except (SettingsRefused, BadDefinition) as refused:
        fail(str(refused))


def _known_kind(kind: str) -> str:
    from usecases.inviting import INTERVENTIONS

    if kind not in INTERVENTIONS:
        fail(f"There is no such kind of support. Use one of: {', '.join(INTERVENTIONS)}.")
    return kind
