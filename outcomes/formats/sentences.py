"""Says one protected figure in plain words, with its likely range and bounds; works out nothing.

It must not judge: nothing is called "significant", and no sentence says what caused a change.
"""

from __future__ import annotations

from decimal import Decimal

from outcomes.figures import Figure, Shown, Symbol
from outcomes.measures.measure import Scale, Statistic
from outcomes.notes import MEANINGS
from outcomes.release import Definition
from outcomes.statistics import ShownGroup, attrition

NO_CLEAR_CHANGE = "No clear change."
_LIKELY = "The likely range (95%) is from {lower} to {upper}."
_WHOLE_MINUTE = 60
_STEPS = Scale()
_SIZES: tuple[tuple[Decimal, str], ...] = (
    (Decimal("0.8"), "large"),
    (Decimal("0.5"), "medium"),
    (Decimal("0.2"), "small"),
    (Decimal(0), "hardly any"),
)
"""Words for a size from so many spreads on."""
_PEOPLE = {"carer": "carers", "professional": "professionals"}


def why(shown: Shown) -> str | None:
    """Say why a figure is not shown; None where it is."""
    return MEANINGS[shown] if isinstance(shown, Symbol) else None


def short_reason(shown: Shown) -> str:
    """Say in a word or two why a figure is not shown; empty where it is."""
    match shown:
        case Symbol.WITHHELD:
            return "withheld"
        case Symbol.TOO_FEW:
            return "too few answered"
        case Symbol.NOT_APPLICABLE:
            return "no such figure"
        case _:
            return ""


def main_of(figure: Figure, definition: Definition) -> Shown:
    """Give the one figure that a measure is about."""
    match definition.statistic:
        case Statistic.MEAN_CHANGE:
            return figure.change_mean
        case Statistic.MEDIAN:
            return figure.median_seconds
        case Statistic.COUNT | Statistic.COVERAGE:
            return figure.numerator
        case _:
            return figure.percent


def tell(figure: Figure, definition: Definition, *, is_rounded: bool) -> str:
    """Say a figure as a sentence, or that it is not shown and why.

    `is_rounded` says that counts were rounded: then they are "about" so many.
    """
    match definition.statistic:
        case Statistic.MEAN_CHANGE:
            return _tell_mean(figure, definition, is_rounded=is_rounded)
        case Statistic.MEDIAN:
            return _tell_median(figure)
        case Statistic.COVERAGE:
            numbers = figure.numerator, figure.denominator
            return _tell_counts(definition, *numbers, is_rounded=False)
        case Statistic.COUNT:
            return _tell_counts(definition, figure.numerator, 0, is_rounded=is_rounded)
        case _:
            numbers = figure.numerator, figure.denominator
            return _tell_counts(definition, *numbers, is_rounded=is_rounded)


def _tell_counts(
    definition: Definition, numerator: Shown, denominator: Shown, *, is_rounded: bool
) -> str:
    needed = (numerator, denominator if "{d}" in definition.sentence else 0)
    for each in needed:
        if isinstance(each, Symbol):
            return f"Not shown: {why(each)}."
    sentence = definition.sentence
    if is_rounded and "about {n}" not in sentence.lower():
        sentence = sentence.replace("{n}", "about {n}", 1)
    told = sentence.format(n=numerator, d=denominator)
    return told[:1].upper() + told[1:]


def _tell_median(figure: Figure) -> str:
    if isinstance(figure.median_seconds, Symbol):
        return f"Not shown: {why(figure.median_seconds)}."
    return f"Half took less than about {in_minutes(int(figure.median_seconds))}."


def _tell_mean(figure: Figure, definition: Definition, *, is_rounded: bool) -> str:
    if isinstance(figure.change_mean, Symbol):
        return f"Not shown: {why(figure.change_mean)}."
    about = "About " if is_rounded else ""
    people = _PEOPLE.get(definition.role or "", "young people")
    told = (
        f"{about}{figure.denominator} {people} answered both times. Their mean went from "
        f"{figure.first_mean} at the start to {figure.last_mean} at the end, on steps from 1 to 5."
    )
    return f"{told}{_tell_rounding(figure)}"


def _tell_rounding(figure: Figure) -> str:
    """Say why a change is not the difference of the two means beside it, where it is not."""
    first, last, change = figure.first_mean, figure.last_mean, figure.change_mean
    if isinstance(first, Symbol) or isinstance(last, Symbol) or isinstance(change, Symbol):
        return ""
    if last - first == change:
        return ""
    return (
        f" Both means and the change ({signed(change)}) are rounded one by one, so the change is "
        "not quite their difference."
    )


