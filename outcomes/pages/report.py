"""Gathers all that one footprint's page says about a release; every part is made elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.episode import Audience
from outcomes.figures import TOTAL
from outcomes.formats.labels import PLACES
from outcomes.formats.page import GroupStar, group_star
from outcomes.formats.sentences import main_of, short_reason, value_of
from outcomes.measures.contract import OUTCOMES, Outcome
from outcomes.measures.measure import Statistic
from outcomes.pages.answering import Flow, flows_of
from outcomes.pages.cards import Card, cards_of, slug_of, with_area
from outcomes.pages.chapters import HEADINGS, MAIN_MEASURES, Heading, heading_of, is_theme
from outcomes.pages.days import write_month
from outcomes.pages.evidence import Evidence, evidence_of
from outcomes.pages.glance import Glance, glance_of
from outcomes.pages.others import Other, others_of
from outcomes.pages.replies import Raised, raised, theme_rows
from outcomes.pages.withholding import HiddenTable, hidden_tables
from outcomes.quarter import Year
from outcomes.release import Definition, Release


@dataclass(frozen=True, slots=True)
class Part:
    """One heading with its measures."""

    heading: Heading
    cards: tuple[Card, ...]

    @property
    def single(self) -> tuple[Card, ...]:
        """Give the measures that stand by themselves."""
        return tuple(each for each in self.cards if not each.is_mean and not each.is_uptake)

    @property
    def means(self) -> tuple[Card, ...]:
        """Give the mean changes, one an area."""
        return tuple(each for each in self.cards if each.is_mean)

    @property
    def families(self) -> tuple[tuple[str, tuple[Card, ...]], ...]:
        """Give the uptake by group: all values of one characteristic together, by its name."""
        uptake = [each for each in self.cards if each.is_uptake]
        names = dict.fromkeys(each.row.measure for each in uptake)
        return tuple(
            (slug_of(name), tuple(each for each in uptake if each.row.measure == name))
            for name in names
        )


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One measure in all three footprints: its values, or why there is none."""

    title: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said about one footprint. `main` is what the printed report keeps.

    `uncounted` are measures that were agreed and have no figure in this release.
    """

    release: Release
    place: Audience
    title: str
    is_year: bool
    glance: Glance
    parts: tuple[Part, ...]
    main: tuple[Card, ...]
    flows: tuple[Flow, ...]
    stars: tuple[GroupStar, ...]
    evidence: tuple[Evidence, ...]
    others: tuple[Other, ...]
    hidden: tuple[HiddenTable, ...]
    coarser: tuple[str, ...]
    raised: tuple[Raised, ...]
    uncounted: tuple[Definition, ...]

    @property
    def when(self) -> str:
        """Say in months what the period is."""
        period = self.release.period
        first, last = write_month(period.first_day), write_month(period.last_day)
        month, _, year = first.partition(" ")
        return f"{month} to {last}" if last.endswith(year) else f"{first} to {last}"

    @property
    def evidence_told(self) -> str:
        """Say in one line which outcomes have evidence."""
        shown = [each.title for each in self.evidence if each.shown]
        told = f"{len(shown)} of {len(self.evidence)}"
        return f"{told}: {'; '.join(shown)}." if shown else f"{told}."

    @property
    def uncounted_told(self) -> tuple[tuple[str, str], ...]:
        """Say of each uncounted measure what it is called, and why there is no figure."""
        return tuple(
            (with_area(each.title, each.area), each.missing or each.statement)
            for each in self.uncounted
        )

    @property
    def cards(self) -> tuple[Card, ...]:
        """All measures in their order."""
        return tuple(card for part in self.parts for card in part.cards)


def report_of(
    releases: Sequence[Release], place: Audience, outcomes: Sequence[Outcome] = OUTCOMES
) -> Report:
    """Gather the page of the last of these releases for one footprint.

    `releases` are all about quarters, or all about years, the oldest first. `outcomes` are
    those that the contract asks for.
    """
    release = releases[-1]
    flows = flows_of(release, place)
    cards = cards_of(releases, place, flows)
    themes = theme_rows(release, place)
    counted = {(each.measure, each.area) for each in release.figures}
    return Report(
        release=release,
        place=place,
        title=PLACES[place].title,
        is_year=isinstance(release.period, Year),
        glance=glance_of(cards, flows, is_rounded=release.policy.base > 1),
        parts=_parts(cards),
        main=_main(cards),
        flows=flows,
        stars=_stars(release, place),
        evidence=evidence_of(outcomes, cards),
        others=others_of(release.indicators),
        hidden=hidden_tables(cards, flows, themes),
        coarser=release.coarsened,
        raised=raised(themes, release.replies),
        uncounted=tuple(
            each
            for each in release.definitions
            if (each.measure, each.area) not in counted and not is_theme(each)
        ),
    )


def _parts(cards: Sequence[Card]) -> tuple[Part, ...]:
    found = (
        Part(heading, tuple(each for each in cards if heading_of(each.meaning) is heading))
        for heading in HEADINGS
    )
    return tuple(each for each in found if each.cards)


def _main(cards: Sequence[Card]) -> tuple[Card, ...]:
    """Give what a committee reads first, in its order; shares and counts, not single areas."""
    return tuple(card for measure in MAIN_MEASURES for card in cards if card.row.measure == measure)


def _stars(release: Release, place: Audience) -> tuple[GroupStar, ...]:
    """Give a star for each instrument that has means."""
    instruments = dict.fromkeys(
        each.instrument for each in release.definitions if each.statistic == Statistic.MEAN_CHANGE
    )
    stars = (group_star(release, place, each) for each in instruments)
    return tuple(each for each in stars if each.areas)


def side_by_side(release: Release, cards: Sequence[Card]) -> tuple[SideBySide, ...]:
    """Put the three footprints beside each other, for an audience that sees them all."""
    by_key = {
        (each.measure, each.area, each.footprint): each
        for each in release.figures
        if each.group == TOTAL
    }
    rows = []
    for card in cards:
        figures = [by_key.get((card.row.measure, card.row.area, place)) for place in Audience]
        rows.append(
            SideBySide(
                card.title,
                tuple(
                    "no figure"
                    if each is None
                    else value_of(each, card.meaning) or short_reason(main_of(each, card.meaning))
                    for each in figures
                ),
            )
        )
    return tuple(rows)
