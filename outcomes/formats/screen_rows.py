"""Checks the rows of a statistics file but for its places; see `screening`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from outcomes.formats.screen_columns import twice
from outcomes.formats.screen_words import (
    DICTIONARY,
    ETHNICITY_GROUPS,
    ETHNICITY_MAJOR,
    FOUR_DIGITS,
    HARMONISED,
    ITEM_LIMIT,
    LEGACY,
    LENGTHS,
    LEVELS,
    LIKE_PLACES,
    NULLS,
    OBSERVATIONAL,
    OBSOLETE,
    SMALL,
    TIME_GROUPS,
    TOTALS,
)
from outcomes.formats.screening import Check, Pair, Result

_CODES = tuple(each for level in LEVELS for each in (level.code, level.second_code) if each)
_TITLES = tuple(level.title for level in LEVELS)


def _filters_and_groups(pair: Pair) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*pair.filters, *pair.groups)))


def general_null(pair: Pair) -> list[str]:
    """Find words that programs write for nothing."""
    cells = {cell for sheet in (pair.data, pair.meta) for row in sheet.rows for cell in row}
    return [each for each in NULLS if each in cells]


def legacy_symbols(pair: Pair) -> list[str]:
    """Find signs that people used to write for nothing."""
    cells = {cell for row in pair.data.rows for cell in row}
    return [each for each in LEGACY if each in cells]


def not_singular(pair: Pair) -> list[str]:
    """Find filters with one value."""
    return [each for each in pair.filters if len(pair.data.levels(each)) <= 1]


def time_period_num(pair: Pair) -> list[str]:
    """Find times that are not four or six digits."""
    return [
        each for each in pair.data.levels("time_period") if not re.fullmatch(r"\d{4}(\d{2})?", each)
    ]


def time_id_valid(pair: Pair) -> list[str]:
    """Find parts of a year that the standard does not know."""
    known = {each for group in TIME_GROUPS for each in group}
    return [each for each in pair.data.levels("time_identifier") if each not in known]


def time_id_mix(pair: Pair) -> list[str]:
    """Find parts of a year that may not stand beside the first one, as a quarter beside a year."""
    present = pair.data.levels("time_identifier")
    allowed = {each for group in TIME_GROUPS if {*group} & {*present[:1]} for each in group}
    return [each for each in present if each not in allowed]


def time_period(pair: Pair) -> list[str]:
    """Find times with the wrong number of digits for their part of a year."""
    length = 4 if {*pair.data.levels("time_identifier")} & {*FOUR_DIGITS} else 6
    return [each for each in pair.data.levels("time_period") if len(each) != length]


def time_period_six(pair: Pair) -> list[str]:
    """Find six digits that are no two years in a row."""
    six = [each for each in pair.data.levels("time_period") if re.fullmatch(r"\d{6}", each)]
    return [each for each in six if (int(each[2:4]) + 1) % 100 != int(each[4:])]


def filter_defaults(pair: Pair) -> Iterator[str]:
    """Find filters and groups without the value that is chosen first, usually `Total`."""
    own = {row.get("col_name"): row.get("filter_default") for row in pair.meta.records()}
    for each in _filters_and_groups(pair):
        if (own.get(each) or "Total") not in pair.data.levels(each):
            yield each


def filter_group_level(pair: Pair) -> list[str]:
    """Find groups with more values than the filter that they group."""
    return [
        row["filter_grouping_column"]
        for row in pair.meta.records()
        if row.get("filter_grouping_column")
        and len(pair.data.levels(row["filter_grouping_column"]))
        > len(pair.data.levels(row["col_name"]))
    ]


def filter_item_limit(pair: Pair) -> list[str]:
    """Find filters with too many values."""
    return [each for each in _filters_and_groups(pair) if len(pair.data.levels(each)) > ITEM_LIMIT]


def filter_whitespace(pair: Pair) -> list[str]:
    """Find values that begin or end with a space."""
    named = (*pair.filters, *_CODES, *_TITLES)
    return [value for each in named for value in pair.data.levels(each) if value != value.strip()]


def filter_ob_total(pair: Pair) -> list[str]:
    """Find totals in the columns of when and where."""
    named = [
        each
        for each in pair.data.columns
        if each in OBSERVATIONAL or re.search(LIKE_PLACES, each, re.IGNORECASE)
    ]
    return [each for each in named if {*TOTALS} & {*pair.data.levels(each)}]


def filter_blanks(pair: Pair) -> list[str]:
    """Find filters with blanks."""
    return [each for each in _filters_and_groups(pair) if "" in pair.data.levels(each)]


def general_dupes(pair: Pair) -> list[str]:
    """Find rows that are alike in when, where and every filter."""
    named = {*OBSERVATIONAL, *_filters_and_groups(pair)}
    places = [place for place, each in enumerate(pair.data.columns) if each in named]
    levels = pair.data.column("geographic_level")
    return twice(
        " / ".join(row[place] for place in places)
        for row, level in zip(pair.data.rows, levels, strict=True)
        if level not in (*SMALL, "Planning area")
    )


def ind_invalid_entry(pair: Pair) -> list[str]:
    """Find indicators with blanks or signs that are not used any more."""
    bad = {"", *OBSOLETE, *LEGACY}
    return [each for each in pair.indicators if bad & {*pair.data.levels(each)}]


def ind_numbers(pair: Pair) -> list[str]:
    """Find indicator cells that are no plain number and no symbol: commas, signs of units."""
    plain = re.compile(r"-?\d+(\.\d+)?|c|k|low|u|x|z")
    return [
        f"{each}: {value}"
        for each in pair.indicators
        for value in pair.data.levels(each)
        if value not in {"", *OBSOLETE, *LEGACY} and not plain.fullmatch(value)
    ]


def harmonised_variables(pair: Pair) -> list[str]:
    """Find columns about something with agreed names that have another name."""
    agreed = {each for names in HARMONISED.values() for each in names}
    named = dict.fromkeys((*pair.meta.column("col_name"), *pair.groups))
    return [
        each
        for each in named
        if each not in agreed and any(word in each.lower() for word in HARMONISED)
    ]


def harmonised_eth_vals(pair: Pair) -> list[str]:
    """Find ethnic groups with other names than the agreed ones."""
    return [each for each in pair.data.levels("ethnicity_major") if each not in ETHNICITY_MAJOR]


def harmonised_eth_char_grp(pair: Pair) -> list[str]:
    """Find groups about ethnicity with other names than the agreed ones."""
    return [
        each
        for each in pair.data.levels("characteristic_group")
        if "ethnic" in each.lower() and not any(name in each for name in ETHNICITY_GROUPS)
    ]


def harmonised_eth_char_vals(pair: Pair) -> list[str]:
    """Find ethnic groups among characteristics with other names than the agreed ones."""
    pairs = zip(
        pair.data.column("characteristic_group"), pair.data.column("characteristic"), strict=False
    )
    found = dict.fromkeys(value for group, value in pairs if "ethnic" in group.lower())
    return [each for each in found if each not in ETHNICITY_MAJOR]


def _too_long(what: str, values: Callable[[Pair], Iterable[str]]) -> Callable[[Pair], list[str]]:
    """Make a check for texts longer than the interface takes."""
    return lambda pair: [each for each in values(pair) if len(each) > LENGTHS[what]]


def _items(pair: Pair) -> Iterator[str]:
    for each in (*_filters_and_groups(pair), *_TITLES):
        yield from pair.data.levels(each)


def _location_codes(pair: Pair) -> Iterator[str]:
    for each in _CODES:
        yield from pair.data.levels(each)


def dict_col_name(pair: Pair) -> list[str]:
    """Find columns that the dictionary of the interface does not know."""
    named = (*pair.meta.column("col_name"), *pair.groups)
    return [each for each in named if each not in DICTIONARY]


def dict_fil_item(pair: Pair) -> list[str]:
    """Find values of agreed filters that the dictionary of the interface does not know."""
    return [
        f"{each}: {value}"
        for each in pair.filters
        if each in DICTIONARY
        for value in pair.data.levels(each)
        if value not in DICTIONARY[each]
    ]


_GENERAL, _FILTERS, _TIME = "Check general", "Check filters", "Check time"
_INDICATORS, _HARMONISED, _API = "Check indicators", "Check harmonised", "Check API"
_NOTE = Result.ADVISORY
BEFORE_PLACES = (
    Check("check_general_null", _GENERAL, general_null, "words for nothing"),
    Check("check_general_null", _GENERAL, legacy_symbols, "old signs for nothing", _NOTE),
    Check("precheck_filter_not_singular", "Precheck filters", not_singular, "only one value"),
    Check("precheck_time_period_num", "Precheck time", time_period_num, "no four or six digits"),
    Check("precheck_time_id_valid", "Precheck time", time_id_valid, "unknown parts of a year"),
    Check("precheck_time_id_mix", "Precheck time", time_id_mix, "may not stand in one file"),
)
"""What runs before the places are looked at, in this order."""

AFTER_PLACES = (
    Check("check_time_period", _TIME, time_period, "wrong number of digits"),
    Check("check_time_period_six", _TIME, time_period_six, "no two years in a row"),
    Check("check_filter_defaults", _FILTERS, filter_defaults, "no Total and no default", _NOTE),
    Check("check_filter_group_level", _FILTERS, filter_group_level, "more groups than values"),
    Check("check_filter_item_limit", _FILTERS, filter_item_limit, "too many values"),
    Check("check_filter_whitespace", _FILTERS, filter_whitespace, "spaces around values"),
    Check("check_filter_ob_total", _FILTERS, filter_ob_total, "totals among places and times"),
    Check("check_filter_blanks", _FILTERS, filter_blanks, "blank values"),
    Check("check_general_dupes", "Check duplicates", general_dupes, "rows stand twice"),
)
"""What runs between the two looks at the places."""

LAST = (
    Check("check_ind_invalid_entry", _INDICATORS, ind_invalid_entry, "blank or obsolete"),
    Check("check_ind_invalid_entry", _INDICATORS, ind_numbers, "no plain numbers"),
    Check("check_harmonised_variables", _HARMONISED, harmonised_variables, "agreed names exist"),
    Check("check_harmonised_eth_vals", _HARMONISED, harmonised_eth_vals, "not agreed", _NOTE),
    Check("check_harmonised_eth_char_grp", _HARMONISED, harmonised_eth_char_grp, "not agreed"),
    Check(
        "check_harmonised_eth_char_vals", _HARMONISED, harmonised_eth_char_vals, "not agreed", _NOTE
    ),
    Check(
        "check_api_char_col_name",
        _API,
        _too_long("column name", lambda pair: pair.data.columns),
        "too long",
        _NOTE,
    ),
    Check(
        "check_api_char_col_label",
        _API,
        _too_long("label", lambda pair: pair.meta.column("label")),
        "too long",
        _NOTE,
    ),
    Check(
        "check_api_char_loc_code",
        _API,
        _too_long("location code", _location_codes),
        "too long",
        _NOTE,
    ),
    Check("check_api_char_filter_items", _API, _too_long("item", _items), "too long", _NOTE),
    Check("check_data_dict_col_name", _API, dict_col_name, "not in the dictionary", _NOTE),
    Check("check_data_dict_fil_item", _API, dict_fil_item, "not in the dictionary", _NOTE),
)
"""What runs last."""
