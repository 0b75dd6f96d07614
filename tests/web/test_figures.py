"""Commissioners read their own figures in plain words and pictures, and never anybody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from outcomes.episode import Audience
from outcomes.figures import Figure, Symbol
from outcomes.release import Release
from tests.outcomes.pages.whole import whole_release
from tests.outcomes.sample import sample_release
from tests.web.plain_browser import Page
from tests.web.releases import store, two_files
from tests.web.stage import Stage

CITY, COUNTY, BOARD = Audience
COUNCILS = [CITY, COUNTY]
PLANTED = {CITY: 7, COUNTY: 8, BOARD: 9}
"""The first digit of every number of a footprint: 7xxx1 is the city's, 8xxx1 the county's."""

FIGURES = (
    *("numerator", "denominator", "percent", "percent_lower", "percent_upper"),
    *("first_mean", "last_mean", "change_mean", "change_lower", "change_upper"),
    *("percent_if_none", "percent_if_all", "only_first_mean", "median_seconds"),
    *("effect", "only_first", "eligible", "paired", "paired_percent"),
)


async def publish(stage: Stage, release: Release) -> Release:
    """Publish a release with files that are quick to make."""
    return await store(stage.service, release, render=two_files)


def planted(release: Release) -> Release:
    """Give a release whose every count and mean tells by itself whose it is."""

    def plant(figure: Figure) -> Figure:
        first = PLANTED[figure.footprint]
        counts = {
            name: int(f"{first}{place}771")
            for place, name in enumerate(
                (
                    *("numerator", "denominator", "median_seconds"),
                    *("only_first", "eligible", "paired", "paired_percent"),
                )
            )
            if isinstance(getattr(figure, name), int)
        }
        means = {
            name: Decimal(f"4.{first}{place}771")  # a level stays on its scale
            for place, name in enumerate(("effect", "only_first_mean"))
            if isinstance(getattr(figure, name), Decimal)
        }
        return replace(figure, **counts, **means)  # type: ignore[arg-type]  # any field, by name

    return replace(
        release,
        figures=tuple(map(plant, release.figures)),
        flow=tuple(
            replace(each, episodes=int(f"{PLANTED[each.footprint]}9771"))
            if isinstance(each.episodes, int)
            else each
            for each in release.flow
        ),
    )


def pictures_in(html: str) -> set[str]:
    return set(re.findall(r'src="([^"]+/pictures/[^"]+)"', html))


async def everything(browser: httpx.AsyncClient, path: str) -> tuple[str, dict[str, str]]:
    """Give a page and all pictures of it."""
    html = (await browser.get(path)).text
    return html, {each: (await browser.get(each)).text for each in sorted(pictures_in(html))}


def foreign(text: str, own: Audience) -> list[str]:
    """Find the numbers of other footprints."""
    others = "".join(str(first) for place, first in PLANTED.items() if place is not own)
    return re.findall(rf"(?<!\d)[{others}]\d?771", text)


async def test_without_a_release_the_page_says_so(stage: Stage, browser: httpx.AsyncClient) -> None:
    await stage.sign_in(browser, "commissioner:icb")
    assert "There is no release here" in (await browser.get("/commissioner")).text


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
@pytest.mark.parametrize("audience", COUNCILS)
async def test_a_council_reads_its_own_figures_and_nothing_of_the_others(
    stage: Stage, browser: httpx.AsyncClient, audience: Audience, period: str
) -> None:
    await publish(stage, planted(whole_release("2026/27-Q2")))
    release = await publish(stage, planted(whole_release(period)))
    await stage.sign_in(browser, f"commissioner:{audience.value}")
    html, pictures = await everything(browser, f"/commissioner/{release.id}")
    assert f"{PLANTED[audience]}0771" in html, "its own figures are there"
    assert len(pictures) > 10
    for name, text in {"the page": html, **pictures}.items():
        assert not foreign(text, audience), name


@pytest.mark.parametrize("audience", COUNCILS)
async def test_a_council_cannot_ask_for_the_page_or_the_pictures_of_another(
    stage: Stage, browser: httpx.AsyncClient, audience: Audience
) -> None:
    release = await publish(stage, whole_release())
    await stage.sign_in(browser, "commissioner:icb")
    board = await everything(browser, f"/commissioner/{release.id}")
    await stage.sign_in(browser, f"commissioner:{audience.value}")
    for other in set(Audience) - {audience}:
        path = f"/commissioner/{release.id}"
        assert (await browser.get(f"{path}?place={other.value}")).status_code == 404
        for name in board[1]:
            asked = name.replace(BOARD.value, other.value)
            answer = await browser.get(asked)
            assert answer.status_code == 404
            assert "image" not in answer.headers["content-type"]
    assert (await browser.get(f"/commissioner/{release.id}?place=nowhere")).status_code == 404


async def test_the_board_reads_the_whole_service_and_each_council_and_the_three_side_by_side(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await publish(stage, planted(whole_release()))
    await stage.sign_in(browser, "commissioner:icb")
    first = await browser.get("/commissioner")
    assert "<title>Whole service, 2026/27-Q3" in first.text
    assert "The three side by side" in Page(first).text
    for place in COUNCILS:
        html = (await browser.get(f"/commissioner/{release.id}?place={place.value}")).text
        shown = html.partition('id="compared"')[0]
        assert f"{PLANTED[place]}0771" in shown
        assert not foreign(shown, place)


async def test_what_is_withheld_says_so_with_its_reason_and_never_as_nought(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    whole = whole_release()
    hidden = dict.fromkeys(FIGURES, Symbol.WITHHELD)
    release = await publish(
        stage,
        replace(
            whole,
            figures=tuple(
                replace(each, **hidden)  # type: ignore[arg-type]  # any field, by name
                for each in whole.figures
            ),
            flow=tuple(replace(each, episodes=Symbol.WITHHELD) for each in whole.flow),
            indicators=(),
        ),
    )
    await stage.sign_in(browser, "commissioner:derby-city")
    html, pictures = await everything(browser, f"/commissioner/{release.id}")
    assert "withheld, so that nobody can be found" in html
    assert '<p class="value"><span class="hatched">withheld</span></p>' in html
    assert not re.search(r'<p class="value">\d', html)
    assert not any("star.svg" in each for each in pictures)
    assert any("share-" in each for each in pictures)
    for name, svg in pictures.items():
        assert "withheld" in svg or "not shown" in svg, name
        assert "<circle" not in svg, "no point stands for what is not shown"
    gone = await browser.get(f"/commissioner/{release.id}/pictures/derby-city.star.svg")
    assert gone.status_code == 404


async def test_a_measure_has_its_sentence_its_range_and_everything_beside_it(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await publish(stage, whole_release("2026/27-Q2"))
    await publish(stage, whole_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    text = Page(await browser.get("/commissioner")).text
    for said in (
        "About 36 of 60 carers said the home felt more settled at the end than at the start.",
        "The likely range (95%) is from 48% to 72%.",
        "No clear change since 2026/27-Q2 (60%).",
        "About 60 of 80 pieces of support that could have been compared were (75%).",
        "Pieces of support are counted: somebody whose support ended twice counts twice.",
        "Had none of them counted here, it would be 40%; had all of them, 80%.",
        (
            "About 15 answered at the start only. They began at 2.4 on average, those who answered "
            "both times at 2.6: no clear difference."
        ),
        "The change is 0.7 times the spread of the first answers (Hedges' g): medium",
        "How they are rated: Green: at the target or better.",
        "What it is",
        "Outcomes of the contract",
        "Forecast, not a figure",
        "On target (green)",
        "The age bands 0 to 10 and 11 to 15 were put together.",
    ):
        assert said in text
    assert not re.search(r"signific", text, re.IGNORECASE)


async def test_what_stands_beside_a_measure_has_its_table_and_the_rule_of_its_rating(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await publish(stage, sample_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    html = (await browser.get(f"/commissioner/{release.id}")).text
    beside = html.partition("<summary>Read beside: ")[2].partition("How it is worked out")[0]
    assert "How it is rated: Green: at the target or better." in beside
    picture = beside.index("other-ss-pm16.svg")
    assert "<table" in beside[picture:], "its words promise a table below the picture"
    assert "10.4" in beside[picture:]


async def test_the_printed_report_has_the_paired_rate_beside_each_change(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await publish(stage, whole_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    printed = (await browser.get(f"/commissioner/{release.id}")).text.partition("print-measures")[2]
    rows = re.findall(r"<tr><td>([^<]*)</td>.*?<td>([^<]*)</td><td>[^<]*</td></tr>", printed)
    paired = dict(rows)
    assert paired["Feelings better at the end"] == "75%"
    assert paired["Surer of what to do"] == "75%"
    assert paired["An unplanned move"] == ""


async def test_other_quarters_and_years_are_a_link_away(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    older = await publish(stage, sample_release("2026/27-Q2"))
    newer = await publish(stage, sample_release("2026/27-Q3"))
    year = await publish(stage, sample_release("2026/27"))
    await stage.sign_in(browser, "commissioner:derby-city")
    newest = (await browser.get("/commissioner")).text
    assert "<title>Derby City, 2026/27-Q3" in newest, "a quarter comes first"
    assert f'href="/commissioner/{older.id}"' in newest
    assert f'The whole year: <a href="/commissioner/{year.id}"' in newest
    whole = Page(await browser.get(f"/commissioner/{year.id}"))
    assert "This year at a glance" in whole.text
    assert "The quarters of this year: 2026/27-Q2 , 2026/27-Q3" in whole.text
    assert (
        f'href="/commissioner/{newer.id}"' in (await browser.get(f"/commissioner/{year.id}")).text
    )
    assert (await browser.get("/commissioner/no-such-release")).status_code == 404


async def test_quarters_of_long_ago_are_folded_away_but_for_those_of_the_year_on_view(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    periods = [f"202{year}/2{year + 1}-Q{quarter}" for year in (4, 5, 6) for quarter in (2, 4)]
    stored = [await publish(stage, sample_release(each)) for each in periods]
    await stage.sign_in(browser, "commissioner:derby-city")

    async def quarters(label: str, release: Release) -> list[str]:
        html = (await browser.get(f"/commissioner/{release.id}")).text
        nav = html.partition(f'aria-label="{label}"')[2].partition("</nav>")[0]
        return re.findall(r">(\S+-Q\d)[^<]*</a>", nav)

    assert await quarters("Quarters", stored[-1]) == periods[:1:-1]
    assert await quarters("Further quarters", stored[-1]) == periods[1::-1]
    assert await quarters("Quarters", stored[0]) == periods[::-1]
    assert await quarters("Further quarters", stored[0]) == []


async def test_what_is_published_later_says_nothing_on_the_page_of_an_earlier_quarter(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    older = await publish(stage, whole_release("2026/27-Q2", share=60))
    await publish(stage, whole_release("2026/27-Q3", share=30))
    await stage.sign_in(browser, "commissioner:derby-city")
    html, pictures = await everything(browser, f"/commissioner/{older.id}")
    assert not [each for each in pictures if "trend" in each]
    assert "30%" not in html.partition('id="others"')[0]


async def test_a_picture_is_drawn_once_and_not_sent_again(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await publish(stage, sample_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    path = f"/commissioner/{release.id}/pictures/derby-city.star.svg"
    first = await browser.get(path)
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.headers["cache-control"] == "private, no-cache"
    again = await browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await browser.get(path)).content == first.content


async def test_every_picture_has_words_and_a_table_and_no_code(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await publish(stage, whole_release("2026/27-Q2"))
    release = await publish(stage, whole_release())
    await stage.sign_in(browser, "commissioner:icb")
    answer = await browser.get(f"/commissioner/{release.id}")
    screen = answer.text.partition('<div class="printed"')[0]
    assert all(each["alt"].startswith("Picture: ") for each in Page(answer).images if each["alt"])
    assert screen.count("<figure") == screen.count("<figcaption><details>")
    assert 'alt=""' not in screen
    assert not re.search(r"<script|<style|style=|\son\w+=", answer.text)
    html, pictures = await everything(browser, f"/commissioner/{release.id}")
    assert html
    for svg in pictures.values():
        assert not re.search(r"<script|<style|style=", svg)


async def test_files_are_a_link_away(stage: Stage, browser: httpx.AsyncClient) -> None:
    await store(stage.service, sample_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    html = (await browser.get("/commissioner")).text
    links = re.findall(r'href="(/api/v1/releases/[^"]+/files/[^"]+)" download', html)
    assert links
    for each in links:
        assert (await browser.get(each)).status_code == 200
