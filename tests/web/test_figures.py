"""Commissioners and programs see their own figures, in plain words, and never anybody else's."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from outcomes.episode import Audience
from tests.web.plain_browser import Page
from tests.web.releases import NUMBERS, make_release, store
from tests.web.stage import Stage
from usecases import signing_in

COUNCILS = [Audience.DERBY_CITY, Audience.DERBYSHIRE_COUNTY]


def other(audience: Audience) -> Audience:
    return next(each for each in COUNCILS if each is not audience)


async def test_without_a_release_the_page_says_so(stage: Stage, browser: httpx.AsyncClient) -> None:
    await stage.sign_in(browser, "commissioner:icb")
    assert "There is no release here" in (await browser.get("/commissioner")).text


@pytest.mark.parametrize("audience", COUNCILS)
async def test_a_council_reads_its_own_figures_and_nothing_of_the_other(
    stage: Stage, browser: httpx.AsyncClient, audience: Audience
) -> None:
    release = await store(stage.service, make_release())
    await stage.sign_in(browser, f"commissioner:{audience.value}")
    answer = await browser.get("/commissioner")
    page = Page(answer)
    assert f"of about {NUMBERS[audience]}" in page.text or f"About {NUMBERS[audience]}" in page.text
    assert "63%" in page.text
    foreign = NUMBERS[other(audience)]
    everything = [answer.text]
    everything += [(await browser.get(image["src"])).text for image in page.images]
    listed = (await browser.get(f"/api/v1/releases/{release.id}")).json()
    for name in listed["files"]:
        file = await browser.get(f"/api/v1/releases/{release.id}/files/{name}")
        everything.append(file.text)
        if name.endswith(".csv") and name != "definitions.csv":
            rows = list(csv.DictReader(io.StringIO(file.text)))
            assert {row["la_name"] for row in rows} == {
                "Derby" if audience is Audience.DERBY_CITY else "Derbyshire"
            }
    everything.append(str(listed))
    for text in everything:
        assert f">{foreign}<" not in text
        assert f"about {foreign}" not in text.lower()
        assert f",{foreign}," not in text


async def test_the_board_reads_the_whole_service_first(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await store(stage.service, make_release())
    await stage.sign_in(browser, "commissioner:icb")
    text = (await browser.get("/commissioner")).text
    assert text.index("<h2>Whole service</h2>") < text.index("<h2>Derby City</h2>")


async def test_what_is_withheld_says_so_with_its_reason_and_never_as_nought(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    whole = make_release()
    areas = {each.area for each in whole.definitions if each.area != "Total"}
    hidden = min(areas)
    release = await store(stage.service, make_release(withheld=(hidden,)))
    await stage.sign_in(browser, "commissioner:derby-city")
    page = Page(await browser.get("/commissioner"))
    assert "Not shown" in page.text
    assert "withheld, so that nobody can be found" in page.text
    star = await browser.get(f"/commissioner/{release.id}/pictures/star.svg")
    assert star.headers["content-type"] == "image/svg+xml"
    assert "not shown" in star.text
    assert "<script" not in star.text


async def test_without_any_mean_there_is_no_star(stage: Stage, browser: httpx.AsyncClient) -> None:
    areas = tuple({each.area for each in make_release().definitions})
    release = await store(stage.service, make_release(withheld=areas))
    await stage.sign_in(browser, "commissioner:derby-city")
    page = Page(await browser.get("/commissioner"))
    assert page.images == []
    assert "too few answered" in page.text
    picture = await browser.get(f"/commissioner/{release.id}/pictures/star.svg")
    assert picture.status_code == 404


async def test_other_quarters_are_a_link_away(stage: Stage, browser: httpx.AsyncClient) -> None:
    older = await store(stage.service, make_release("2025/26-Q4"))
    await store(stage.service, make_release("2026/27-Q1"))
    await stage.sign_in(browser, "commissioner:derby-city")
    assert f'href="/commissioner/{older.id}"' in (await browser.get("/commissioner")).text
    assert "2025/26-Q4</h1>" in (await browser.get(f"/commissioner/{older.id}")).text
    assert (await browser.get("/commissioner/no-such-release")).status_code == 404


# --- programs -------------------------------------------------------------------------------------


async def test_programs_list_releases_and_are_told_when_nothing_changed(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await store(stage.service, make_release())
    await stage.sign_in(browser, "commissioner:derby-city")
    answer = await browser.get("/api/v1/releases")
    assert [each["id"] for each in answer.json()] == [release.id]
    mark = answer.headers["etag"]
    again = await browser.get("/api/v1/releases", headers={"if-none-match": mark})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("/api/v1/releases", None, 401),
        ("/api/v1/releases/none", "commissioner:icb", 404),
        ("/api/v1/releases/none/files/flow_la.csv", "commissioner:icb", 404),
        ("/api/v1/no-such-thing", "commissioner:icb", 404),
    ],
)
async def test_programs_read_what_went_wrong(
    stage: Stage, browser: httpx.AsyncClient, path: str, role: str | None, status: int
) -> None:
    if role is not None:
        await stage.sign_in(browser, role)
    answer = await browser.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_staff_read_figures_but_take_no_commissioners_file(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    release = await store(stage.service, make_release())
    await stage.sign_in(browser, signing_in.STAFF)
    told = (await browser.get(f"/api/v1/releases/{release.id}")).json()
    assert told["figures"]
    assert told["files"] == []
    file = await browser.get(f"/api/v1/releases/{release.id}/files/outcomes_footprint.csv")
    assert file.status_code == 404


async def test_the_description_for_programs_names_their_pages_only(
    browser: httpx.AsyncClient,
) -> None:
    told = (await browser.get("/api/v1/openapi.json")).json()
    assert sorted(told["paths"]) == [
        "/api/v1/episodes",
        "/api/v1/releases",
        "/api/v1/releases/{release}",
        "/api/v1/releases/{release}/files/{name}",
    ]
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await browser.get(path)).status_code == 404
