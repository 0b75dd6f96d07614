"""One figure, said so that a councillor cannot misread it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from outcomes.episode import Audience
from outcomes.figures import Figure, Symbol
from outcomes.formats import sentences
from outcomes.measures.measure import Statistic
from outcomes.release import Definition
from tests.outcomes.pages.whole import whole_release
from tests.outcomes.sample import definition

C, U = Symbol.WITHHELD, Symbol.TOO_FEW
CITY = Audience.DERBY_CITY
CLAIMS = re.compile(r"signific|\*|because|thanks to|led to|\{|\}", re.IGNORECASE)
RATE = definition("M09", "Home felt more settled", "{n} of {d} carers said home felt more settled.")
MEAN = definition(
    "M06", "Change", "", statistic=Statistic.MEAN_CHANGE.value, role="young-person", area="Home"
)


def told(figure: Figure, meaning: Definition = RATE, *, is_rounded: bool = True) -> str:
    return sentences.tell(figure, meaning, is_rounded=is_rounded)


def rate(n: int | Symbol, d: int | Symbol, *shares: int | Symbol) -> Figure:
    percent, lower, upper = (*shares, *[Symbol.NOT_APPLICABLE] * 3)[:3]
    return Figure(
        "M09", "Total", CITY, n, d, percent=percent, percent_lower=lower, percent_upper=upper
    )


def mean(**shown: str | Symbol) -> Figure:
    values = {
        name: value if isinstance(value, Symbol) else Decimal(value)
        for name, value in shown.items()
    }
    return Figure("M06", "Home", CITY, Symbol.NOT_APPLICABLE, 40, **values)  # type: ignore[arg-type]  # any field, by name


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "{n} of {d} carers said home felt more settled at the end.",
            "About 25 of 40 carers said home felt more settled at the end.",
        ),
        (
            "Six months later, {n} of {d} felt as well.",
            "Six months later, about 25 of 40 felt as well.",
        ),
        ("In {n} of {d} pieces, people stopped.", "In about 25 of 40 pieces, people stopped."),
        ("It was about {n} of {d}.", "It was about 25 of 40."),
    ],
)
def test_rounded_counts_are_about_so_many(sentence: str, expected: str) -> None:
    assert told(rate(25, 40, 63), replace(RATE, sentence=sentence)) == expected


def test_exact_counts_are_not_about_anything() -> None:
    assert told(rate(25, 40, 63), is_rounded=False) == (
        "25 of 40 carers said home felt more settled."
    )


@pytest.mark.parametrize("figure", [rate(C, 40, C), rate(C, C, C)])
def test_what_is_withheld_says_so_and_holds_no_digit(figure: Figure) -> None:
    said = told(figure)
    assert said.startswith("Not shown: withheld, so that nobody can be found")
    assert not re.search(r"\d", said)
    assert sentences.value_of(figure, RATE) is None
    assert sentences.interval_of(figure, RATE) is None
    assert sentences.bounds_of(figure) is None


def test_too_few_for_a_share_still_tells_the_counts() -> None:
    figure = rate(5, 5, U, U, U)
    assert told(figure) == "About 5 of 5 carers said home felt more settled."
    assert sentences.value_of(figure, RATE) is None
    assert sentences.short_reason(figure.percent) == "too few answered"


def test_a_share_has_its_likely_range_and_its_honest_bounds() -> None:
    figure = rate(25, 40, 63, 47, 76)
    assert sentences.interval_of(figure, RATE) == "The likely range (95%) is from 47% to 76%."
    bounded = replace(figure, percent_if_none=42, percent_if_all=75)
    assert sentences.bounds_of(bounded) == (
        "Some who could have answered are missing. Had none of them counted here, it would be "
        "42%; had all of them, 75%."
    )
    assert sentences.bounds_of(replace(bounded, percent_if_all=42)) is None


@pytest.mark.parametrize(
    ("lower", "upper", "is_clear"),
    [("0.1", "0.7", True), ("-0.7", "-0.1", True), ("-0.1", "0.7", False), ("0.0", "0.7", False)],
)
def test_a_range_around_nothing_says_that_no_change_is_clear(
    lower: str, upper: str, *, is_clear: bool
) -> None:
    said = sentences.interval_of(mean(change_lower=lower, change_upper=upper), MEAN)
    assert said is not None
    assert said.endswith("No clear change.") is not is_clear


def test_a_mean_is_told_from_start_to_end() -> None:
    figure = mean(first_mean="2.8", last_mean="3.1", change_mean="0.3")
    assert told(figure, MEAN) == (
        "About 40 young people answered both times. Their mean went from 2.8 at the start to 3.1 "
        "at the end, on steps from 1 to 5."
    )
    assert "40 carers" in told(figure, replace(MEAN, role="carer"))
    assert sentences.value_of(figure, MEAN) == "+0.3 steps"
    assert sentences.value_of(mean(change_mean="0.0"), MEAN) == "0.0 steps"


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (
            "1.4",
            (
                "They began clearly lower on average (1.4) than those who answered both times "
                "(3.0): those compared are not like them."
            ),
        ),
        (
            "4.6",
            (
                "They began clearly higher on average (4.6) than those who answered both times "
                "(3.0): those compared are not like them."
            ),
        ),
        (
            "2.6",
            (
                "They began at 2.6 on average, those who answered both times at 3.0: no clear "
                "difference."
            ),
        ),
    ],
)
def test_only_a_difference_beyond_chance_and_rounding_is_called_clear(
    only: str, expected: str
) -> None:
    figure = replace(mean(first_mean="3.0", only_first_mean=only), only_first=40)
    assert (
        sentences.attrition_of(figure, base=5) == f"About 40 answered at the start only. {expected}"
    )


def test_rounding_can_make_a_difference_unclear() -> None:
    figure = replace(mean(first_mean="3.0", only_first_mean="1.9"), only_first=25)
    exact, rounded = (sentences.attrition_of(figure, base=each) or "" for each in (1, 5))
    assert "clearly lower" in exact
    assert "no clear difference" in rounded


def test_how_those_began_is_withheld_or_not_asked() -> None:
    hidden = sentences.attrition_of(mean(first_mean="2.8", only_first_mean=C), base=5)
    assert hidden is not None
    assert "withheld" in hidden
    assert not re.search(r"\d", hidden)
    assert sentences.attrition_of(mean(first_mean="2.8"), base=5) is None
    assert sentences.attrition_of(mean(first_mean=C, only_first_mean="2.4"), base=5) is None


def test_without_a_count_no_difference_is_claimed() -> None:
    told = sentences.attrition_of(mean(first_mean="2.8", only_first_mean="1.4"), base=5)
    assert told is not None
    assert "cannot be said" in told
    assert "clearly" not in told


@pytest.mark.parametrize(
    ("size", "words"),
    [("0.9", "large"), ("-0.5", "medium"), ("0.2", "small"), ("-0.1", "hardly any")],
)
def test_a_size_is_said_in_plain_words_and_without_a_range_that_nobody_worked_out(
    size: str, words: str
) -> None:
    assert sentences.effect_of(mean(effect=size)) == (
        f"The change is {size} times the spread of the first answers (Hedges' g): {words}, by a "
        "common rule of thumb. How sure that is, the likely range of the change says."
    )
    assert sentences.effect_of(mean(effect=U)) is None


def test_means_that_are_rounded_one_by_one_are_said_to_be() -> None:
    note = " Both means and the change (+0.5) are rounded one by one, so the change is not quite"
    odd = mean(first_mean="2.6", last_mean="3.0", change_mean="0.5")
    assert note in told(odd, MEAN)
    even = mean(first_mean="2.5", last_mean="3.0", change_mean="0.5")
    assert "rounded one by one" not in told(even, MEAN)


def test_times_are_told_in_minutes() -> None:
    timed = replace(RATE, statistic=Statistic.MEDIAN.value, sentence="{n} check-ins were timed.")
    figure = replace(rate(Symbol.NOT_APPLICABLE, 90), median_seconds=140)
    assert told(figure, timed) == "Half took less than about 2 minutes 20 seconds."
    assert sentences.value_of(figure, timed) == "2 minutes 20 seconds"
    assert sentences.in_minutes(50) == "50 seconds"
    assert sentences.in_minutes(60) == "1 minute"


def test_covered_outcomes_are_exact() -> None:
    covered = replace(
        RATE, statistic=Statistic.COVERAGE.value, sentence="{n} of the twelve have evidence."
    )
    assert told(rate(7, 12), covered) == "7 of the twelve have evidence."
    assert told(rate(7, Symbol.NOT_APPLICABLE), covered) == "7 of the twelve have evidence."
    assert sentences.value_of(rate(7, 12), covered) == "7 of 12"


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
def test_no_sentence_of_any_agreed_measure_claims_significance_or_a_cause(period: str) -> None:
    release = whole_release(period)
    for figure in release.figures:
        meaning = release.definition_of(figure)
        said = told(figure, meaning)
        for part in (
            said,
            sentences.interval_of(figure, meaning),
            sentences.bounds_of(figure),
            sentences.attrition_of(figure, base=5),
            sentences.effect_of(figure),
        ):
            assert not re.search(
                r"signific|\*|because|thanks to|led to|\{|\}", part or "", re.IGNORECASE
            )
        assert said[0].isupper() or said[0].isdigit()
        assert said.endswith(".")
