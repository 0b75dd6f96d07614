"""Names as a reader sees them."""

from __future__ import annotations

import pytest

from outcomes.episode import AgeBand, Axis, Strand
from outcomes.formats.labels import FLOWS, flow_title, group_title, line_title, topic_title
from tests.outcomes.sample import definition, sample_release


@pytest.mark.parametrize(
    ("group", "title"),
    [
        ("0-10", "0 to 10"),
        ("0-10+11-15", "0 to 10 and 11 to 15"),
        ("not-known", "Age not known"),
        ("consultation", "Consultation and planning"),
        ("Total", "Total"),
        ("something-new", "something-new"),
    ],
)
def test_a_line_of_a_breakdown_has_a_name(group: str, title: str) -> None:
    assert title == group_title(group)


def test_every_axis_band_and_strand_has_a_name_of_its_own() -> None:
    values = [each.value for each in (*AgeBand, *Strand)]
    titles = [group_title(each) for each in values]
    assert len(set(titles)) == len(values)
    assert not set(titles) & set(values)
    assert all(topic_title(each.value) != each.value for each in Axis)
    assert "something new" == topic_title("something new")


def test_the_people_who_were_asked_have_a_name() -> None:
    assert {flow_title(each.flow) for each in sample_release().flow} == set(FLOWS.values())
    assert "something new" == flow_title("something new")


@pytest.mark.parametrize(
    ("measure", "area", "title"),
    [
        ("M05", "Feelings", "M05 A title: Feelings"),
        ("M01", "Total", "M01 A title"),
        ("Y-calls-back", "calls-back", "Y-calls-back A title"),
    ],
)
def test_a_measure_is_named_by_code_title_and_area(measure: str, area: str, title: str) -> None:
    assert title == line_title(definition(measure, "A title", "{n}", area=area))
