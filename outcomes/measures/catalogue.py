"""Lists every measure that commissioners get; it counts and publishes nobody.

A measure is never changed in place: a changed definition has a new version, and is a new series.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from outcomes.measures.catalogue_answers import AREAS, CARERS, YOUNG_PEOPLE
from outcomes.measures.catalogue_service import ASKING, UPTAKE, VIEWS, theme_measure
from outcomes.measures.catalogue_support import ACTIVITY, CIRCUMSTANCES
from outcomes.measures.catalogue_totals import IMPORTED_TOTALS
from outcomes.measures.measure import Measure

__all__ = ["AREAS", "MEASURES", "theme_measures"]

MEASURES: Final[tuple[Measure, ...]] = (
    *ACTIVITY,
    *YOUNG_PEOPLE,
    *CARERS,
    *VIEWS,
    *CIRCUMSTANCES,
    *IMPORTED_TOTALS,
    *ASKING,
    *UPTAKE,
)
"""M01 to M21, and uptake by protected characteristic. Those of themes are made from their names."""


def theme_measures(themes: Sequence[tuple[str, str]]) -> tuple[Measure, ...]:
    """Define one measure for each theme, from its slug and its title."""
    return tuple(theme_measure(slug, title) for slug, title in themes)
