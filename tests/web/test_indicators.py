"""Published indicators on the staff page: every quarter with its rating, and what was corrected."""

from __future__ import annotations

from datetime import timedelta

import httpx

from outcomes.indicators import RULE, derby_csv, derby_moved
from outcomes.quarter import Quarter
from tests.web.plain_browser import Page, look
from tests.web.stage import Stage
from usecases import indicators, signing_in
from usecases.inviting import By

ADDRESS = "/staff/indicators"


async def take(stage: Stage, text: str) -> None:
    by = By("a.worker", stage.world.clock.now)
    assert (await indicators.import_text(stage.service, text, by, print)).faults == 0


async def page_of(stage: Stage, browser: httpx.AsyncClient) -> Page:
    await stage.sign_in(browser, signing_in.STAFF)
    return await look(browser, ADDRESS)


async def test_every_quarter_stands_beside_its_target_with_a_word_for_its_rating(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    assert "Nothing has been imported yet." in (await page_of(stage, browser)).text
    await take(stage, derby_csv())
    page = await look(browser, ADDRESS)
    assert RULE.in_words in page.text
    assert "2022/23-Q2 68.3 74.5 67.4 Red" in page.text
    assert "2023/24-Q1 63.1 72.0 – Red" in page.text
    assert "SS_PM07 · rate · neither way is better, so it is not rated" in page.text
    assert "would end at" not in page.text


async def test_the_forecast_of_the_year_is_marked_with_its_rule(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    """In September 2026 two quarters of the year are there, one of them not ended."""
    await take(stage, derby_moved(Quarter.parse("2026/27-Q1")))
    stage.world.clock.forward(timedelta(days=10))
    await take(stage, derby_moved(Quarter.parse("2026/27-Q2")))
    page = await page_of(stage, browser)
    assert "2026/27 would end at 61.1. Forecast: midway between" in page.text


async def test_what_an_import_corrected_is_listed(stage: Stage, browser: httpx.AsyncClient) -> None:
    await take(stage, derby_csv())
    stage.world.clock.forward(timedelta(hours=1))
    await take(stage, derby_csv().replace("2021/22 Q1,72.6", "2021/22 Q1,72.8"))
    page = await page_of(stage, browser)
    assert "by a.worker: 1 quarter stands as imported then." in page.text
    assert "SS_PM17 2021/22-Q1 actual 72.6 -> 72.8" in page.text
    assert "by a.worker: 131 quarters stand as imported then." in page.text
