"""A made-up year and one of its quarters, kept; `python -m tests.outcomes.golden` rewrites them.

All audiences' files lie in tests/tables. What is kept is what a reader of a difference can follow:
JSON with line breaks, the workbook as the text of its cells. The hash of the proof is left out: it
changes with every better search, and the figures do not. The health record of a year is left out:
it says nothing new on thousands of lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from outcomes.compiling import Made, make
from outcomes.episode import (
    AgeBand,
    Audience,
    CloseReason,
    Commissioner,
    EpisodeFacts,
    Lives,
    StaffFacts,
    Strand,
)
from outcomes.facts import Facts, GoalRating, Heard, OwnGoal
from outcomes.formats.bundle import files_of
from outcomes.formats.projection import SCHEMA_NAME
from outcomes.measures.catalogue import AREAS
from outcomes.measures.recipe import HOME_ITEMS
from outcomes.observation import Asking, AskingOutcome, Observation
from outcomes.protection.policy import NHS5
from tests.outcomes.caseload import Q3, THEMES, YEAR, home, star, support
from tests.outcomes.formats.kept import readable

TABLES = Path(__file__).parents[1] / "tables"
COMPILED_ON = date(2027, 7, 1)
CHILDREN = 60
WHO = (
    *[Commissioner.DERBY_CITY] * 6,
    *[Commissioner.DERBYSHIRE_COUNTY] * 9,
    *[Commissioner.OTHER] * 5,
)
HOMES = (Lives.FOSTER, Lives.KINSHIP, Lives.FOSTER, Lives.BIRTH_FAMILY, Lives.RESIDENTIAL)
AGES = (AgeBand.TO_TEN, AgeBand.TO_FIFTEEN, AgeBand.TO_FIFTEEN)
STEPS = (1, 0, 1, 2, 0, -1, 1)
ENDS = (date(2026, 11, 20), date(2026, 12, 9), date(2027, 2, 3))
"""When support ends: twice in the quarter that is kept, once in the one after it."""


def made_up_year(numbers: Sequence[int] = range(CHILDREN)) -> Facts:
    """Children and carers whose answers follow from their number, so that nobody drew a lot."""
    episodes, observations, askings, heard, goals = [], [], [], [], []
    for number in numbers:
        facts = support(
            f"e{number}",
            commissioner=WHO[number % len(WHO)],
            strand=Strand.CARERS if number % 5 == 4 else Strand.DIRECT,
            lives=HOMES[number % len(HOMES)],
            closed_on=ENDS[number % len(ENDS)],
            close_reason=CloseReason.PLANNED if number % 4 else CloseReason.DISENGAGED,
            age=AGES[number % len(AGES)],
            staff=StaffFacts(unplanned_moves=int(number % 6 == 0), plan_on=date(2026, 6, 20)),
        )
        episodes.append(facts)
        said = [home(facts, scores(number + 3, HOME_ITEMS, end=False), "start")]
        if number % 3:
            said.append(home(facts, scores(number + 3, HOME_ITEMS, end=True), "end"))
        if facts.strand is Strand.DIRECT:
            said.append(star(facts, 3, scores(number, tuple(AREAS), end=False), "start"))
            if number % 7 not in (2, 5):
                said.append(star(facts, -3, scores(number, tuple(AREAS), end=True)))
            heard.append(heard_by(number, facts.closed_on or COMPILED_ON))
            if number % 4:
                goals.append(goal_of(number, facts))
        observations += said
        askings += [asked(each) for each in said]
    return Facts(
        tuple(episodes),
        tuple(observations),
        tuple(askings),
        heard=tuple(heard),
        goals=tuple(goals),
    )


def heard_by(number: int, on: date) -> Heard:
    """What somebody's words were about, a month before the end."""
    slugs = frozenset(slug for place, (slug, _) in enumerate(THEMES) if number % (place + 2))
    day = on - timedelta(days=30)
    who = WHO[number % len(WHO)]
    return Heard(f"p{number}", who, Strand.DIRECT, AGES[number % len(AGES)], day, slugs)


def goal_of(number: int, facts: EpisodeFacts) -> OwnGoal:
    """A goal that somebody set in the first weeks; most of them rated it again at the end."""
    end = facts.closed_on or COMPILED_ON
    first, again = facts.accepted_on + timedelta(days=10), end - timedelta(days=3)
    before = 2 + number % 5
    ratings = [GoalRating(first, before)]
    if number % 7 not in (2, 5):
        ratings.append(GoalRating(again, before + STEPS[number % len(STEPS)]))
    return OwnGoal(facts.key, f"p{number}", first, ratings=tuple(ratings))


def asked(said: Observation) -> Asking:
    """The asking that an answer answers."""
    outcome = AskingOutcome.ANSWERED.value
    return Asking(
        said.episode, said.respondent, said.role, said.instrument, said.wave, said.on, outcome
    )


def scores(number: int, items: tuple[str, ...], *, end: bool) -> dict[str, int]:
    """What one person said about each item; a few items are skipped."""
    found = {}
    for place, item in enumerate(items):
        if (number * 5 + place) % 23 == 0:
            continue
        first = 1 + (number * 3 + place * 2) % 4
        step = STEPS[(number + place * 3) % len(STEPS)] if end else 0
        found[item] = min(5, max(1, first + step))
    return found


@cache
def golden_releases() -> tuple[Made, Made]:
    """Make the quarter, and then its year with the quarter in the ledger, once for all tests."""
    quarter = make(made_up_year(), Q3, NHS5, compiled_on=COMPILED_ON, ledger=[], themes=THEMES)
    year = make(
        made_up_year(), YEAR, NHS5, compiled_on=COMPILED_ON, ledger=[quarter.ledger], themes=THEMES
    )
    return quarter, year


def kept_files() -> Iterator[tuple[Path, str]]:
    """Give every file of every audience, with the place it is kept at and its text."""
    for made in golden_releases():
        release = replace(made.release, certificate="")
        left_out = {SCHEMA_NAME, "measurereport.json" if release.period == YEAR else ""}
        for audience in Audience:
            for file in files_of(release, audience):
                if file.name not in left_out:
                    name = f"{file.name}.txt" if file.name.endswith("xlsx") else file.name
                    place = TABLES / release.period.slug / audience.value / name
                    yield place, readable(file)


def rewrite() -> None:
    """Write the files; the difference is to be reviewed like code."""
    for path, text in kept_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
