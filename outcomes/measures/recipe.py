"""Names, as data, how people are sorted for a measure and which of them it counts; sorts nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from outcomes.episode import Lives, Strand

HOME_ITEMS = ("settled", "understanding", "relationship", "responding")
"""The questions about home that figures are made from: the first leads, the second has its own."""


class Sorting(StrEnum):
    """Into which classes the people of a population are sorted."""

    EVERYBODY = "everybody"
    FLOW = "who-answered-and-who-is-missing"
    ITEM = "first-and-last-answer-to-one-question"
    HOME = "first-and-last-answers-about-home"
    LATER = "last-answer-and-the-one-six-months-later"
    GOALS = "first-and-last-rating-of-goals"
    ADVICE = "before-and-now"
    VIEW = "one-answer"
    MOVES = "unplanned-moves"
    AWAY = "away-from-the-own-area"
    PLAN = "plan-with-goals"
    GONE = "stopped-coming"
    BANDS = "imported-totals-by-band"
    RELIABLE = "imported-totals-by-reliable-change"
    FOLLOW_UP = "what-became-of-a-follow-up"
    CHECK_IN = "what-became-of-a-check-in"
    UPTAKE = "characteristic"
    THEME = "theme"
    COVERAGE = "outcomes-with-evidence"


class Mark(StrEnum):
    """A set of classes with a name: the people that a figure counts, or is a share of."""

    EVERYBODY = "everybody"
    ELIGIBLE = "eligible"
    PAIRED = "paired"
    COMPARED = "compared"
    ROOM_TO_RISE = "first-below-the-top"
    ROOM_TO_FALL = "first-above-the-bottom"
    FIRST_AT_TOP = "first-at-the-top"
    ROSE = "rose-by-a-step-or-more"
    FELL = "fell-by-a-step-or-more"
    STAYED_AT_TOP = "last-at-the-top"
    SETTLED_COMPARED = "settled-compared"
    SETTLED_ROSE = "settled-rose"
    OTHERS_KNOWN = "settled-rose-and-the-others-compared"
    OTHERS_ROSE = "settled-rose-and-all-the-others-too"
    KNOWING_COMPARED = "understanding-compared"
    KNOWING_ROSE = "understanding-rose"
    HAD_GOAL = "had-a-goal"
    ANSWERED_LATER = "answered-later"
    HELD = "at-most-one-step-lower-later"
    TOP = "top-answer"
    SAID = "answered"
    MOVED = "one-unplanned-move-or-more"
    NOTED = "noted"
    AWAY_AT_START = "away-at-the-start"
    AWAY_AT_END = "away-at-the-end"
    WENT_ON = "went-on-long-enough"
    IN_TIME = "plan-in-time"
    GONE = "stopped-coming-and-did-not-come-back"
    BETTER = "better-band"
    WORSE = "worse-band"
    DELIVERED = "delivered"
    DECLINED = "declined"
    COMPLETED = "completed"
    TIMED = "completed-and-timed"
    GIVEN = "given"
    VALUE = "this-value"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a measure is about: support of these strands, for children who live in one of these.

    `or_took_part` adds the support of other strands in which somebody of the role was asked or
    answered all the same, so that nobody's answer is left out.
    """

    strands: tuple[Strand, ...] = tuple(Strand)
    lives: tuple[Lives, ...] = tuple(Lives)
    or_took_part: bool = True


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the counting finds the people of a measure.

    They are sorted by `sorting`; the measure counts those of the mark `counts` among those of the
    mark `of`. `key` says which question, informant, characteristic or theme, `value` which value of
    a characteristic. `days` is the time limit of the sorting, where it has one. With `bounds` the
    two honest bounds are worked out: from everybody of the mark `eligible` and of `compared`.
    """

    sorting: Sorting
    of: Mark = Mark.EVERYBODY
    counts: Mark = Mark.EVERYBODY
    key: str = ""
    value: str = ""
    days: int = 0
    eligible: Mark | None = None
    compared: Mark | None = None
    who: Who = field(default_factory=Who)
    with_first_only: bool = False
