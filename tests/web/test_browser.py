"""A child with a small phone, in a real browser, before a real server."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from surveys.people import AgeBand, Role
from tests.support.house import invite
from tests.web.phone import HEIGHT, WIDTH, Phone
from usecases import reading, rights
from usecases.inviting import By, Invited

pytestmark = pytest.mark.browser


async def invited_to(
    phone: Phone, band: AgeBand = AgeBand.EIGHT_TO_ELEVEN, role: Role = Role.YOUNG_PERSON
) -> Invited:
    return await invite(phone.stage.service, phone.stage.world.clock.now, role, band)


async def answers_of(phone: Phone, invited: Invited) -> int:
    export = await rights.export(phone.stage.service, invited.participant)
    return len(export.runs[0].answers)


async def words_of(phone: Phone) -> list[str]:
    by = By("Made-up Mo", phone.stage.world.clock.now)
    return [each.text for each in (await reading.what_waits(phone.stage.service, by)).unread]


async def test_a_child_joins_by_the_link_answers_by_tapping_and_sees_the_picture(
    phone: Phone,
) -> None:
    invited = await invited_to(phone)
    await phone.join(invited.web)
    await phone.tap("▶️ Start")
    for number in range(1, 9):
        await expect(phone.page.get_by_text(f"{number} of 8").last).to_be_visible()
        await phone.page.locator("#lines > li").last.locator(".choice").nth(number % 5).click()
    picture = phone.page.locator("img.picture")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert await answers_of(phone, invited) == 8


@pytest.mark.parametrize(
    ("band", "role", "questions"),
    [
        (AgeBand.EIGHT_TO_ELEVEN, Role.YOUNG_PERSON, 8),
        (AgeBand.TWELVE_TO_FIFTEEN, Role.YOUNG_PERSON, 8),
        (AgeBand.ADULT, Role.CARER, 4),
    ],
)
async def test_a_question_and_its_buttons_fit_the_screen_without_scrolling(
    phone: Phone, band: AgeBand, role: Role, questions: int
) -> None:
    await phone.join((await invited_to(phone, band, role)).web)
    start = "▶️ Start" if band is AgeBand.EIGHT_TO_ELEVEN else "Start"
    await phone.tap(start)
    for number in range(1, questions + 1):
        line = phone.page.locator("#lines > li").last
        await expect(line.get_by_text(f"{number} of ")).to_be_visible()
        await expect(line.locator(".choice").last).to_be_in_viewport(ratio=1)
        box = await line.bounding_box()
        talk = await phone.page.locator("#talk").bounding_box()
        assert box is not None
        assert talk is not None
        assert box["y"] >= talk["y"] - 1, f"question {number} begins above the screen"
        assert box["y"] + box["height"] <= talk["y"] + talk["height"] + 1, f"question {number}"
        await line.locator(".choice").first.click()


async def test_everything_can_be_done_with_the_keys_alone(phone: Phone) -> None:
    invited = await invited_to(phone, AgeBand.SIXTEEN_TO_SEVENTEEN)
    page = phone.page
    await page.goto(invited.web)

    async def press_until(label: str) -> None:
        for _ in range(30):
            await page.keyboard.press("Tab")
            focused = await page.evaluate("document.activeElement.textContent.trim()")
            if focused == label:
                await page.keyboard.press("Enter")
                return
        pytest.fail(f"the keys never came to {label!r}")

    await press_until("Open the chat")
    await page.wait_for_url("**/chat*")
    for label, reply in (
        ("Next", "What I ask, and who sees it."),
        ("Next", "Do you want to join?"),
        ("Yes, I want to", "Is now a good time"),
        ("Start", "1 of 8"),
        ("😐 Some days good, some days not", "2 of 8"),
    ):
        await press_until(label)
        await expect(page.get_by_text(reply)).to_be_visible()
    assert await answers_of(phone, invited) == 1


async def test_after_a_tap_the_new_question_holds_the_focus(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.tap("▶️ Start")
    await expect(phone.page.locator(":focus")).to_contain_text("1 of 8")


async def test_a_reload_in_the_middle_goes_on_where_it_was(phone: Phone) -> None:
    invited = await invited_to(phone)
    await phone.join(invited.web)
    await phone.tap("▶️ Start")
    await phone.page.locator("#lines > li").last.locator(".choice").first.click()
    await expect(phone.page.get_by_text("2 of 8")).to_be_visible()
    await phone.page.get_by_label("Write a message").fill("half a thou")
    await phone.page.reload()
    await expect(phone.page.get_by_text("2 of 8")).to_be_visible()
    assert await phone.page.get_by_label("Write a message").input_value() == "half a thou"
    await phone.page.locator("#lines > li").last.locator(".choice").first.click()
    await expect(phone.page.get_by_text("3 of 8")).to_be_visible()
    assert await answers_of(phone, invited) == 2


async def test_a_lost_connection_loses_no_typed_words(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.stop_server()
    await phone.say("I typed this offline")
    await expect(phone.page.get_by_text("You are offline now.")).to_be_visible()
    await expect(phone.page.get_by_text("This was not sent yet.")).to_be_visible()
    await phone.page.get_by_label("Write a message").fill("and this is only a draft")
    await phone.start_server()
    await expect(phone.page.locator(".waiting")).to_have_count(0)
    await expect(phone.page.get_by_text("I typed this offline")).to_have_count(1)
    await expect(phone.page.get_by_text("You are offline now.")).to_be_hidden()
    assert await words_of(phone) == ["I typed this offline"]
    draft = await phone.page.get_by_label("Write a message").input_value()
    assert draft == "and this is only a draft"


async def test_words_that_wait_survive_a_reload_and_arrive_once(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    phone.stage.away = True
    await phone.say("I typed this while the database was away")
    await expect(phone.page.get_by_text("This was not sent yet.")).to_be_visible()
    await phone.page.reload()
    await expect(phone.page.get_by_text("I typed this while")).to_have_count(1)
    phone.stage.away = False
    await expect(phone.page.locator(".waiting")).to_have_count(0)
    assert await words_of(phone) == ["I typed this while the database was away"]


async def test_an_answer_that_got_lost_is_sent_again_as_the_same_input(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    lost: list[str] = []

    async def lose_the_first(route: object) -> None:
        if not lost:
            lost.append("answer")
            await route.fetch()  # type: ignore[attr-defined]  # it arrives...
            await route.abort()  # type: ignore[attr-defined]  # ...but nobody hears that it did
        else:
            await route.continue_()  # type: ignore[attr-defined]  # from now on all is well

    await phone.page.route("**/chat/say", lose_the_first)
    async with phone.page.expect_response("**/chat/say"):  # of the second time: the first is lost
        await phone.say("only once please")
    await expect(phone.page.get_by_text("only once please")).to_have_count(1)
    assert lost
    assert await words_of(phone) == ["only once please"]
    assert len({update["update_id"] for update in phone.stage.updates[-2:]}) == 1


async def test_help_shows_numbers_even_without_a_connection(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.stop_server()
    await expect(phone.page.get_by_text("You are offline now.")).to_be_visible()
    await phone.page.locator("#help-now").click()
    await expect(phone.page.locator("#offline-help a[href='tel:08001111']")).to_be_visible()
    await phone.start_server()
    await expect(phone.page.locator("#offline-help")).to_be_hidden()


@pytest.mark.parametrize("status", [503, 429])
async def test_help_shows_numbers_at_once_where_the_service_is_busy(
    phone: Phone, status: int
) -> None:
    """Also while words that cannot be sent wait before it, and after a reload."""
    invited = await invited_to(phone)
    await phone.join(invited.web)

    async def be_busy(route: Route) -> None:
        await route.fulfill(status=status, json={})

    await phone.page.route("**/chat/say", be_busy)
    await phone.page.route("**/chat/tap", be_busy)
    await phone.say("words that wait")
    await expect(phone.page.get_by_text("This was not sent yet.")).to_be_visible()
    await phone.page.locator("#help-now").click()
    numbers = phone.page.locator("#offline-help a[href='tel:999']")
    await expect(numbers).to_be_visible(timeout=1000)
    await phone.page.reload()
    await expect(numbers).to_be_visible()
    await phone.page.unroute("**/chat/tap", be_busy)
    await expect(phone.page.get_by_text("Here are people you can talk to")).to_be_visible()
    await expect(numbers).to_be_hidden()
    await expect(phone.page.get_by_text("This was not sent yet.")).to_be_visible()


async def test_help_shows_numbers_while_its_answer_takes_long(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    answered = asyncio.Event()

    async def take_long(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await phone.page.route("**/chat/tap", take_long)
    await phone.page.locator("#help-now").click()
    await expect(phone.page.locator("#offline-help a[href='tel:999']")).to_be_visible()
    answered.set()
    await expect(phone.page.locator("#offline-help")).to_be_hidden()


async def test_two_open_pages_show_the_same_chat(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    second = phone.watch(await phone.context.new_page())
    await second.goto(f"{phone.address}/chat")
    await phone.say("hello from the first page")
    await expect(second.get_by_text("hello from the first page")).to_be_visible()


async def test_leaving_in_a_hurry_shows_another_page_and_going_back_does_not_return(
    phone: Phone,
) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.page.get_by_label("Write a message").fill("a secret draft")
    await phone.page.locator("#leave").click()
    await phone.page.wait_for_url("**/healthz")
    assert await phone.page.evaluate("sessionStorage.length") == 0
    await phone.page.go_back()
    assert not phone.page.url.endswith("/chat")


async def test_three_times_shift_leaves_as_well(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    for _ in range(3):
        await phone.page.keyboard.press("Shift")
    await phone.page.wait_for_url("**/healthz")


async def test_twice_escape_leaves_from_wherever_somebody_is_and_once_does_not(
    phone: Phone,
) -> None:
    """Also out of a half-written line: what was typed is gone, and there is no way back."""
    await phone.join((await invited_to(phone)).web)
    await phone.page.get_by_label("Write a message").fill("a secret draft")
    await phone.page.keyboard.press("Escape")
    await phone.page.keyboard.press("a")
    await phone.page.keyboard.press("Escape")
    assert phone.page.url.endswith("/chat")
    await phone.page.keyboard.press("Escape")
    await phone.page.wait_for_url("**/healthz")
    assert await phone.page.evaluate("sessionStorage.length") == 0
    await phone.page.go_back()
    assert not phone.page.url.endswith("/chat")


async def test_the_title_gives_nothing_away(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    assert await phone.page.title() == "Chat"


# --- without a script -----------------------------------------------------------------------------


async def test_without_a_script_a_child_joins_answers_and_writes(old_phone: Phone) -> None:
    invited = await invited_to(old_phone)
    page = old_phone.page
    await page.goto(invited.web)
    await page.get_by_role("button", name="Open the chat").click()
    for label in ("Next", "Next", "Yes, I want to", "▶️ Start"):
        await old_phone.choice(label).click()
    for number in range(1, 9):
        await expect(page.get_by_text(f"{number} of 8").last).to_be_in_viewport()
        await page.locator("#lines > li").last.locator(".choice").nth(number % 5).click()
    await expect(page.locator("img.picture")).to_be_visible()
    await page.get_by_label("Write a message").fill("words without a script")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("words without a script")).to_be_in_viewport()
    assert await answers_of(old_phone, invited) == 8
    assert await words_of(old_phone) == ["words without a script"]


# --- for everybody --------------------------------------------------------------------------------

LOOK = """() => {
  const luminance = ([r, g, b]) => {
    const line = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * line(r) + 0.7152 * line(g) + 0.0722 * line(b);
  };
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true })
    && element.getBoundingClientRect().width > 2;
  const found = { pale: [], small: [], nameless: [], unlabelled: [], twice: [] };
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element)) continue;
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own) {
      const words = luminance(read(getComputedStyle(element).color));
      const behind = luminance(ground(element));
      const ratio = (Math.max(words, behind) + 0.05) / (Math.min(words, behind) + 0.05);
      if (ratio < 4.5) found.pale.push(`${element.textContent.trim()} ${ratio.toFixed(2)}`);
    }
    if (element.matches("button, a[href], input, textarea, select, summary")) {
      const box = element.getBoundingClientRect();
      if (box.height < 24 || box.width < 24) found.small.push(element.outerHTML.slice(0, 80));
      const name = element.textContent.trim() || element.getAttribute("aria-label")
        || [...(element.labels ?? [])].map((l) => l.textContent.trim()).join("");
      if (!name) found.nameless.push(element.outerHTML.slice(0, 80));
    }
  }
  for (const image of document.images) if (!image.alt) found.unlabelled.push(image.src);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  found.twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  return found;
}"""

NOTHING_WRONG: dict[str, list[str]] = {
    "pale": [],
    "small": [],
    "nameless": [],
    "unlabelled": [],
    "twice": [],
}


async def test_every_page_can_be_read_hit_and_named(phone: Phone) -> None:
    """Contrast 4.5 to 1, targets of 24 pixels, a name for every control, no id twice."""
    invited = await invited_to(phone)
    for path in ("/join", "/help", invited.web.partition(str(phone.port))[2]):
        await phone.page.goto(f"{phone.address}{path}")
        assert await phone.page.evaluate(LOOK) == NOTHING_WRONG, path
    await phone.join(invited.web)
    await phone.tap("▶️ Start")
    assert await phone.page.evaluate(LOOK) == NOTHING_WRONG
    await phone.say("a line of my own")
    await phone.page.locator("#help-now").click()
    await expect(phone.page.get_by_text("Here are people you can talk to")).to_be_visible()
    assert await phone.page.evaluate(LOOK) == NOTHING_WRONG


async def test_large_buttons_are_easy_to_hit(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.tap("▶️ Start")
    for large in await phone.page.locator(".choice, .send, .top-button, textarea").all():
        box = await large.bounding_box()
        assert box is not None
        assert box["height"] >= 44


async def test_new_messages_are_read_out_and_the_language_is_named(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    log = phone.page.get_by_role("log")
    assert await log.get_attribute("aria-live") == "polite"
    assert (await phone.page.locator("html").get_attribute("lang") or "").startswith("en")
    await expect(log.get_by_text("The chat says").first).to_be_attached()


async def test_nothing_is_wider_than_the_smallest_phone(phone: Phone) -> None:
    invited = await invited_to(phone, AgeBand.ADULT, Role.CARER)
    await phone.join(invited.web)
    await phone.say("averylongword" * 30)
    await expect(phone.page.locator(".own")).to_be_visible()
    for path in ("/chat", "/join/other", "/help"):
        await phone.page.goto(f"{phone.address}{path}")
        wide = await phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= WIDTH, path
    assert HEIGHT == 640


async def test_words_whose_reply_is_late_are_shown_once(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    may_go_on = asyncio.Event()

    async def reply_late(route: Route) -> None:
        answer = await route.fetch()
        await may_go_on.wait()
        await route.fulfill(response=answer)

    await phone.page.route("**/chat/say", reply_late)
    await phone.say("my fish had babies")
    await expect(phone.page.locator(".own:not(.waiting)")).to_have_count(1)
    await expect(phone.page.get_by_text("my fish had babies")).to_have_count(1)
    may_go_on.set()
    await expect(phone.page.get_by_text("my fish had babies")).to_have_count(1)


async def test_a_message_that_looks_like_markup_runs_nothing(phone: Phone) -> None:
    await phone.join((await invited_to(phone)).web)
    await phone.say("<img src=x onerror=\"document.title='ran'\"><b>bold</b>")
    await expect(phone.page.get_by_text("<b>bold</b>")).to_be_visible()
    assert await phone.page.title() == "Chat"
