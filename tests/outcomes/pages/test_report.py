"""The page of one footprint: all of it, nothing of another's, and nothing hidden as a nought."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.indicators import Rag
from outcomes.measures.contract import OUTCOMES
from outcomes.measures.coverage import outcomes_with_evidence
from outcomes.pages.cards import Card
from outcomes.pages.others import LIGHTS, others_of
from outcomes.pages.report import Report, report_of, side_by_side
from outcomes.release import Release
from tests.outcomes.pages.whole import whole_release
from tests.outcomes.sample import sample_release

CITY, COUNTY, BOARD = Audience
C, Z = Symbol.WITHHELD, Symbol.NOT_APPLICABLE
SENTINEL = 88885


def words_of(report: Report) -> list[str]:
    """Give every word of a page, part by part."""
    said = [*report.glance.sentences, report.evidence_told]
    for card in report.cards:
        said += [card.title, card.people, card.likely, card.row.sentence]
        said += [card.row.value or "", card.row.interval or "", card.row.bounds or ""]
        said += [card.row.attrition or "", card.row.effect or "", card.paired or ""]
        said += [card.change.told if card.change else ""]
        said += [f"{row.sentence} {row.value}" for row, _figure in card.groups]
        said += [f"{each.value} {each.low} {each.high}" for each in card.series.points]
    for flow in report.flows:
        said += [flow.missing_told, *(f"{each.title} {each.count}" for each in flow.lines)]
    for star in report.stars:
        said += [f"{each.first} {each.last}" for each in star.areas]
    said += [each.told for each in report.raised]
    said += [f"{each.told} {each.by_reason}" for each in report.hidden]
    return said


def planted(release: Release, place: Audience) -> Release:
    """Give a release in which every number of a footprint is the sentinel."""

    def plant(figure: Figure) -> Figure:
        if figure.footprint is not place:
            return figure
        numbers = {
            name: SENTINEL
            for name in (
                *("numerator", "denominator", "percent", "percent_lower", "percent_upper"),
                *("only_first", "eligible", "paired", "paired_percent"),
            )
            if isinstance(getattr(figure, name), int)
        }
        means = {
            name: Decimal(f"4.{SENTINEL}")  # on the scale
            for name in ("first_mean", "last_mean", "change_mean", "only_first_mean")
            if isinstance(getattr(figure, name), Decimal)
        }
        return replace(figure, **numbers, **means)  # type: ignore[arg-type]  # any field, by name

    def plant_flow(figure: FlowFigure) -> FlowFigure:
        return replace(figure, episodes=SENTINEL) if figure.footprint is place else figure

    return replace(
        release,
        figures=tuple(map(plant, release.figures)),
        flow=tuple(map(plant_flow, release.flow)),
    )


def hidden_everywhere(release: Release) -> Release:
    """Give a release in which everything is withheld."""
    names = [
        *("numerator", "denominator", "percent", "percent_lower", "percent_upper"),
        *("first_mean", "last_mean", "change_mean", "change_lower", "change_upper"),
        *("percent_if_none", "percent_if_all", "only_first_mean", "median_seconds"),
        *("effect", "only_first", "eligible", "paired", "paired_percent"),
    ]
    return replace(
        release,
        figures=tuple(
            replace(each, **dict.fromkeys(names, C))  # type: ignore[arg-type]  # any field, by name
            for each in release.figures
        ),
        flow=tuple(replace(each, episodes=C) for each in release.flow),
    )


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
@pytest.mark.parametrize("place", Audience)
def test_a_page_has_no_number_of_another_footprint(period: str, place: Audience) -> None:
    release = whole_release(period)
    earlier = [whole_release("2026/27-Q2")] if "-" in period else []
    for other in set(Audience) - {place}:
        found = report_of([planted(each, other) for each in (*earlier, release)], place)
        assert str(SENTINEL) not in " ".join(words_of(found))
    own = report_of([planted(release, place)], place)
    assert str(SENTINEL) in " ".join(words_of(own)), "the sentinel can be found at all"


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
def test_what_is_withheld_is_never_a_nought_or_any_other_number(period: str) -> None:
    found = report_of([hidden_everywhere(whole_release(period))], CITY)
    for card in found.cards:
        assert card.row.value is None
        assert card.short_reason == "withheld"
        assert not re.search(r"\d", f"{card.people}{card.likely}{card.row.bounds or ''}")
        assert [each.value for each in card.series.points] == [None]
    assert all(each.count is None for flow in found.flows for each in flow.lines)
    assert not any(star.can_be_drawn for star in found.stars)
    assert found.glance.support == ()
    hidden = sum(len(each.hidden) for each in found.hidden)
    assert hidden == sum(each.figures for each in found.hidden)


def test_the_glance_says_what_matters_in_plain_sentences() -> None:
    releases = [
        whole_release("2026/27-Q1", share=60),
        whole_release("2026/27-Q2", share=30),
        whole_release("2026/27-Q3", share=60),
    ]
    found = report_of(releases, CITY)
    glance, measures = found.glance, f"Of {len(found.cards)} measures, "
    assert glance.support == (
        "About 60 pieces of support ended.",
        "About 60 pieces of support were accepted.",
        "About 60 pieces of support were going on at the end of the quarter.",
    )
    assert glance.answered == (
        (
            "Young people: both at the start and at the end there are answers for about 60 of 80 "
            "pieces of support in which they could have answered (75%)."
        ),
        (
            "Carers: both at the start and at the end there are answers for about 60 of 80 pieces "
            "of support in which they could have answered (75%)."
        ),
    )
    assert glance.changes[0] == (
        "Clearly higher at the end than at the start: Body, Home, Safety, People who care, "
        "Feelings, Friends, Belief in myself and Learning or work."
    )
    assert any(each.startswith(measures) and " clearly changed" in each for each in glance.changes)
    better = next(each for each in glance.changes if "better:" in each)
    assert better.startswith("Higher than in 2026/27-Q2, which is better: feelings better")
    worse = next(each for each in glance.changes if "worse:" in each)
    assert "an unplanned move" in worse
    assert glance.withheld == f"{measures}1 is withheld so that nobody can be found."


def test_without_an_earlier_release_the_glance_compares_nothing() -> None:
    changes = report_of([whole_release()], CITY).glance.changes
    assert len(changes) == 1
    assert "2026/27-Q2" not in " ".join(changes)


def test_a_change_whose_range_holds_nothing_is_no_clear_change() -> None:
    glance = report_of([sample_release()], CITY).glance
    assert "No clear change from start to end: Body, Home and Feelings." in glance.changes


CHANGES = ("M05", "M05w", "M05s", "M06", "M07", "M08", "M09", "M09b", "M16", "M16w", "M19")


def test_every_change_figure_stands_beside_its_paired_rate() -> None:
    found = report_of([whole_release()], CITY)
    told = "About 60 of 80 pieces of support that could have been compared were (75%)."
    for card in found.cards:
        is_change = card.row.measure in CHANGES
        assert card.paired == (told if is_change else None), card.title
        assert card.paired_short == ("75%" if is_change else ""), card.title


def test_a_figure_about_an_earlier_quarter_has_its_own_counts_beside_it_or_none() -> None:
    release = whole_release()
    names = ("eligible", "paired", "paired_percent")

    def of_before(own: Symbol | int) -> Release:
        """Give the release without such counts, but for those of M19."""
        told = {each: dict.fromkeys(names, Z) for each in CHANGES} | {
            "M19": dict.fromkeys(names, own)
        }
        figures = tuple(replace(each, **told.get(each.measure, {})) for each in release.figures)
        return replace(release, figures=figures)

    def paired(of: Release) -> dict[str, str | None]:
        return {each.row.measure: each.paired for each in report_of([of], CITY).cards}

    old = paired(of_before(Z))
    assert old["M19"] is None
    assert old["M04"] is None
    assert old["M04c"] is None
    assert old["M05"] is not None
    assert old["M05"].endswith("could have been compared were (75%).")
    hidden = paired(of_before(C))["M19"]
    assert hidden == "How many of those that could have been compared were is not shown."


@pytest.mark.parametrize(("clear", "named"), [(1, " (home felt more settled)"), (4, "")])
def test_the_glance_says_how_many_measures_could_show_a_change_at_all(
    clear: int, named: str
) -> None:
    """That nothing changed is no news where little could be known."""
    comparable = ("M09", "M08", "M12", "M10")[:clear]

    def narrowed(release: Release) -> Release:
        return replace(
            release,
            figures=tuple(
                each if each.measure in comparable else replace(each, denominator=10)
                for each in release.figures
            ),
        )

    releases = [narrowed(whole_release(each)) for each in ("2026/27-Q2", "2026/27-Q3")]
    found = report_of(releases, CITY)
    said = found.glance.changes
    told = f"Of {len(found.cards)} measures, {clear} can be compared with 2026/27-Q2{named}"
    assert f"{told}: no clear change." in said
    assert "Nothing" not in " ".join(said)


def test_every_agreed_measure_has_a_place_of_its_own() -> None:
    for period in ("2026/27-Q3", "2026/27"):
        found = report_of([whole_release(period)], CITY)
        assert "Further measures" not in [each.heading.title for each in found.parts]
        assert len({each.key for each in found.cards}) == len(found.cards)
        counted = {each.row.measure for each in found.cards}
        assert {each.measure for each in found.uncounted}.isdisjoint(counted - {"M17"})
        titles = [title for title, _ in found.uncounted_told]
        assert len(set(titles)) == len(titles)
        assert all(reason for _, reason in found.uncounted_told)


def test_a_figure_that_is_known_late_says_which_quarter_it_is_about() -> None:
    about = {each.row.measure: each.about for each in report_of([whole_release()], CITY).cards}
    assert about["M15"] is not None
    assert about["M15"].endswith("support that ended in 2026/27-Q2.")
    assert about["M19"] is not None
    assert about["M19"].endswith("support that ended in 2025/26-Q4.")
    assert about["M05"] is None


@pytest.mark.parametrize("place", Audience)
def test_the_outcomes_of_the_contract_have_evidence_by_the_rule_of_their_measure(
    place: Audience,
) -> None:
    release = whole_release()
    found = report_of([release], place).evidence
    assert [each.title for each in found] == [each.title for each in OUTCOMES]
    by_rule = outcomes_with_evidence(
        release.figures, lambda figure: release.definition_of(figure).outcomes, place
    )
    titles = {each.code: each.title for each in OUTCOMES}
    assert [each.title for each in found if each.shown] == [titles[each] for each in by_rule]
    adulthood = found[2]
    assert adulthood.told.startswith("No evidence. Nobody is asked yet")


def test_a_year_is_broken_down_by_one_axis_and_says_by_which() -> None:
    found = report_of([whole_release("2026/27")], CITY)
    (title,) = {each.breakdown_title for each in found.cards if each.row.measure == "M01"}
    assert title == "By age when support was accepted"
    for card in found.cards:
        assert (card.breakdown_title == "") == (card.groups == ())
        assert len({figure.breakdown for _row, figure in card.groups}) <= 1
        if figure_is_by_age(card):
            named = [name for _row, name in card.named_groups]
            assert named == ["0 to 10 and 11 to 15", "16 to 25"]
    quarter = report_of([whole_release()], CITY)
    assert not any(each.groups for each in quarter.cards)


def figure_is_by_age(card: Card) -> bool:
    return any(figure.breakdown == "age" for _row, figure in card.groups)


def test_what_is_not_shown_is_listed_table_by_table_with_the_reason() -> None:
    found = report_of([whole_release()], CITY)
    tables = {each.title: each for each in found.hidden}
    young = tables["How young people felt at the end"]
    (part,) = (each for each in found.parts if each.heading.slug == "young-people")
    assert young.told == f"1 of {len(part.cards)} not shown"
    ((reason, names),) = young.by_reason
    assert reason.startswith("withheld, so that nobody can be found")
    assert names == ("Feelings worse at the end",)
    assert tables["Support given"].told == "All 3 shown"


def test_what_was_made_coarser_is_said() -> None:
    told = report_of([whole_release()], CITY).coarser
    assert told == ("The age bands 0 to 10 and 11 to 15 were put together.",)


def test_what_young_people_raised_stands_beside_what_was_done() -> None:
    back, quiet = report_of([sample_release()], CITY).raised
    assert back.title == "Being called back"
    assert back.told == "About 10 of 25 young people who were heard raised it."
    assert [(each.did, each.on) for each in back.deeds] == [
        ("We call back on the same day.", "20 November 2026")
    ]
    assert quiet.told.startswith("Not shown: withheld")
    assert not quiet.is_shown


def test_figures_of_others_are_rated_in_words_and_shapes_of_their_own() -> None:
    assert len({each.sign for each in LIGHTS.values()}) == len(Rag)
    assert len({each.words for each in LIGHTS.values()}) == len(Rag)
    moves, rate = others_of(sample_release().indicators)
    assert moves.newest == ("2026/27-Q3: 10.4% against a target of 10.0% and 11.6% elsewhere.")
    assert moves.light.words == "On target (green)"
    assert moves.forecast == (
        "Forecast, not a figure: the year would end at 10.4%. The mean of the quarters so far."
    )
    assert rate.forecast is None
    assert rate.light.words == "Not rated"


def test_the_board_has_the_three_side_by_side_and_hidden_ones_in_words() -> None:
    release = whole_release()
    rows = {
        each.title: each.values for each in side_by_side(release, report_of([release], BOARD).cards)
    }
    assert rows["Support that ended"] == ("60", "85", "175")
    assert rows["Feelings worse at the end"] == ("withheld",) * 3
