"""Checks the description of a statistics file's columns; see `screening`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from outcomes.formats.screen_columns import twice
from outcomes.formats.screen_words import LIKE_PLACES, OBSERVATIONAL, UNITS
from outcomes.formats.screening import Check, Pair, Result

_NAMES_OF_PEOPLE = ("school_name", "provider_name")


def col_type(pair: Pair) -> list[str]:
    """Find columns that are neither filter nor indicator."""
    return [each for each in pair.meta.levels("col_type") if each not in ("Filter", "Indicator")]


def ob_unit(pair: Pair) -> list[str]:
    """Find columns of when and where, which are never described."""
    named = {*pair.meta.column("col_name"), *pair.groups}
    return [each for each in OBSERVATIONAL if each in named and each not in _NAMES_OF_PEOPLE]


def col_name(pair: Pair) -> list[str]:
    """Find rows without a column name."""
    return [
        f"row {place}"
        for place, each in enumerate(pair.meta.column("col_name"), 1)
        if not each.strip()
    ]


def dupe_label(pair: Pair) -> list[str]:
    """Find labels that stand twice."""
    return twice(pair.meta.column("label"))


def _filled(pair: Pair, kind: str, column: str) -> list[str]:
    """Find rows of one kind with a value in a column that is for the other kind."""
    return [
        row.get("col_name", "")
        for row in pair.meta.records()
        if row.get("col_type") == kind and row.get(column)
    ]


def fil_grp(pair: Pair) -> list[str]:
    """Find indicators with a group of filters."""
    return _filled(pair, "Indicator", "filter_grouping_column")


def fil_grp_dupe(pair: Pair) -> list[str]:
    """Find groups that group two filters."""
    return twice(pair.groups)


def fil_grp_is_fil(pair: Pair) -> list[str]:
    """Find groups that are not filters themselves."""
    return [each for each in pair.groups if each not in pair.meta.column("col_name")]


def fil_grp_match(pair: Pair) -> list[str]:
    """Find groups that the data have not."""
    return [each for each in pair.groups if each not in pair.data.columns]


def fil_grp_stripped(pair: Pair) -> list[str]:
    """Find groups whose values differ in signs only."""
    return [
        each
        for each in pair.groups
        if len({re.sub(r"[\W_]", "", value) for value in pair.data.levels(each)})
        < len(pair.data.levels(each))
    ]


def label(pair: Pair) -> list[str]:
    """Find columns without a label."""
    return [
        row.get("col_name", "") for row in pair.meta.records() if not row.get("label", "").strip()
    ]


def filter_hint(pair: Pair) -> list[str]:
    """Find indicators with a hint for filters."""
    return _filled(pair, "Indicator", "filter_hint")


def geog_catch(pair: Pair) -> Iterator[str]:
    """Find filters that look like places."""
    named = (*pair.filters, *pair.groups)
    for each in named:
        is_alone = len(pair.filters) == 1 and each in _NAMES_OF_PEOPLE
        if re.search(LIKE_PLACES, each, re.IGNORECASE) and not is_alone:
            yield each


def indicator_dp(pair: Pair) -> list[str]:
    """Find filters with decimals."""
    return _filled(pair, "Filter", "indicator_dp")


def col_name_spaces(pair: Pair) -> list[str]:
    """Find described names with spaces."""
    return [each for each in pair.meta.column("col_name") if re.search(r"\s", each)]


def col_name_dupe(pair: Pair) -> list[str]:
    """Find columns that are described twice."""
    return twice(pair.meta.column("col_name"))


def ind_dp_set(pair: Pair) -> list[str]:
    """Find indicators for which nobody said how many decimals they have."""
    return [
        row.get("col_name", "")
        for row in pair.meta.records()
        if row.get("col_type") == "Indicator" and not row.get("indicator_dp", "").strip()
    ]


def ind_dp_values(pair: Pair) -> list[str]:
    """Find numbers of decimals that are none."""
    return [each for each in pair.meta.levels("indicator_dp") if not re.fullmatch(r"\d*", each)]


def ind_unit(pair: Pair) -> list[str]:
    """Find filters with a unit."""
    return _filled(pair, "Filter", "indicator_unit")


def ind_unit_validation(pair: Pair) -> list[str]:
    """Find units that the standard does not know."""
    return [each for each in pair.meta.levels("indicator_unit") if each and each not in UNITS]


def indicator_grouping(pair: Pair) -> list[str]:
    """Find filters with a group of indicators."""
    return _filled(pair, "Filter", "indicator_grouping")


_BEFORE, _META = "Precheck meta", "Check meta"
_NOTE = Result.ADVISORY
CHECKS = (
    Check("precheck_meta_col_type", _BEFORE, col_type, "neither Filter nor Indicator"),
    Check("precheck_meta_ob_unit", _BEFORE, ob_unit, "when and where are not described"),
    Check("precheck_meta_col_name", _BEFORE, col_name, "no column name"),
    Check("check_meta_dupe_label", _META, dupe_label, "labels stand twice"),
    Check("check_meta_fil_grp", _META, fil_grp, "indicators have a group of filters"),
    Check("check_meta_fil_grp_dupe", _META, fil_grp_dupe, "groups group two filters"),
    Check("check_meta_fil_grp_is_fil", _META, fil_grp_is_fil, "groups are no filters", _NOTE),
    Check("check_meta_fil_grp_match", _META, fil_grp_match, "groups are not in the data"),
    Check("check_meta_fil_grp_stripped", _META, fil_grp_stripped, "values differ in signs only"),
    Check("check_meta_label", _META, label, "no label"),
    Check("check_meta_filter_hint", _META, filter_hint, "indicators have a hint"),
    Check("check_meta_geog_catch", _META, geog_catch, "filters look like places"),
    Check("check_meta_indicator_dp", _META, indicator_dp, "filters have decimals"),
    Check("check_meta_col_name_spaces", _META, col_name_spaces, "names have spaces"),
    Check("check_meta_col_name_dupe", _META, col_name_dupe, "described twice"),
    Check("check_meta_ind_dp_set", _META, ind_dp_set, "no number of decimals", _NOTE),
    Check("check_meta_ind_dp_values", _META, ind_dp_values, "not a number of decimals"),
    Check("check_meta_ind_unit", _META, ind_unit, "filters have a unit"),
    Check("check_meta_ind_unit_validation", _META, ind_unit_validation, "unknown units"),
    Check("check_meta_indicator_grouping", _META, indicator_grouping, "filters are grouped"),
)
"""In the order in which they run."""
