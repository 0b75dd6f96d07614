"""The screener lets our own files through and catches one break of every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from outcomes.episode import Audience
from outcomes.formats.ees import ON_PURPOSE, pair_of, write_statistics
from outcomes.formats.screener import CHECKS, refuse_if_failed, screen
from outcomes.formats.screening import Pair, Result, Sheet, UnscreenedFileError
from outcomes.formats.sheets import statistics_tables
from tests.outcomes.sample import sample_release

Mutation = Callable[[Pair], Pair]
PERIODS = ("2026/27-Q3", "2026/27")
KNOWN_NOTES = {
    "check_meta_fil_grp_is_fil",  # a group is named with its filter only, as the guide says
    "check_filter_defaults",  # there is no total over all measures
    "check_data_dict_col_name",  # the dictionary is about schools
}


def named(name: str, period: str = "2026/27", audience: Audience = Audience.ICB) -> Pair:
    """Give one of the pairs of files that an audience gets."""
    tables = statistics_tables(sample_release(period), audience)
    return next(pair_of(each) for each in tables if each.name == name)


def strict() -> Pair:
    return named("outcomes_la")


def cell(column: str, value: str, row: int = 0) -> Mutation:
    """Change one cell of the data; every cell of the column with row -1."""

    def change(pair: Pair) -> Pair:
        place = pair.data.columns.index(column)
        rows = [list(each) for each in pair.data.rows]
        for number, each in enumerate(rows):
            if row in (number, -1):
                each[place] = value
        return replace(pair, data=Sheet(pair.data.columns, tuple(map(tuple, rows))))

    return change


def described(name: str, column: str, value: str) -> Mutation:
    """Change one cell of the description."""

    def change(pair: Pair) -> Pair:
        place = pair.meta.columns.index(column)
        rows = [list(each) for each in pair.meta.rows]
        next(each for each in rows if each[0] == name)[place] = value
        return replace(pair, meta=Sheet(pair.meta.columns, tuple(map(tuple, rows))))

    return change


def renamed(old: str, new: str) -> Mutation:
    """Rename a column of the data."""

    def change(pair: Pair) -> Pair:
        columns = tuple(new if each == old else each for each in pair.data.columns)
        return replace(pair, data=Sheet(columns, pair.data.rows))

    return change


def meta_renamed(old: str, new: str) -> Mutation:
    """Rename a column of the description."""

    def change(pair: Pair) -> Pair:
        columns = tuple(new if each == old else each for each in pair.meta.columns)
        return replace(pair, meta=Sheet(columns, pair.meta.rows))

    return change


def column(name: str, *values: str) -> Mutation:
    """Add a column to the data, the values over and over again."""

    def change(pair: Pair) -> Pair:
        rows = tuple(
            (*row, values[number % len(values)]) for number, row in enumerate(pair.data.rows)
        )
        return replace(pair, data=Sheet((*pair.data.columns, name), rows))

    return change


def row(*cells: str) -> Mutation:
    """Add a row to the description."""

    def change(pair: Pair) -> Pair:
        full = (*cells, *[""] * (len(pair.meta.columns) - len(cells)))
        return replace(pair, meta=Sheet(pair.meta.columns, (*pair.meta.rows, full)))

    return change


def all_of(*changes: Mutation) -> Mutation:
    """Make several changes."""

    def change(pair: Pair) -> Pair:
        for each in changes:
            pair = each(pair)
        return pair

    return change


def twice(pair: Pair) -> Pair:
    return replace(pair, data=Sheet(pair.data.columns, (*pair.data.rows, pair.data.rows[0])))


def many(pair: Pair) -> Pair:
    rows = tuple((str(number),) for number in range(25_001))
    return replace(pair, data=Sheet(("breakdown",), rows))


def files(data: str, meta: str) -> Mutation:
    return lambda pair: replace(pair, data_name=data, meta_name=meta)


def at(level: str, *more: Mutation) -> Mutation:
    """Put the first row at another level, with more changes."""
    return all_of(*more, cell("geographic_level", level))


def place(level: str, code: str, name: str) -> Mutation:
    return at(level, column(code, "E1"), column(name, "Somewhere"))


LONG = "long " * 30
MUTATIONS: dict[str, Mutation] = {
    "check_filename_spaces": files("outcomes la.csv", "outcomes la.meta.csv"),
    "check_filename_special": files("outcomes+la.csv", "outcomes+la.meta.csv"),
    "check_filenames_match": files("outcomes_la.csv", "outcomes.meta.csv"),
    "check_col_dupes": renamed("last_mean", "first_mean"),
    "precheck_col_req_meta": meta_renamed("filter_hint", "hint"),
    "precheck_col_invalid_meta": meta_renamed("filter_hint", "hint"),
    "precheck_col_req_data": renamed("country_name", "country"),
    "precheck_col_to_rows": all_of(
        *[row(f"more_{n}", "Indicator", f"More {n}") for n in range(30)]
    ),
    "precheck_cross_meta_to_data": renamed("last_mean", "lost_mean"),
    "precheck_cross_data_to_meta": column("colour", "red", "blue"),
    "check_col_names_spaces": renamed("last_mean", "last mean"),
    "check_col_snake_case": renamed("last_mean", "lastMean"),
    "check_col_var_start": renamed("last_mean", "2_mean"),
    "check_col_ind_smushed": described("last_mean", "col_name", "female_count"),
    "check_col_var_characteristic": described("breakdown", "col_name", "characteristic"),
    "precheck_meta_col_type": described("breakdown", "col_type", "Filtre"),
    "precheck_meta_ob_unit": row("la_name", "Filter", "Place"),
    "precheck_meta_col_name": described("breakdown", "col_name", " "),
    "check_meta_dupe_label": described("last_mean", "label", "Mean at the start"),
    "check_meta_fil_grp": described("last_mean", "filter_grouping_column", "measure"),
    "check_meta_fil_grp_dupe": described("breakdown", "filter_grouping_column", "measure"),
    "check_meta_fil_grp_is_fil": described("breakdown", "filter_grouping_column", "nothing"),
    "check_meta_fil_grp_match": described("breakdown", "filter_grouping_column", "nothing"),
    "check_meta_fil_grp_stripped": cell("breakdown_topic", "Total."),
    "check_meta_label": described("last_mean", "label", " "),
    "check_meta_filter_hint": described("last_mean", "filter_hint", "look here"),
    "check_meta_geog_catch": described("breakdown", "col_name", "region_name"),
    "check_meta_indicator_dp": described("breakdown", "indicator_dp", "1"),
    "check_meta_col_name_spaces": described("breakdown", "col_name", "break down"),
    "check_meta_col_name_dupe": described("last_mean", "col_name", "first_mean"),
    "check_meta_ind_dp_set": described("last_mean", "indicator_dp", ""),
    "check_meta_ind_dp_values": described("last_mean", "indicator_dp", "-1"),
    "check_meta_ind_unit": described("breakdown", "indicator_unit", "%"),
    "check_meta_ind_unit_validation": described("last_mean", "indicator_unit", "steps"),
    "check_meta_indicator_grouping": described("breakdown", "indicator_grouping", "Counts"),
    "check_general_null": cell("last_mean", "NA"),
    "precheck_filter_not_singular": cell("breakdown", "Total", -1),
    "precheck_time_period_num": cell("time_period", "2026/27"),
    "precheck_time_id_valid": cell("time_identifier", "Third quarter"),
    "precheck_time_id_mix": cell("time_identifier", "Financial year Q3"),
    "precheck_geog_level": cell("geographic_level", "Integrated care board"),
    "precheck_geog_level_present": cell("geographic_level", "Ward"),
    "check_time_period": cell("time_period", "2026"),
    "check_time_period_six": cell("time_period", "202628"),
    "check_filter_defaults": cell("breakdown", "Everybody", -1),
    "check_filter_group_level": cell("breakdown", "Total", -1),
    "check_filter_item_limit": many,
    "check_filter_whitespace": cell("breakdown", " Total"),
    "check_filter_ob_total": cell("la_name", "Total"),
    "check_filter_blanks": cell("breakdown", ""),
    "check_general_dupes": twice,
    "check_geog_country_combos": cell("country_name", "Wales"),
    "check_geog_region_combos": cell("region_name", "West Midlands"),
    "check_geog_ward_combos": place("Ward", "ward_code", "ward_name"),
    "check_geog_pcon_combos": place("Parliamentary constituency", "pcon_code", "pcon_name"),
    "check_geog_lad_combos": place("Local authority district", "lad_code", "lad_name"),
    "check_geog_lep_combos": place(
        "Local enterprise partnership",
        "local_enterprise_partnership_code",
        "local_enterprise_partnership_name",
    ),
    "check_geog_lsip_combos": place("Local skills improvement plan area", "lsip_code", "lsip_name"),
    "check_geog_eda_combos": place(
        "English devolved area", "english_devolved_area_code", "english_devolved_area_name"
    ),
    "check_geog_la_combos": cell("old_la_code", "830"),
    "check_geog_level_completed": cell("la_name", ""),
    "check_geog_ignored_rows": cell("geographic_level", "Institution"),
    "check_geog_other_dupes": all_of(
        cell("geographic_level", "MAT", -1),
        column("trust_id", "1", "2"),
        column("trust_name", "One"),
    ),
    "check_geog_la_col_present": renamed("old_la_code", "older_code"),
    "check_geog_region_col_present": renamed("region_code", "older_code"),
    "check_geog_region_for_la": cell("region_name", ""),
    "check_geog_region_for_lad": cell("geographic_level", "Local authority district"),
    "check_geog_na": at("MAT", column("trust_id", "x"), column("trust_name", "One")),
    "check_geog_na_code": at("MAT", column("trust_id", "1"), column("trust_name", "Not available")),
    "check_geog_other_code_dupes": all_of(
        cell("geographic_level", "MAT", -1),
        column("trust_id", "1"),
        column("trust_name", "One", "Two"),
    ),
    "check_geog_overcompleted_cols": cell("geographic_level", "Regional"),
    "check_ind_invalid_entry": cell("last_mean", "~"),
    "check_harmonised_variables": described("breakdown", "col_name", "ethnic_group"),
    "check_harmonised_eth_vals": column("ethnicity_major", "Caucasian"),
    "check_harmonised_eth_char_grp": column("characteristic_group", "Ethnics"),
    "check_harmonised_eth_char_vals": all_of(
        column("characteristic_group", "Ethnicity Major"), column("characteristic", "Caucasian")
    ),
    "check_api_char_col_name": renamed("last_mean", LONG),
    "check_api_char_col_label": described("last_mean", "label", LONG),
    "check_api_char_loc_code": cell("new_la_code", LONG),
    "check_api_char_filter_items": cell("breakdown", LONG),
    "check_data_dict_col_name": row("colour", "Filter", "Colour"),
    "check_data_dict_fil_item": all_of(column("sex", "Boys"), row("sex", "Filter", "Sex")),
}
MORE = (
    ("check_general_null", cell("last_mean", "N/A")),
    ("check_ind_invalid_entry", cell("last_mean", "")),
    ("check_ind_invalid_entry", cell("numerator_count", "1,250")),
    ("check_ind_invalid_entry", cell("share_percent", "79%")),
    (
        "check_geog_ignored_rows",
        all_of(cell("geographic_level", "School"), cell("geographic_level", "Provider", 1)),
    ),
    ("check_geog_region_for_lad", all_of(
        cell("geographic_level", "Local authority district"), cell("region_code", ""))),
    ("check_time_period", all_of(
        cell("time_identifier", "Calendar year", -1), cell("time_period", "202627"))),
)  # fmt: skip


def broken(name: str, pair: Pair) -> set[str]:
    return {found for check in CHECKS if check.name == name for found in check.find(pair)}


def test_every_check_has_a_break_that_it_must_catch() -> None:
    assert {check.name for check in CHECKS} == set(MUTATIONS)


@pytest.mark.parametrize(("name", "change"), [*MUTATIONS.items(), *MORE])
def test_a_file_with_one_thing_wrong_is_caught(name: str, change: Mutation) -> None:
    pair = strict()
    if name == "check_geog_region_for_lad":
        change = all_of(change, cell("region_name", ""))
    assert broken(name, change(pair)) - broken(name, pair)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("audience", Audience)
def test_the_strict_files_keep_every_rule(period: str, audience: Audience) -> None:
    for table in statistics_tables(sample_release(period), audience):
        if table.name.endswith("_la"):
            report = screen(pair_of(table))
            assert {check.name for check in CHECKS} == {each.check for each in report.findings}
            assert not report.of(Result.FAIL)
            assert {each.check for each in report.of(Result.ADVISORY)} <= KNOWN_NOTES


@pytest.mark.parametrize("period", PERIODS)
def test_the_footprint_files_break_only_what_is_said(period: str) -> None:
    for table in statistics_tables(sample_release(period), Audience.ICB):
        if table.name.endswith("_footprint"):
            pair = pair_of(table)
            assert set(ON_PURPOSE) == {each.check for each in screen(pair).of(Result.FAIL)}
            report = screen(pair, ON_PURPOSE)
            assert {check.name for check in CHECKS} == {each.check for each in report.findings}
            assert not report.of(Result.FAIL)
            assert {each.check for each in report.of(Result.ADVISORY)} == {
                *KNOWN_NOTES,
                "precheck_cross_data_to_meta",  # the columns of the board
                *ON_PURPOSE,
            }


def test_a_fail_blocks_the_file_and_says_what_is_wrong() -> None:
    pair = cell("breakdown", "")(strict())
    with pytest.raises(UnscreenedFileError, match="check_filter_blanks: blank values: 'breakdown'"):
        refuse_if_failed(pair, screen(pair))


def test_a_later_stage_is_not_asked_after_a_fail() -> None:
    report = screen(renamed("country_name", "country")(strict()))
    assert Result.FAIL is report.result
    assert "Check API" not in {each.stage for each in report.findings}


def test_a_table_that_breaks_a_rule_is_not_written() -> None:
    table = statistics_tables(sample_release("2026/27"), Audience.DERBY_CITY)[0]
    with pytest.raises(UnscreenedFileError, match="check_general_dupes"):
        write_statistics(replace(table, rows=(*table.rows, table.rows[0])))


def test_only_what_is_named_is_let_through() -> None:
    pair = cell("breakdown", "")(named("outcomes_footprint"))
    assert Result.FAIL is screen(pair, ON_PURPOSE).result
