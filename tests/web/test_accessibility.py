"""Every page in a real browser, looked at with axe: for everybody who comes, at every size.

The pages come from the table of rules: a new page is looked at without being named here.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # no types
from playwright.async_api import Browser, Page, async_playwright, expect

from surveys.people import AgeBand, Role
from tests.support.house import World, invite
from tests.web.peopled import COMMISSIONER, address, parameters, people_it
from tests.web.phone import PATIENCE
from tests.web.stage import Stage, free_port, open_stage, serving
from tests.web.test_access import routes
from usecases import signing_in
from web.access import RULES, Rule

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

GRAVE = {"serious", "critical"}
SMALLEST = {"width": 320, "height": 568}
HALVED = {"width": 640, "height": 400}
"""A screen of 1280 by 800 at 200 % zoom."""

TINY = {"width": 180, "height": 320}
"""A phone of 360 by 640 at 200 % zoom."""

VISITOR, STAFF = "visitor", f"{signing_in.STAFF} auditor"


@dataclass
class Street:
    """One browser and one web full of made-up people, for all tests of this module."""

    stage: Stage
    browser: Browser
    home: str
    ids: Mapping[str, str]

    @asynccontextmanager
    async def page(
        self, who: str, size: Mapping[str, int] = SMALLEST, **ways: str
    ) -> AsyncIterator[Page]:
        """Open a page for somebody: a visitor in a chat, staff, or a commissioner."""
        context = await self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            **ways,  # type: ignore[arg-type]
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        if who == VISITOR:
            await self._join(page)
        else:
            await page.goto(f"{self.home}/enter/{await self.stage.entry_code(who)}")
            await page.get_by_role("button").first.click()
            await page.wait_for_load_state()
        yield page
        await context.close()

    async def _join(self, page: Page) -> None:
        now = self.stage.world.clock.now
        band = AgeBand.SIXTEEN_TO_SEVENTEEN
        invited = await invite(self.stage.service, now, Role.YOUNG_PERSON, band)
        await page.goto(invited.web)
        await page.get_by_role("button", name="Open the chat").click()
        for label in ("Next", "Next", "Yes, I want to"):
            await tap(page, label)


async def tap(page: Page, label: str) -> None:
    """Tap the newest button with these words and wait for what comes of it."""
    lines = page.locator("#lines > li")
    before = await lines.count()
    await page.locator("#lines").get_by_role("button", name=label, exact=True).last.click()
    await expect(lines).not_to_have_count(before)


@pytest.fixture(scope="module")
def url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database for all tests of this module."""
    folder = tmp_path_factory.mktemp("accessible")
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)
    yield f"sqlite:///{folder / sqlite_template.name}"
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(url: str, chromium: str) -> AsyncIterator[Street]:
    port = free_port()
    async with (
        open_stage(World(url), f"http://127.0.0.1:{port}") as stage,
        serving(stage.app, port) as home,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.connect_over_cdp(chromium)
        yield Street(stage, browser, home, await people_it(stage))
        stage.session.bells.close()
        await browser.close()
    for _ in range(10):  # connections that ended take a few turns of the loop to be closed
        await asyncio.sleep(0)


def who_opens(path: str) -> str | None:
    """Return who may look at a page of the rules; None for what no browser of ours shows."""
    match RULES[path]:
        case Rule.ANYONE | Rule.VISITOR:
            return VISITOR
        case Rule.COMMISSIONER:
            return COMMISSIONER
        case Rule.TELEGRAM | Rule.CASE_SYSTEM | Rule.MONITOR | Rule.SIGNED_IN:
            return None
        case _:
            return STAFF


def shown(stage: Stage, who: str) -> list[str]:
    """Return the paths that somebody can look at."""
    paths = {path for method, path in routes(stage.app) if method == "GET"}
    return sorted(path for path in paths if who_opens(path) == who)


async def test_every_parameter_of_an_address_has_an_id_to_look_at(street: Street) -> None:
    """Otherwise a new page would be looked at by nobody: add it in tests/web/peopled.py."""
    assert parameters() <= set(street.ids)


SEEN_ELSEWHERE = {
    "/chat/nudges": "not there without a mail server",
    "/mail/{token}": "not there without a letter",
    "/sign-in/back": "sends on, or to the page of signing in",
    "/chat/picture/{run}": "a picture, not a page",
    "/commissioner/{release}/pictures/{name}": "a picture, not a page",
}
"""Pages that cannot be shown here, and why."""

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def faults_of(page: Page) -> list[str]:
    """Return what axe finds that keeps somebody out, once what moves has come to rest."""
    await page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    found = await Axe().run(page)
    return [
        f"{each['impact']} {each['id']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found.response["violations"]
        if each["impact"] in GRAVE
    ]


@pytest.mark.parametrize("who", [VISITOR, STAFF, COMMISSIONER])
async def test_axe_finds_nothing_grave_on_any_page_and_none_is_wider_than_a_small_phone(
    street: Street, who: str
) -> None:
    wrong: list[str] = []
    looked: list[str] = []
    async with street.page(who) as page:
        for path in shown(street.stage, who):
            place = await address(street.stage, path, street.ids)
            answer = await page.request.get(f"{street.home}{place}")
            headers = answer.headers
            is_file = "attachment" in headers.get("content-disposition", "")
            assert answer.status < 500, path
            if is_file or "text/html" not in headers.get("content-type", ""):
                continue
            place = await address(street.stage, path, street.ids)  # some links work once
            await page.goto(f"{street.home}{place}", wait_until="domcontentloaded")
            if answer.status != 200 and path not in SEEN_ELSEWHERE:
                wrong.append(f"{path}: {answer.status}, so nobody looked at it")
            looked.append(path)
            wrong += [f"{path}: {each}" for each in await faults_of(page)]
            if (wide := await page.evaluate(WIDE)) > 0:
                wrong.append(f"{path}: {wide} pixels wider than the screen")
    assert wrong == []
    assert len(looked) >= 2, looked


# --- the chat, in every way in which it may be used -----------------------------------------------


@pytest.mark.parametrize("size", [SMALLEST, HALVED, TINY], ids=["small", "200 %", "small, 200 %"])
async def test_a_question_can_be_answered_without_scrolling_sideways(
    street: Street, size: dict[str, int]
) -> None:
    async with street.page(VISITOR, size) as page:
        await start(page)
        assert await page.evaluate(WIDE) <= 0
        question = page.locator("#lines > li", has_text="1 of 8").last
        for choice in await question.locator(".choice").all():
            await choice.click(trial=True)
        await page.get_by_label("Write a message").click(trial=True)
        await page.locator("#help-now").click(trial=True)
        await question.locator(".choice").first.click()
        await expect(page.get_by_text("2 of 8").last).to_be_visible()


async def start(page: Page) -> None:
    """Begin the questions."""
    await tap(page, "Start")
    await expect(page.get_by_text("1 of 8").last).to_be_visible()


async def test_the_whole_chat_goes_by_keyboard(street: Street) -> None:
    """From the first question to help and back, to the end of the questions, without a mouse."""
    async with street.page(VISITOR) as page:
        await press_until(page, "Start")
        for number in range(1, 9):
            await expect(page.get_by_text(f"{number} of 8").last).to_be_visible()
            label = page.locator("#lines > li").last.locator(".choice").first
            await press_until(page, (await label.text_content() or "").strip())
        await expect(page.locator("img.picture")).to_be_visible()
        await press_until(page, (await page.locator("#help-now").text_content() or "").strip())
        await expect(page.get_by_text("Here are people you can talk to")).to_be_visible()
        await page.get_by_label("Write a message").focus()
        await page.keyboard.type("a line of my own")
        await page.keyboard.press("Enter")
        await expect(page.locator(".own").get_by_text("a line of my own")).to_be_visible()
        ring = "getComputedStyle(document.activeElement).outlineStyle"
        await page.keyboard.press("Tab")
        assert await page.evaluate(ring) != "none", "nobody sees where the keys are"


async def press_until(page: Page, label: str) -> None:
    """Go on with the Tab key until a button with these words holds the focus, and press it."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        focused = await page.evaluate("document.activeElement.textContent.trim()")
        if focused == label:
            await page.keyboard.press("Enter")
            return
    pytest.fail(f"the keys never came to {label!r}")


async def test_a_screen_reader_is_told_of_new_messages_only(street: Street) -> None:
    """The live region holds the messages, stays the same element, and new ones are added to it."""
    async with street.page(VISITOR) as page:
        log = page.get_by_role("log")
        await expect(log).to_have_attribute("aria-live", "polite")
        await expect(log).to_have_attribute("aria-relevant", "additions")
        await log.evaluate("element => { element.mark = 'the same' }")
        before = await log.locator("li").count()
        await start(page)
        assert await log.evaluate("element => element.mark") == "the same"
        assert await log.locator("li").count() > before
        assert await page.get_by_role("alert").count() <= 1


async def test_who_wants_less_motion_sees_none(street: Street) -> None:
    async with street.page(VISITOR, reduced_motion="reduce") as page:
        await start(page)
        moving = """() => document.getAnimations()
            .filter((each) => each.effect.getComputedTiming().duration > 1).length"""
        assert await page.evaluate(moving) == 0


async def test_in_forced_colours_buttons_keep_their_edges_and_the_picture_its_ground(
    street: Street,
) -> None:
    async with street.page(VISITOR, forced_colors="active") as page:
        await start(page)
        bare = """() => [...document.querySelectorAll("button, .choice, .top-button, textarea")]
            .filter((each) => each.getClientRects().length)
            .filter((each) => getComputedStyle(each).borderTopStyle === "none"
                || parseFloat(getComputedStyle(each).borderTopWidth) === 0)
            .map((each) => each.outerHTML.slice(0, 90))"""
        assert await page.evaluate(bare) == []
        assert await faults_of(page) == []
