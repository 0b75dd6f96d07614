"""Checks the names of files and columns, and that data and description agree; see `screening`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from outcomes.formats.screen_words import (
    OBSERVATIONAL,
    OPTIONAL_META,
    REQUIRED_DATA,
    REQUIRED_META,
    SMUSHED,
)
from outcomes.formats.screening import Check, Pair, Result


def twice(names: Iterable[str]) -> list[str]:
    """Give what stands in a list more than once."""
    return [each for each, times in Counter(names).items() if times > 1]


def _names(pair: Pair) -> tuple[str, str]:
    return pair.data_name, pair.meta_name


def filename_spaces(pair: Pair) -> Iterator[str]:
    """Find file names with spaces."""
    return (each for each in _names(pair) if re.search(r"\s", each))


def filename_special(pair: Pair) -> Iterator[str]:
    """Find file names with more than letters, digits, hyphens and underscores."""
    for each in _names(pair):
        stem = each.removesuffix(".csv").removesuffix(".meta")
        if re.search(r"[^A-Za-z0-9_\s-]", stem):
            yield each


def filenames_match(pair: Pair) -> list[str]:
    """Find a description whose name does not follow from the name of the data."""
    expected = re.sub(r"\.csv$", ".meta.csv", pair.data_name)
    return [] if pair.meta_name == expected else [pair.meta_name]


def req_meta(pair: Pair) -> list[str]:
    """Find columns that the description needs and has not."""
    return [each for each in REQUIRED_META if each not in pair.meta.columns]


def invalid_meta(pair: Pair) -> list[str]:
    """Find columns of the description that the standard does not know."""
    known = (*REQUIRED_META, *OPTIONAL_META)
    return [each for each in pair.meta.columns if each not in known]


def req_data(pair: Pair) -> list[str]:
    """Find columns that the data need and have not."""
    return [each for each in REQUIRED_DATA if each not in pair.data.columns]


def to_rows(pair: Pair) -> list[str]:
    """Find a description of more columns than there are, apart from when and where."""
    left = len(pair.data.columns) - len(REQUIRED_DATA)
    return [f"{len(pair.meta.rows)} > {left}"] if len(pair.meta.rows) > left else []


def meta_to_data(pair: Pair) -> list[str]:
    """Find described columns that the data have not."""
    named = dict.fromkeys((*pair.meta.column("col_name"), *pair.groups))
    return [each for each in named if each not in pair.data.columns]


def data_to_meta(pair: Pair) -> list[str]:
    """Find columns with several values that nothing describes."""
    named = {*OBSERVATIONAL, *pair.meta.column("col_name"), *pair.groups}
    return [
        each for each in pair.data.columns if each not in named and len(pair.data.levels(each)) > 1
    ]


def names_spaces(pair: Pair) -> list[str]:
    """Find column names with spaces."""
    return [each for each in pair.data.columns if re.search(r"\s", each)]


def snake_case(pair: Pair) -> list[str]:
    """Find column names with more than small letters, digits and underscores."""
    return [each for each in pair.data.columns if re.search(r"[^a-z0-9_]", each)]


def var_start(pair: Pair) -> list[str]:
    """Find column names that do not start with a small letter."""
    return [each for each in pair.data.columns if not re.match(r"[a-z]", each)]


def ind_smushed(pair: Pair) -> list[str]:
    """Find indicators whose names hold what should be a filter."""
    return [each for each in pair.indicators if any(word in each.lower() for word in SMUSHED)]


def var_characteristic(pair: Pair) -> list[str]:
    """Find the names that older files used for any breakdown."""
    named = (*pair.meta.column("col_name"), *pair.groups)
    return [each for each in named if each in ("characteristic", "characteristic_group")]


def col_dupes(pair: Pair) -> list[str]:
    """Find column names that stand twice."""
    return twice(pair.data.columns)


_FILES, _BEFORE, _CROSS, _COLUMNS = (
    "Check filenames",
    "Precheck columns",
    "Precheck cross-file",
    "Check columns",
)
_NOTE = Result.ADVISORY
CHECKS = (
    Check("check_filename_spaces", _FILES, filename_spaces, "file names have spaces"),
    Check("check_filename_special", _FILES, filename_special, "file names have odd characters"),
    Check("check_filenames_match", _FILES, filenames_match, "the file names do not match"),
    Check("check_col_dupes", _BEFORE, col_dupes, "column names stand twice"),
    Check("precheck_col_req_meta", _BEFORE, req_meta, "the description lacks columns"),
    Check("precheck_col_invalid_meta", _BEFORE, invalid_meta, "the description has odd columns"),
    Check("precheck_col_req_data", _BEFORE, req_data, "the data lack columns"),
    Check("precheck_col_to_rows", _BEFORE, to_rows, "more is described than there is"),
    Check("precheck_cross_meta_to_data", _CROSS, meta_to_data, "described but not in the data"),
    Check("precheck_cross_data_to_meta", _CROSS, data_to_meta, "not described", _NOTE),
    Check("check_col_names_spaces", _COLUMNS, names_spaces, "column names have spaces"),
    Check("check_col_snake_case", _COLUMNS, snake_case, "column names are not snake_case", _NOTE),
    Check("check_col_var_start", _COLUMNS, var_start, "start with no small letter", _NOTE),
    Check("check_col_ind_smushed", _COLUMNS, ind_smushed, "indicators hold what is a filter"),
    Check("check_col_var_characteristic", _COLUMNS, var_characteristic, "old names", _NOTE),
)
"""In the order in which they run."""
