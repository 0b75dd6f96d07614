"""Checks the places in a statistics file; see `screening`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outcomes.formats.screen_words import (
    COMPATIBLE,
    LEVELS,
    NOT_AVAILABLE,
    NOT_AVAILABLE_CODE,
    PLACES,
    SMALL,
    Level,
)
from outcomes.formats.screening import Check, Pair, Result

_BY_NAME = {level.name: level for level in LEVELS}
_IGNORED = (*SMALL, "Planning area")
_LOOKED_UP = (
    *("National", "Regional", "Local authority", "Local authority district"),
    *("Parliamentary constituency", "Ward", "Local enterprise partnership"),
    *("Local skills improvement plan area", "English devolved area", "RSC region"),
    *("Institution", "Planning area"),
)
"""Levels whose places are looked up, or that nobody sees."""


def _present(pair: Pair) -> tuple[str, ...]:
    return pair.data.levels("geographic_level")


def _at(pair: Pair, level: str, column: str) -> tuple[str, ...]:
    """Give the cells of a column in the rows of one level."""
    cells = pair.data.column(column)
    levels = pair.data.column("geographic_level")
    return tuple(cell for cell, each in zip(cells, levels, strict=False) if each == level)


def geog_level(pair: Pair) -> list[str]:
    """Find levels that the standard does not know."""
    return [each for each in _present(pair) if each not in _BY_NAME]


def geog_level_present(pair: Pair) -> Iterator[str]:
    """Find columns that a level needs and the file has not."""
    for level in LEVELS:
        if level.name in _present(pair) and level.name != "Planning area":
            yield from (each for each in level.columns if each not in pair.data.columns)


def _combos(level: Level) -> Callable[[Pair], list[str]]:
    """Make a check of codes and names against the places that we publish for."""
    columns = tuple(each for each in (level.second_code, level.code, level.title) if each)
    code = columns.index(level.code) if level.code else 0

    def find(pair: Pair) -> list[str]:
        if any(each not in pair.data.columns for each in columns):
            return []
        levels = pair.data.column("geographic_level")
        found = dict.fromkeys(
            (at == "Regional" == level.name, combination)
            for at, combination in zip(
                levels, zip(*(pair.data.column(each) for each in columns), strict=True), strict=True
            )
        )
        known = PLACES.get(level.code or "", frozenset())
        return [
            " / ".join(place)
            for must_be_known, place in found
            if place not in known and (must_be_known or place[code] not in ("", NOT_AVAILABLE_CODE))
        ]

    return find


def geog_level_completed(pair: Pair) -> Iterator[str]:
    """Find rows whose own place is not named; an authority may lack its new code."""
    for level in LEVELS:
        if level.name != "Planning area":
            for column in level.columns:
                if column != "new_la_code" and "" in _at(pair, level.name, column):
                    yield column


def only_ignored(pair: Pair) -> list[str]:
    """Find levels that table tools leave out."""
    present = _present(pair)
    if len(present) == 1 and present[0] in ("School", "Provider"):
        return []
    return [each for each in present if each in _IGNORED]


def schools_and_providers(pair: Pair) -> list[str]:
    """Find schools beside providers, which may not stand in one file."""
    both = {"School", "Provider"}
    return sorted(both) if both <= {*_present(pair)} else []


def _other_dupes(*, by_name: bool) -> Callable[[Pair], Iterator[str]]:
    """Make a check that each name has one code, or each code one name."""

    def find(pair: Pair) -> Iterator[str]:
        for level in (_BY_NAME["Opportunity area"], _BY_NAME["MAT"], _BY_NAME["Sponsor"]):
            codes, names = (
                _at(pair, level.name, level.code or ""),
                _at(pair, level.name, level.title),
            )
            seen: dict[str, set[str]] = {}
            for code, name in zip(codes, names, strict=False):
                key, value = (name, code) if by_name else (code, name)
                if code:
                    seen.setdefault(key, set()).add(value)
            yield from (key for key, values in seen.items() if len(values) > 1)

    return find


def la_col_present(pair: Pair) -> list[str]:
    """Find the missing ones of the three columns of local authorities."""
    columns = _BY_NAME["Local authority"].columns
    missing = [each for each in columns if each not in pair.data.columns]
    return missing if len(missing) < len(columns) else []


def region_col_present(pair: Pair) -> list[str]:
    """Find the missing one of the two columns of regions."""
    columns = _BY_NAME["Regional"].columns
    missing = [each for each in columns if each not in pair.data.columns]
    return missing if len(missing) == 1 else []


def _region_for(level: str) -> Callable[[Pair], list[str]]:
    """Make a check that rows of a level name their region."""

    def find(pair: Pair) -> list[str]:
        if level not in _present(pair):
            return []
        columns = _BY_NAME["Regional"].columns
        return [
            each for each in columns if not _at(pair, level, each) or "" in _at(pair, level, each)
        ]

    return find


def _tested(pair: Pair) -> Iterator[Level]:
    for name in _present(pair):
        if name in _BY_NAME and name not in _LOOKED_UP:
            yield _BY_NAME[name]


def geog_na(pair: Pair) -> list[str]:
    """Find places that are not available by code and have a name all the same."""
    return [
        level.name
        for level in _tested(pair)
        for code, name in zip(
            pair.data.column(level.code or ""), pair.data.column(level.title), strict=False
        )
        if code == NOT_AVAILABLE_CODE and name != NOT_AVAILABLE
    ]


def geog_na_code(pair: Pair) -> list[str]:
    """Find places that are not available by name and have a code all the same."""
    return [
        level.name
        for level in _tested(pair)
        for code, name in zip(
            _at(pair, level.name, level.code or ""),
            _at(pair, level.name, level.title),
            strict=False,
        )
        if name == NOT_AVAILABLE and code != NOT_AVAILABLE_CODE
    ]


def overcompleted_cols(pair: Pair) -> Iterator[str]:
    """Find names of finer places in rows of a coarser level."""
    for level in LEVELS[1:]:
        fits = {level.name, *COMPATIBLE.get(level.name, ()), *SMALL}
        if level.name in SMALL:
            fits = {level.name}
        for column in level.columns:
            odd = [each for each in _present(pair) if each not in fits and each in _BY_NAME]
            is_only_filter = pair.filters == (column,)
            if any(any(_at(pair, each, column)) for each in odd) and not is_only_filter:
                yield column


_NOTE, _STAGE = Result.ADVISORY, "Check geography"
_SHORT = {
    "Local authority": "la",
    "Local enterprise partnership": "lep",
    "English devolved area": "eda",
}
"""What a check calls a level; the others are called as their code column is."""

_NAMED = (
    *("National", "Regional", "Ward", "Parliamentary constituency", "Local authority district"),
    *("Local enterprise partnership", "Local skills improvement plan area"),
    *("English devolved area", "Local authority"),
)


def _short(level: Level) -> str:
    return _SHORT.get(level.name) or str(level.code).removesuffix("_code")


FIRST = (
    Check("precheck_geog_level", "Precheck geography", geog_level, "unknown levels"),
    Check("precheck_geog_level_present", "Precheck geography", geog_level_present, "missing"),
)
"""What must hold before anything else is asked of the places."""

CHECKS = (
    *(
        Check(f"check_geog_{_short(level)}_combos", _STAGE, _combos(level), "unknown places")
        for level in (_BY_NAME[name] for name in _NAMED)
    ),
    Check("check_geog_level_completed", _STAGE, geog_level_completed, "a place is not named"),
    Check("check_geog_ignored_rows", _STAGE, schools_and_providers, "may not stand in one file"),
    Check("check_geog_ignored_rows", _STAGE, only_ignored, "table tools leave these out", _NOTE),
    Check("check_geog_other_dupes", _STAGE, _other_dupes(by_name=True), "several codes"),
    Check("check_geog_la_col_present", _STAGE, la_col_present, "missing"),
    Check("check_geog_region_col_present", _STAGE, region_col_present, "missing"),
    Check("check_geog_region_for_la", _STAGE, _region_for("Local authority"), "no region", _NOTE),
    Check(
        "check_geog_region_for_lad",
        _STAGE,
        _region_for("Local authority district"),
        "no region",
        _NOTE,
    ),
    Check("check_geog_na", _STAGE, geog_na, "not available but named"),
    Check("check_geog_na_code", _STAGE, geog_na_code, "not available but with a code"),
    Check("check_geog_other_code_dupes", _STAGE, _other_dupes(by_name=False), "several names"),
    Check("check_geog_overcompleted_cols", _STAGE, overcompleted_cols, "finer than their rows"),
)
"""In the order in which they run."""
