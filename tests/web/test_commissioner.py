"""A commissioner in a real browser: on a phone, by keyboard, enlarged, on two sheets of paper."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.async_api import Page, expect

from outcomes.release import Release
from tests.outcomes.pages.whole import whole_release
from tests.outcomes.sample import sample_release
from tests.web.phone import Phone
from tests.web.releases import store, two_files

pytestmark = pytest.mark.browser

PAPER = {"width": 703, "height": 1032}
"""A4 between margins of 12 mm, in CSS pixels."""


async def open_page(phone: Phone, *releases: Release, role: str = "derby-city") -> Page:
    """Publish releases, sign in, and open the page of the last of them."""
    service = phone.stage.service
    stored = [await store(service, each, render=two_files) for each in releases]
    await phone.sign_in(f"commissioner:{role}")
    await phone.page.goto(f"{phone.address}/commissioner/{stored[-1].id}")
    return phone.page


QUARTERS = ("2026/27-Q1", "2026/27-Q2", "2026/27-Q3")


async def overflow(page: Page) -> int:
    """Measure how far the page can be moved sideways, in pixels."""
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


async def open_details(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
async def test_nothing_sticks_out_on_a_phone_or_when_it_is_enlarged(
    phone: Phone, period: str
) -> None:
    page = await open_page(phone, whole_release("2026/27-Q2"), whole_release(period), role="icb")
    for width in (360, 320):
        await page.set_viewport_size({"width": width, "height": 640})
        assert await overflow(page) == 0
    await open_details(page)
    assert await overflow(page) == 0
    await page.set_viewport_size({"width": 640, "height": 800})
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await overflow(page) == 0


async def test_every_picture_arrives_and_is_as_wide_as_its_place(phone: Phone) -> None:
    page = await open_page(phone, *map(whole_release, QUARTERS))
    for image in await page.locator("main img").all():
        if await image.is_visible():
            await image.scroll_into_view_if_needed()
            assert await image.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
            box = await image.bounding_box()
            assert box is not None
            assert box["width"] > 240


async def test_the_keyboard_goes_through_the_page_from_top_to_bottom(phone: Phone) -> None:
    page = await open_page(phone, sample_release("2026/27-Q2"), sample_release())
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    tops = []
    for _ in range(60):
        await page.keyboard.press("Tab")
        place = await page.evaluate(
            """() => {
              const at = document.activeElement
              if (at === document.body) return null
              const box = at.getBoundingClientRect()
              const seen = at.checkVisibility() && box.width > 0 && box.height > 0
              return [at.tagName, Math.round(box.top + scrollY), seen]
            }"""
        )
        if place is None:
            break
        tag, top, is_seen = place
        assert is_seen
        assert tag in ("A", "SUMMARY", "BUTTON", "DIV")
        tops.append(top)
    assert len(tops) > 40
    # Links beside each other differ by a few pixels only; nothing jumps back up.
    assert all(later >= earlier - 30 for earlier, later in pairwise(tops))


async def test_every_part_of_the_page_ends_with_a_way_back_to_its_contents(phone: Phone) -> None:
    page = await open_page(phone, whole_release("2026/27-Q2"), whole_release(), role="icb")
    contents = page.locator("#contents")
    for link in await contents.get_by_role("link").all():
        await link.click()
        await expect(contents).not_to_be_in_viewport()
        part = await link.get_attribute("href")
        await page.locator(f"{part} > .up a").click()
        await expect(contents).to_be_in_viewport()
        await expect(contents).to_be_focused()


async def test_a_table_behind_a_picture_opens_by_keyboard(phone: Phone) -> None:
    page = await open_page(phone, sample_release())
    summary = page.locator("#glance summary").first
    table = page.locator("#glance figure table").first
    await expect(table).not_to_be_visible()
    await summary.focus()
    await page.keyboard.press("Enter")
    await expect(table).to_be_visible()
    await expect(table).to_contain_text("Feelings better at the end")
    await expect(table).to_contain_text("withheld")


@pytest.mark.parametrize("period", ["2026/27-Q3", "2026/27"])
async def test_the_page_can_be_read_by_ear(phone: Phone, period: str) -> None:
    page = await open_page(phone, whole_release("2026/27-Q2"), whole_release(period), role="icb")
    levels = await page.evaluate(
        "[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5)')].map(h => Number(h.tagName[1]))"
    )
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [(one, next_) for one, next_ in pairwise(levels) if next_ > one + 1]
    assert not jumps
    faults = await page.evaluate(
        """() => {
          const wrong = []
          const all = (query) => [...document.querySelectorAll('main ' + query)]
          for (const table of all('table')) {
            if (!table.caption || !table.caption.textContent.trim()) wrong.push('no caption')
            if (table.querySelector('th:not([scope])')) wrong.push('no scope')
          }
          for (const image of all('img')) if (!image.alt.trim()) wrong.push('no words')
          for (const each of all('[aria-labelledby]')) {
            const name = document.getElementById(each.getAttribute('aria-labelledby'))
            if (!name || !name.textContent.trim()) wrong.push('no name')
          }
          for (const link of all('a[href^="#"]')) {
            if (!document.getElementById(link.hash.slice(1))) wrong.push('nowhere ' + link.hash)
          }
          const ids = all('[id]').map((each) => each.id)
          if (new Set(ids).size < ids.length) wrong.push('an id twice')
          const names = all('nav').map((each) => each.getAttribute('aria-label'))
          if (names.includes(null) || new Set(names).size < names.length) wrong.push('nav')
          return wrong
        }"""
    )
    assert faults == []


async def test_a_rating_is_said_in_words_and_has_a_border_of_its_own(phone: Phone) -> None:
    page = await open_page(phone, sample_release())
    await open_details(page)
    looks = {}
    for slug, words in (("green", "On target"), ("amber", "Near target"), ("red", "Off target")):
        light = page.locator(f"#others .light.{slug}").first
        await expect(light).to_contain_text(words)
        looks[slug] = await light.evaluate("each => getComputedStyle(each).borderStyle")
    assert len(set(looks.values())) == 3


async def test_without_scripts_everything_is_there(old_phone: Phone) -> None:
    page = await open_page(old_phone, sample_release("2026/27-Q2"), sample_release())
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Derby City")
    await page.locator("#glance summary").first.click()
    await expect(page.locator("#glance figure table").first).to_be_visible()
    await page.get_by_role("link", name="2026/27-Q2").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("2026/27-Q2")


# --- on paper -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("periods", "role"),
    [
        (QUARTERS, "icb"),
        (QUARTERS[-1:], "derby-city"),
        (("2025/26", "2026/27"), "icb"),
    ],
    ids=["with-a-past", "the-first", "a-year"],
)
async def test_it_prints_on_two_pages_and_nothing_is_cut(
    phone: Phone, periods: tuple[str, ...], role: str
) -> None:
    page = await open_page(phone, *map(whole_release, periods), role=role)
    pdf = await page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
    cut = await page.evaluate(
        """(paper) => {
          const wrong = []
          for (const sheet of document.querySelectorAll('.sheet')) {
            const edge = sheet.getBoundingClientRect()
            if (edge.height > paper.height) wrong.push(`too high: ${edge.height}`)
            for (const each of sheet.querySelectorAll('*')) {
              const box = each.getBoundingClientRect()
              if (box.right > edge.right + 1 || box.bottom > edge.bottom + 1)
                wrong.push(`${each.tagName} sticks out: ${each.textContent.slice(0, 40)}`)
              if (each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
                wrong.push(`${each.tagName} is cut: ${each.textContent.slice(0, 40)}`)
              if (each.tagName === 'IMG' && !(each.complete && each.naturalWidth))
                wrong.push('a picture is missing')
            }
          }
          return wrong
        }""",
        PAPER,
    )
    assert cut == []


async def test_the_report_has_what_a_committee_needs(phone: Phone) -> None:
    page = await open_page(phone, *map(whole_release, QUARTERS))
    await page.emulate_media(media="print")
    await expect(page.locator("main")).not_to_be_visible()
    await expect(page.locator("header.bar")).not_to_be_visible()
    first, second = await page.locator(".sheet").all()
    for words in (
        "Derby City, 2026/27-Q3",
        "About 60 pieces of support ended.",
        "Feelings better at the end",
        "48% to 72%",
        "60%, no clear change",
        "withheld",
    ):
        await expect(first).to_contain_text(words)
    for words in (
        "who is missing",
        "Outcomes of the contract with evidence",
        "Not shown",
        "Note 12",
    ):
        await expect(second).to_contain_text(words)
    names = [await each.get_attribute("src") for each in await second.locator("img").all()]
    assert [str(each).rpartition(".svg")[0].rpartition(".")[2] for each in names] == [
        "trends-wide",
        "star",
        "stages",
    ]
