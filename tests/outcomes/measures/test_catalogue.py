"""The measures that were agreed: all there, in plain words, and never changed in place."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from outcomes.counting.tally import is_counted
from outcomes.episode import Audience
from outcomes.figures import Figure, Symbol
from outcomes.indicators import derby_csv
from outcomes.measures.catalogue import AREAS, MEASURES, theme_measures
from outcomes.measures.characteristics import (
    NO,
    NOT_GIVEN,
    TITLES,
    VALUE_TITLES,
    VALUES,
    Characteristic,
)
from outcomes.measures.contract import KEY_INDICATORS, OUTCOMES, outcomes_of
from outcomes.measures.coverage import outcomes_with_evidence
from outcomes.measures.measure import Cadence, Measure, Sensitivity, Statistic
from outcomes.observation import Role
from surveys.catalogue import load_catalogue
from tests.outcomes.caseload import THEMES
from tests.support.tracked import PROJECT

DOCUMENTED = Path(__file__).parents[3] / "docs" / "measures.md"
PINNED = Path(__file__).with_name("measure_hashes.json")
WORDS_THAT_HURT = re.compile(
    r"\b(cases?|placements?|lac|service users?|clients?|referrals?|caseload|episodes?|"
    r"intervention|cohort|baseline|SDQ|CAMHS)\b",
    re.IGNORECASE,
)


def test_a_changed_definition_has_a_new_version_and_is_a_new_series() -> None:
    pinned: dict[str, dict[str, str]] = json.loads(PINNED.read_text())
    now = {f"{each.id} {each.area}": each for each in MEASURES}
    changed = [
        name
        for name, each in now.items()
        if pinned.get(name, {}).get(str(each.version)) != each.content_hash
    ]
    assert not changed, (
        "these definitions are not those that were published under their version: give each a new "
        "version, and add its hash to measure_hashes.json"
    )
    for name, versions in pinned.items():
        assert name in now, f"{name} was published; it may not vanish without a word"
        assert max(map(int, versions)) == now[name].version


def test_every_measure_that_was_agreed_is_there() -> None:
    agreed = {f"M{number:02d}" for number in range(1, 22)}
    agreed |= {"M05w", "M05s", "M09b", "M13s", "M16w", "M18d", "M18n", "M20t"}
    agreed |= {"M04c", "M07s", "M10c", "M11c"}
    agreed |= {f"U-{each.value}" for each in Characteristic}
    assert agreed == {each.id for each in MEASURES}
    assert set(AREAS.values()) == {each.area for each in MEASURES if each.id == "M06"}
    places = Counter((each.id, each.area) for each in MEASURES)
    assert {1} == set(places.values())


@pytest.mark.parametrize("measure", [*MEASURES, *theme_measures(THEMES)], ids=lambda each: each.id)
def test_a_measure_says_what_it_is_in_plain_words(measure: Measure) -> None:
    for told in (measure.title, measure.statement, measure.sentence, measure.population,
                 measure.numerator, measure.unit):  # fmt: skip
        assert told
        assert not WORDS_THAT_HURT.search(told), told
    assert "{n}" in measure.sentence
    assert ("{d}" in measure.sentence) == (measure.statistic is Statistic.RATE)
    assert measure.statement.endswith(".")
    assert measure.sentence[0].isupper() or measure.sentence.startswith("{n}")


def test_measures_ask_for_questions_that_exist_on_the_same_scale() -> None:
    catalogue = load_catalogue()
    for measure in MEASURES:
        if measure.instrument is None or measure.instrument_version is None:
            continue
        instrument = next(
            each
            for each in catalogue.all()
            if (each.id, each.version) == (measure.instrument, measure.instrument_version)
        )
        items = {each.id: each for each in instrument.items}
        assert measure.role is not None
        shared = (instrument.id, measure.role) == ("adult-view", Role.CARER)
        assert shared or instrument.role.value == measure.role.value
        for item in measure.items:
            values = [choice.value for choice in items[item].choices]
            assert [measure.scale.low, measure.scale.high] == [min(values), max(values)]
            assert items[item].scored


def test_the_page_for_data_managers_lists_every_measure_by_its_title() -> None:
    page = (PROJECT / "docs/measures.md").read_text()
    rows = dict(re.findall(r"^\| (M\d\d\w?) \| ([^|]+?) \|", page, re.MULTILINE))
    listed = [each for each in MEASURES if not each.id.startswith("U-")]
    assert {each.id for each in listed} == set(rows)
    for each in listed:
        assert rows[each.id].startswith(each.title), each.id


def test_what_cannot_be_counted_yet_says_what_is_lacking() -> None:
    lacking = {each.id for each in MEASURES if each.missing}
    assert {"M17"} == lacking
    assert {"M17", "M21"} == {each.id for each in MEASURES if not is_counted(each)}


def test_what_people_feel_and_where_they_live_is_sensitive() -> None:
    ordinary = {each.id for each in MEASURES if each.sensitivity is Sensitivity.ORDINARY}
    assert {
        "M01", "M02", "M03", "M04", "M04c", "M07s", "M10", "M10c", "M11", "M11c", "M14", "M18",
        "M18d", "M18n", "M20", "M20t", "M21",
    } == ordinary  # fmt: skip


def test_a_level_and_a_mean_belong_to_quarters_and_uptake_to_years() -> None:
    quarters = {each.id for each in MEASURES if each.cadence == (Cadence.QUARTER,)}
    years = {each.id for each in MEASURES if each.cadence == (Cadence.YEAR,)}
    assert {"M02", "M06", "M20t"} == quarters
    assert {f"U-{each.value}" for each in Characteristic} == years


def test_measures_stand_beside_indicators_that_are_published() -> None:
    published = {line.split(",")[0] for line in derby_csv().splitlines()[1:]}
    for each in MEASURES:
        assert set(each.indicators) <= published, each.id
    moves = next(each for each in MEASURES if each.id == "M12")
    assert ("SS_PM16", "SS_PM17") == moves.indicators


def test_the_contract_names_twelve_outcomes_and_the_measures_know_theirs() -> None:
    assert [f"O{number:02d}" for number in range(1, 13)] == [each.code for each in OUTCOMES]
    ids = {each.id for each in MEASURES}
    for outcome in OUTCOMES:
        assert set(outcome.measures) <= ids
        assert bool(outcome.gap) == (not outcome.measures), outcome.code
        told = {each.id for each in MEASURES if outcome.code in each.outcomes}
        assert set(outcome.measures) == told
        assert not WORDS_THAT_HURT.search(f"{outcome.title} {outcome.gap}")
    for indicator in KEY_INDICATORS:
        assert set(indicator.measures) <= ids
    for each in MEASURES:
        assert each.outcomes == outcomes_of(each.id, each.area)


def test_an_area_of_the_star_is_evidence_only_of_what_it_is_about() -> None:
    assert ("O07", "O08") == outcomes_of("M06", "People who care")
    assert () == outcomes_of("M06", "Learning or work")


def test_every_characteristic_and_value_has_plain_words_and_not_given_is_no_value() -> None:
    for each in Characteristic:
        assert TITLES[each]
        assert tuple(VALUE_TITLES[each]) == VALUES[each]
        assert NOT_GIVEN not in VALUES[each]
    areas = [each.area for each in MEASURES if each.id.startswith("U-")]
    expected = sum(value != NO for values in VALUES.values() for value in values)
    assert expected == len(areas) == len(set(areas))


def test_each_theme_is_a_measure_of_its_own() -> None:
    one, other = theme_measures(THEMES)
    assert ("Y-calls-back", "calls-back") == (one.id, one.area)
    assert "A quiet room" in other.title
    assert one.content_hash != other.content_hash


def figure(measure: str, area: str = "Total", **changes: object) -> Figure:
    parts: dict[str, object] = {"numerator": 15, "denominator": 20, "percent": 75} | changes
    return Figure(measure, area, Audience.ICB, **parts)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("shown", "codes"),
    [
        (figure("M09"), ("O01",)),
        (figure("M09", percent=Symbol.WITHHELD), ()),
        (figure("M09", numerator=5, denominator=5), ()),
        (figure("M09", breakdown="age", group="0-10"), ()),
        (figure("M03", denominator=Symbol.NOT_APPLICABLE), ("O11",)),
        (
            figure("M03", numerator=Symbol.WITHHELD, denominator=Symbol.NOT_APPLICABLE,
                   percent=Symbol.NOT_APPLICABLE),
            (),
        ),
        (figure("M06", "Home", percent=Symbol.NOT_APPLICABLE, change_mean=Symbol.TOO_FEW), ()),
        (figure("M01", denominator=Symbol.NOT_APPLICABLE), ()),
    ],
)  # fmt: skip
def test_only_a_shown_figure_about_ten_people_or_more_is_evidence(
    shown: Figure, codes: tuple[str, ...]
) -> None:
    def codes_of(each: Figure) -> tuple[str, ...]:
        return outcomes_of(each.measure, each.area)

    assert codes == outcomes_with_evidence([shown], codes_of, Audience.ICB)
    assert () == outcomes_with_evidence([shown], codes_of, Audience.DERBY_CITY)


def test_the_table_in_the_documentation_names_the_line_that_each_measure_is_broken_down_by() -> (
    None
):
    table = {
        cells[1].strip(): cells[-2].strip()
        for cells in (line.split("|") for line in DOCUMENTED.read_text("utf-8").splitlines())
        if len(cells) == 8
    }
    for measure in MEASURES:
        if measure.id in table:
            line = measure.breakdown.value if measure.breakdown else ""
            assert (measure.id, line) == (measure.id, table[measure.id])
    assert {each.id for each in MEASURES if not each.id.startswith("U-")} - set(table) <= {"M17"}
