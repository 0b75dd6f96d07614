"""Published indicators: taken over whole or not at all, corrected openly, rated and forecast."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

import pytest

from outcomes.forecast import RULE_COUNT, RULE_MIDWAY
from outcomes.indicators import Better, Rag, derby_csv, derby_moved, known
from outcomes.quarter import Period, Quarter, Year, parse_period
from storage import tables
from tests.support.callers import DAY, Place, rows
from usecases import indicators
from usecases.import_faults import Fault
from usecases.import_files import read_file
from usecases.indicator_rows import COLUMNS, EXAMPLE
from usecases.indicators import HEADINGS, Imported, Options
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

NEWEST = Quarter.parse("2023/24-Q4")
LINE = "EX_01,Reviews held in time,percent,2025/26 Q1,97.4,97,"


async def take(
    place: Place,
    service: Service,
    text: str,
    options: Options | None = None,
    *,
    dry_run: bool = False,
) -> tuple[Imported, list[str]]:
    """Import a text; return what was done and every fault as it is said."""
    faults: list[Fault] = []
    done = await indicators.import_rows(
        service, read_file(BytesIO(text.encode()), HEADINGS), place.by, faults.append, options,
        dry_run=dry_run,
    )  # fmt: skip
    return done, [str(each) for each in faults]


def lines(*those: str, more: Sequence[str] = ()) -> str:
    return "\n".join([",".join([*COLUMNS, *more]), *those])


async def ways(service: Service, period: Period = NEWEST) -> dict[str, Better]:
    return {each.code: each.better for each in await indicators.up_to(service, period)}


async def test_the_published_file_is_taken_over_as_it_is_written_and_twice_changes_nothing(
    place: Place, service: Service
) -> None:
    assert await take(place, service, derby_csv()) == (Imported(rows=132, new=132), [])
    stored = await rows(service, tables.indicators)
    texts = {(row.code, row.quarter): (row.actual, row.target, row.comparator) for row in stored}
    assert texts["SS_PM10", "2021/22-Q4"] == ("97.0", "97", None)
    assert texts["SS_PM16", "2021/22-Q1"] == ("9.5", "9.0", "9.7")
    assert await take(place, service, derby_csv()) == (Imported(rows=132, unchanged=132), [])
    assert await rows(service, tables.indicators) == stored
    noted = [(row.did, row.target) for row in await rows(service, tables.audit)]
    assert noted == [
        ("imported indicators", "new 132, changed 0, unchanged 0"),
        ("imported indicators", "new 0, changed 0, unchanged 132"),
    ]


async def test_a_dry_run_says_the_same_and_writes_nothing(place: Place, service: Service) -> None:
    done, _ = await take(place, service, derby_csv(), dry_run=True)
    assert done == Imported(rows=132, new=132)
    assert await rows(service, tables.indicators) == await rows(service, tables.audit) == []


async def test_a_corrected_number_is_reported_and_noted_by_itself(
    place: Place, service: Service
) -> None:
    await take(place, service, derby_csv())
    place.forward(DAY)
    later = derby_csv().replace("2021/22 Q1,72.6,72.0", "2021/22 Q1,72.8,")
    done, _ = await take(place, service, later)
    said = [str(each) for each in done.corrections]
    assert said == [
        "SS_PM17 2021/22-Q1 actual 72.6 -> 72.8",
        "SS_PM17 2021/22-Q1 target 72.0 -> empty",
    ]
    assert (done.new, done.changed, done.unchanged) == (0, 1, 131)
    noted = [row.target for row in await rows(service, tables.audit)]
    assert noted[1:] == ["new 0, changed 1, unchanged 131", *said]
    newest, first = await indicators.past_imports(service)
    assert (newest.at, newest.quarters, list(newest.corrections)) == (place.now, 1, said)
    assert (first.at, first.quarters, first.corrections) == (place.now - DAY, 131, ())


async def test_a_file_with_a_fault_anywhere_is_not_taken_over_at_all(
    place: Place, service: Service
) -> None:
    text = lines(
        LINE,
        "1,Reviews,percent,2025/26 Q2,1,1,",
        "EX_02,,procent,2025/27 Q1,72%,101,1.5.2",
        "EX_03,Reviews,percent,2026/27 Q2,101,100,",
        "EX_04,Moves,count,2025/26 Q1,1.5,1,",
        LINE,
        "EX_01,Something else,rate,2025/26 Q2,1,1,",
        "ex_01,Reviews held in time,percent,2025/26 Q3,1,1,",
        "=cmd,Reviews,percent,2025/26 Q3,1,1",
    )
    done, faults = await take(place, service, text)
    assert await rows(service, tables.indicators) == []
    assert (done.rows, done.faults) == (8, len(faults))
    expected = (
        "row 3, indicator_code: this is no code of an indicator",
        "row 4, indicator: the name is missing",
        "row 4, unit: there is no such choice (procent). Did you mean percent?",
        "row 4, period: this is no quarter of a financial year",
        "row 4, actual: this is no number that we can read",
        "row 4, comparator: this is no number that we can read",
        "row 5, actual: this is more than 100 percent (101)",
        "row 5, actual: 2026/27-Q2 has not ended",
        "row 6, actual: a count has no part after the point (1.5)",
        "row 7, period: this quarter of EX_01 stands in row 2 already",
        "row 8, indicator: row 2 says Reviews held in time of this indicator",
        "row 8, unit: row 2 says percent of this indicator",
        "row 9, indicator_code: row 2 says EX_01 of this indicator",
        "row 10: this row has 6 cells and there are 7 columns",
    )
    for fault, beginning in zip(faults, expected, strict=True):
        assert fault.startswith(beginning), fault


async def test_the_unit_of_what_is_stored_is_not_changed_by_a_later_file(
    place: Place, service: Service
) -> None:
    await take(place, service, lines(LINE))
    done, faults = await take(place, service, lines(LINE.replace("percent", "rate")))
    assert done.faults == 1
    assert faults[0].startswith("row 2, unit: what is stored says percent of this indicator")


async def test_columns_that_are_missing_or_not_ours_are_told(
    place: Place, service: Service
) -> None:
    _, faults = await take(place, service, "indicator_code,indikator,unit,period,actual,target\n")
    assert "column 2 is not one of ours (indikator). Did you mean indicator?" in faults[0]
    assert faults[1:] == [
        "row 1, indicator: this column is missing. Add it; its cells may be empty where noted.",
        "row 1, comparator: this column is missing. Add it; its cells may be empty where noted.",
    ]


# --- which way is better --------------------------------------------------------------------------


async def test_which_way_is_better_is_known_of_published_ones_and_never_guessed(
    place: Place, service: Service
) -> None:
    await take(place, service, derby_csv() + LINE)
    found = await ways(service, Year(2025))
    assert found == {**{code: each.better for code, each in known().items()}, "EX_01": "neither"}
    (mine,) = [each for each in await indicators.up_to(service, Year(2025)) if each.code == "EX_01"]
    assert [each.rag for each in mine.points] == [Rag.NOT_RATED]


async def test_which_way_is_better_is_said_once_and_holds_for_every_quarter(
    place: Place, service: Service
) -> None:
    await take(place, service, lines(LINE))
    second = LINE.replace("Q1,97.4", "Q2,96.0")
    lower = Options(better={"EX_01": Better.LOWER})
    done, _ = await take(place, service, lines(second), lower)
    assert [str(each) for each in done.corrections] == ["EX_01 better neither -> lower"]
    assert (done.new, done.changed) == (1, 1)
    await take(place, service, lines(second.replace("Q2", "Q3")))
    (found,) = await indicators.up_to(service, Year(2025))
    assert found.better is Better.LOWER
    assert [each.rag for each in found.points] == [Rag.AMBER, Rag.GREEN, Rag.GREEN]
    higher = lines(f"{LINE},higher", more=["better"])
    assert [str(each) for each in (await take(place, service, higher))[0].corrections] == [
        "EX_01 better lower -> higher"
    ]


async def test_directions_that_do_not_fit_the_file_are_refused(
    place: Place, service: Service
) -> None:
    text = lines(f"{LINE},higher", more=["better"])
    for code, says in (("EX_01", "say different things"), ("EX_02", "is not in this file")):
        with pytest.raises(Refusal, match=says):
            await take(place, service, text, Options(better={code: Better.LOWER}))


async def test_the_source_is_what_the_file_says_or_whoever_imports_it(
    place: Place, service: Service
) -> None:
    second = LINE.replace("Q1", "Q2")
    text = lines(f"{LINE},A made-up council", f"{second},", more=["source"])
    await take(place, service, text, Options(source="A made-up paper"))
    await take(place, service, lines(LINE.replace("Q1", "Q3")))
    await take(place, service, text)  # without saying so again
    (found,) = await indicators.up_to(service, Year(2025))
    assert found.source == "A made-up council; A made-up paper; The source was not named"


# --- giving out -----------------------------------------------------------------------------------


async def test_an_indicator_is_given_up_to_the_period_with_its_forecast(
    place: Place, service: Service
) -> None:
    await take(place, service, derby_csv())
    found = {
        each.code: each for each in await indicators.up_to(service, parse_period("2023/24-Q3"))
    }
    stable = found["SS_PM17"]
    assert [stable.points[0].quarter, stable.points[-1].quarter] == ["2021/22-Q1", "2023/24-Q3"]
    assert len(stable.points) == 11
    assert (stable.forecast, stable.forecast_rule) == (Decimal("61.8"), RULE_MIDWAY)
    assert stable.points[4].rag is Rag.AMBER
    assert (stable.points[4].comparator, stable.points[8].comparator) == (Decimal("67.4"), None)
    assert found["SS_PM02d"].forecast is None  # nothing is published of that year
    assert all(each.forecast is None for each in await indicators.up_to(service, NEWEST))
    assert await indicators.up_to(service, Quarter.parse("2019/20-Q4")) == ()


async def test_what_adds_up_is_forecast_as_a_sum(place: Place, service: Service) -> None:
    numbers = enumerate((14, 11), 1)
    text = lines(*(f"EX_02,Moves,count,2025/26 Q{each},{number},," for each, number in numbers))
    await take(place, service, text)
    (found,) = await indicators.up_to(service, Year(2025))
    assert (found.forecast, found.forecast_rule) == (Decimal(50), RULE_COUNT)


async def test_the_example_can_be_taken_over(place: Place, service: Service) -> None:
    assert (await take(place, service, EXAMPLE))[0] == Imported(rows=3, new=3)


async def test_series_for_a_made_up_service_end_with_its_quarter_and_say_so(
    place: Place, service: Service
) -> None:
    last = Quarter.parse("2026/27-Q1")
    done = await indicators.import_text(
        service, derby_moved(last), By("somebody", place.now), print
    )
    assert done.faults == 0
    found = {each.code: each for each in await indicators.up_to(service, last)}
    assert found["SS_PM17"].points[-1].quarter == "2026/27-Q1"
    assert found["SS_PM17"].points[-1].actual == Decimal("63.1")
    assert "moved by 3 years for a made-up service" in found["SS_PM17"].source