def value_of(figure: Figure, definition: Definition) -> str | None:
    """Write the main figure shortly ("63%", "+0.6 steps"); None where it is not shown."""
    main = main_of(figure, definition)
    if isinstance(main, Symbol):
        return None
    match definition.statistic:
        case Statistic.MEAN_CHANGE:
            return f"{signed(main)} steps"
        case Statistic.MEDIAN:
            return in_minutes(int(main))
        case Statistic.COVERAGE:
            whole = figure.denominator
            return str(main) if isinstance(whole, Symbol) else f"{main} of {whole}"
        case Statistic.COUNT:
            return str(main)
        case _:
            return f"{main}%"


def interval_of(figure: Figure, definition: Definition) -> str | None:
    """Say how sure a figure is; None where there is nothing to say."""
    if definition.statistic == Statistic.MEAN_CHANGE:
        lower, upper = figure.change_lower, figure.change_upper
        if isinstance(lower, Symbol) or isinstance(upper, Symbol):
            return None
        told = _LIKELY.format(lower=signed(lower), upper=signed(upper))
        return f"{told} {NO_CLEAR_CHANGE}" if lower <= 0 <= upper else told
    lower, upper = figure.percent_lower, figure.percent_upper
    if isinstance(lower, Symbol) or isinstance(upper, Symbol):
        return None
    return _LIKELY.format(lower=f"{lower}%", upper=f"{upper}%")


def bounds_of(figure: Figure) -> str | None:
    """Say the two honest bounds; None where they are not shown."""
    least, most = figure.percent_if_none, figure.percent_if_all
    if isinstance(least, Symbol) or isinstance(most, Symbol) or least == most:
        return None
    return (
        "Some who could have answered are missing. Had none of them counted here, it would be "
        f"{least}%; had all of them, {most}%."
    )


def attrition_of(figure: Figure, *, base: int) -> str | None:
    """Say whether those began otherwise who answered at the start only; None where none are known.

    `base` is that of rounding. Only a difference that `statistics.attrition` holds to be beyond
    chance and rounding is called clear.
    """
    only, first = figure.only_first_mean, figure.first_mean
    if only is Symbol.NOT_APPLICABLE or isinstance(first, Symbol):
        return None
    if isinstance(only, Symbol):
        return f"Where those began who answered at the start only is not shown: {why(only)}."
    if isinstance(figure.only_first, Symbol) or isinstance(figure.denominator, Symbol):
        return (
            f"Those who answered at the start only began at {only} on average, those who answered "
            f"both times at {first}. Whether that is a clear difference cannot be said, as how "
            "many they are is not shown."
        )
    slack = base // 2
    both = ShownGroup(float(first), int(figure.denominator), n_slack=slack)
    alone = ShownGroup(float(only), int(figure.only_first), n_slack=slack)
    bounds = attrition(both, alone, _STEPS.low, _STEPS.high)
    told = f"{'About ' if slack else ''}{figure.only_first} answered at the start only."
    if bounds.lower <= 0 <= bounds.upper:
        return (
            f"{told} They began at {only} on average, those who answered both times at {first}: no "
            "clear difference."
        )
    side = "lower" if bounds.lower > 0 else "higher"
    return (
        f"{told} They began clearly {side} on average ({only}) than those who answered both times "
        f"({first}): those compared are not like them."
    )


def effect_of(figure: Figure) -> str | None:
    """Say the size of a change in spreads of the first answers; None where it is not shown.

    It has no interval (`outcomes.figures.Figure`). The words for its size are those of Cohen 1988.
    """
    if isinstance(figure.effect, Symbol):
        return None
    size = next(words for least, words in _SIZES if abs(Decimal(figure.effect)) >= least)
    return (
        f"The change is {figure.effect} times the spread of the first answers (Hedges' g): {size}, "
        "by a common rule of thumb. How sure that is, the likely range of the change says."
    )


def signed(steps: int | Decimal) -> str:
    """Write a change with its sign, and no change without one."""
    return f"{steps:+.1f}" if steps else "0.0"


def in_minutes(seconds: int) -> str:
    """Write a time as a reader says it."""
    minutes, rest = divmod(seconds, _WHOLE_MINUTE)
    if not minutes:
        return f"{rest} seconds"
    told = f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{told} {rest} seconds" if rest else told
