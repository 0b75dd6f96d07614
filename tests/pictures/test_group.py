"""Pictures of groups: what is withheld is seen to be withheld, in picture and text alike."""

from __future__ import annotations

import math
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.changes import Change, compose_changes, draw_changes, fit_axis, list_changes
from pictures.faults import PictureFault
from pictures.flow import FlowStep, Reasons, compose_flow, draw_flow, list_flow
from pictures.group import GroupRay, compose_group_star, draw_group_star, list_group_star
from pictures.marks import WITHHELD
from pictures.palette import BLUE, GOLD, INK
from pictures.sheet import Disc, Shape, Sheet, Words
from pictures.tables import write_figure

TEXT: Final = "{http://www.w3.org/2000/svg}text"
NAMES: Final = ("Body", "Home", "Feeling safe", "People who care", "Friends")
FIRST: Final = (2.8, 3.1, 2.1, 3.3, None)
LAST: Final = (3.2, 3.1, 3.04, 3.5, None)
GROUP: Final = [GroupRay(*ray) for ray in zip(NAMES, FIRST, LAST, strict=True)]

FLOW: Final = [
    FlowStep("Could have answered", 120),
    FlowStep("Were asked", 60, "half of those who could"),
    FlowStep("Answered the first time", 30),
    FlowStep("Answered the last time", None),
    FlowStep("Answered both times", 0),
]

CHANGES: Final = [
    Change("Body", 0.4, 0.1, 0.7),
    Change("Friends", None),
    Change("Home", -0.2, -0.6, 0.2),
    Change("All areas", 0.25),
]


def words(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def dots(sheet: Sheet) -> list[Disc]:
    return [mark for mark in sheet.marks if isinstance(mark, Disc) and mark.look.fill == INK]


def words_of(svg: bytes) -> list[str | None]:
    return [element.text for element in ET.fromstring(svg).iter(TEXT)]  # noqa: S314  our own SVG


def draw_group(rays: list[GroupRay]) -> bytes:
    return draw_group_star(
        rays,
        title="First and last star",
        first_label="First time",
        last_label="Last time",
        withheld_label="withheld",
    )


def test_a_group_star_shows_both_means_of_every_area_as_figures() -> None:
    shown = words_of(draw_group(GROUP))
    for figure in ("2.8", "3.2", "3.1", "2.1", "3.04", "3.3", "3.5"):
        assert figure in shown


def test_a_withheld_area_has_the_word_and_no_point() -> None:
    sheet = compose_group_star(GROUP, 5, "First and last star", "withheld", [])
    assert words(sheet).count("withheld") == 1
    # A dot on the star and one beside the figure, for each of the four areas that are shown.
    assert len(dots(sheet)) == 8
    assert not any(text in {"0", "0.0"} for text in words(sheet))


def test_the_share_of_a_withheld_area_is_hatched_and_no_other() -> None:
    sheet = compose_group_star(GROUP, 5, "First and last star", "withheld", [])
    centre = max((m for m in sheet.marks if isinstance(m, Disc)), key=lambda d: d.radius).centre
    hatching = [m for m in sheet.marks if isinstance(m, Shape) and m.look == WITHHELD]
    assert len(hatching) > 10
    # The last of five areas points up and to the left, 72 degrees before the top.
    for x, y in (point for line in hatching for point in line.points):
        angle = math.degrees(math.atan2(y - centre[1], x - centre[0]))
        assert 126 - 0.1 <= angle <= 198 + 0.1 or angle <= -162 + 0.1
    shown = compose_group_star(GROUP[:4], 5, "First and last star", "withheld", [])
    assert not [m for m in shown.marks if isinstance(m, Shape) and m.look == WITHHELD]


def test_the_legend_explains_withheld_only_where_something_is() -> None:
    assert words_of(draw_group(GROUP)).count("withheld") == 2
    assert "withheld" not in words_of(draw_group(GROUP[:4]))


def test_a_single_withheld_figure_is_named_beside_the_one_that_is_shown() -> None:
    half = [GroupRay("Body", None, 3.2), *GROUP[1:4]]
    sheet = compose_group_star(half, 5, "First and last star", "withheld", [])
    assert words(sheet).count("withheld") == 1
    assert "3.2" in words(sheet)


@pytest.mark.parametrize("mean", [0, 0.9, 5.1])
def test_a_mean_off_the_scale_is_refused(mean: float) -> None:
    with pytest.raises(PictureFault):
        draw_group([GroupRay("Body", mean, 3.0), *GROUP[1:]])


def test_a_group_star_can_be_had_as_rows_of_text() -> None:
    table = list_group_star(
        GROUP, area_label="Area", first_label="First", last_label="Last", withheld_label="withheld"
    )
    assert table.head == ("Area", "First", "Last")
    assert table.rows[0] == ("Body", "2.8", "3.2")
    assert table.rows[-1] == ("Friends", "withheld", "withheld")


def test_why_answers_are_missing_stands_below_in_bars_with_an_edge() -> None:
    reasons = Reasons("Why", (FlowStep("No reply", 30), FlowStep("Declined", None)))
    sheet = compose_flow(FLOW, "Who answered", "withheld", reasons)
    (bar,) = [m for m in sheet.marks if isinstance(m, Shape) and m.look.fill == GOLD]
    assert bar.look.edge is not None
    steps = [m for m in sheet.marks if isinstance(m, Shape) and m.look.fill == BLUE]
    assert max(y for _, y in bar.points) < min(y for step in steps for _, y in step.points)
    assert words(sheet).count("withheld") == 2
    with pytest.raises(PictureFault):
        compose_flow(FLOW, "Who", "withheld", Reasons("Why", (FlowStep("x", -1),)))


def bars(sheet: Sheet) -> list[float]:
    """Give the lengths of the bars."""
    shapes = (m for m in sheet.marks if isinstance(m, Shape) and m.look.fill == BLUE)
    return [max(x for x, _ in s.points) - min(x for x, _ in s.points) for s in shapes]


def test_a_bar_is_as_long_as_its_share_and_nought_or_withheld_has_none() -> None:
    lengths = bars(compose_flow(FLOW, "Who answered", "withheld"))
    assert len(lengths) == 3
    assert lengths[1] == pytest.approx(lengths[0] / 2)
    assert lengths[2] == pytest.approx(lengths[0] / 4)


def test_every_count_of_a_flow_is_written_and_withheld_is_a_word() -> None:
    shown = words_of(draw_flow(FLOW, title="Who answered", withheld_label="withheld"))
    for text in ("120", "60", "30", "0", "withheld", "half of those who could"):
        assert shown.count(text) == 1


def test_a_flow_of_nothing_but_withheld_counts_can_be_drawn() -> None:
    sheet = compose_flow([FlowStep("Were asked", None), FlowStep("Answered", 0)], "Who", "withheld")
    assert bars(sheet) == []


@pytest.mark.parametrize("steps", [[], [FlowStep("Were asked", -1)]])
def test_an_impossible_flow_is_refused(steps: list[FlowStep]) -> None:
    with pytest.raises(PictureFault):
        draw_flow(steps, title="Who answered", withheld_label="withheld")


def test_a_flow_can_be_had_as_rows_of_text() -> None:
    table = list_flow(FLOW, head=("Step", "People", "Note"), withheld_label="withheld")
    assert table.rows[1] == ("Were asked", "60", "half of those who could")
    assert table.rows[3] == ("Answered the last time", "withheld", "")


def test_a_change_lies_on_its_side_of_nought_and_a_withheld_one_nowhere() -> None:
    sheet = compose_changes(CHANGES, "Mean change", "in steps", "withheld")
    places = [dot.centre[0] for dot in dots(sheet)]
    assert len(places) == 3
    middle = sheet.width / 2
    assert places[0] > middle > places[1]
    assert places[2] > middle
    assert words(sheet).count("withheld") == 1


def test_changes_are_written_with_their_sign_and_interval() -> None:
    svg = draw_changes(
        CHANGES, title="Mean change", scale_label="in steps", withheld_label="withheld"
    )
    shown = words_of(svg)
    for text in ("+0.4", "[+0.1, +0.7]", "−0.2", "[−0.6, +0.2]", "+0.25", "withheld", "in steps"):
        assert text in shown


def test_changes_can_be_had_as_rows_of_text() -> None:
    table = list_changes(CHANGES, head=("Area", "Change", "From", "To"), withheld_label="withheld")
    assert table.rows == (
        ("Body", "+0.4", "+0.1", "+0.7"),
        ("Friends", "withheld", "withheld", "withheld"),
        ("Home", "−0.2", "−0.6", "+0.2"),
        ("All areas", "+0.25", "", ""),
    )


@pytest.mark.parametrize(
    ("mean", "low", "high"),
    [(None, 0.1, 0.5), (0.3, 0.1, None), (0.3, None, 0.5), (0.3, 0.4, 0.5)],
)
def test_an_interval_that_gives_away_or_contradicts_its_mean_is_refused(
    mean: float | None, low: float | None, high: float | None
) -> None:
    with pytest.raises(PictureFault):
        Change("Home", mean, low, high)


def test_a_picture_of_no_changes_is_refused() -> None:
    with pytest.raises(PictureFault):
        draw_changes([], title="Mean change", scale_label="in steps", withheld_label="withheld")


@given(st.lists(st.one_of(st.none(), st.floats(-60, 60)), min_size=1, max_size=10))
def test_every_change_fits_on_the_axis_and_nought_is_in_its_middle(
    means: list[float | None],
) -> None:
    axis = fit_axis([Change("Home", mean) for mean in means])
    left, right = axis.x(-axis.step * axis.ticks), axis.x(axis.step * axis.ticks)
    assert axis.x(0) == pytest.approx((left + right) / 2)
    for mean in means:
        if mean is not None:
            assert left - 1e-6 <= axis.x(mean) <= right + 1e-6
    assert 1 <= axis.ticks <= 4


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [
        (3.0, "3.0", "+3.0"),
        (0.71, "0.71", "+0.71"),
        (-0.4, "−0.4", "−0.4"),
        (0.0, "0.0", "0.0"),
        (-0.001, "0.0", "0.0"),
        (2.999999, "3.0", "+3.0"),
    ],
)
def test_figures_are_written_as_people_write_them(value: float, plain: str, signed: str) -> None:
    assert write_figure(value) == plain
    assert write_figure(value, signed=True) == signed


@pytest.mark.parametrize(
    "sheet",
    [
        compose_group_star(GROUP, 5, "First and last star", "withheld", []),
        compose_flow(FLOW, "Who answered", "withheld"),
        compose_changes(CHANGES, "Mean change", "in steps", "withheld"),
    ],
    ids=["group star", "flow", "changes"],
)
def test_everything_lies_inside_the_picture(sheet: Sheet) -> None:
    for mark in sheet.marks:
        match mark:
            case Shape():
                points = list(mark.points)
            case Disc():
                points = [mark.centre]
            case Words():
                points = [mark.at]
        assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in points)
        assert all(math.isfinite(x + y) for x, y in points)


def test_the_same_figures_give_the_same_bytes() -> None:
    assert draw_group(GROUP) == draw_group(GROUP)
