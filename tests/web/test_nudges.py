"""Choosing an e-mail that says that something is waiting: the page, the link, and a real letter."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect

from bot.courier import Courier, Route
from followups.occasions import fire_due
from starling.mail import Mailer, Server
from storage import occasions
from surveys.people import AgeBand, Role
from tests.support.house import World, invite
from tests.support.letterbox import Letterbox, open_letterbox
from tests.web.phone import WIDTH, open_phone
from tests.web.plain_browser import Page, join, look, tap
from tests.web.stage import Stage, free_port, open_stage
from usecases import nudging, picturing
from usecases.arrival import Channel
from usecases.inviting import Invited
from usecases.letters import Fate
from web.app import create_app

MAIL = "canary-token@example.org"
MINUTE = timedelta(minutes=1)
LINK = re.compile(r"https?://\S+")
OFFER = "E-mail me when something is new"


@dataclass
class Round:
    """A web from which e-mails leave, and the server that gets them."""

    stage: Stage
    box: Letterbox
    post: Mailer

    @property
    def links(self) -> list[str]:
        """The links in the letters, oldest first."""
        return [link for letter in self.box.letters for link in LINK.findall(letter.get_content())]

    async def comes_due(self, invited: Invited) -> None:
        """Let the next due moment come, and what is asked be written into the chat."""
        service, clock = self.stage.service, self.stage.world.clock

        async with asyncio.TaskGroup() as tasks:
            routes = {Channel.WEB: Route(self.stage.bot)}
            courier = Courier(
                service, clock, routes, tasks, lambda run: picturing.picture_of(service, run)
            )
            due = await service.lane.read(
                lambda connection: occasions.of_participant(
                    service.open(connection), invited.participant
                )
            )
            clock.now = min(each.next_at for each in due if each.next_at is not None)
            sendings = await fire_due(service, clock.now)
            assert len(sendings) == 1
            courier.deliver(sendings)
            await courier.drain(5)
        await service.lane.settled()

    async def nudge(self) -> None:
        """Ring the bell."""
        await nudging.nudge_due(self.stage.service, self.post, self.stage.world.clock.now)


@asynccontextmanager
async def open_round(
    world: World, public_url: str = "http://starling.test"
) -> AsyncIterator[Round]:
    async with open_letterbox() as box, open_stage(world, public_url) as stage:
        server = Server("127.0.0.1", box.port, "no")
        post = Mailer(server, "hello@example.net", world.clock, world.opener.entropy)
        stage.site = replace(stage.site, post=post)
        stage.app = create_app(stage.site)
        yield Round(stage, box, post)


@pytest.fixture
async def mails(world: World) -> AsyncIterator[Round]:
    async with open_round(world) as opened:
        yield opened


@pytest.fixture
async def browser(mails: Round) -> AsyncIterator[httpx.AsyncClient]:
    async with mails.stage.browser() as opened:
        yield opened


async def invited_to(
    mails: Round,
    band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN,
    role: Role = Role.YOUNG_PERSON,
) -> Invited:
    return await invite(mails.stage.service, mails.stage.world.clock.now, role, band)


async def joins(browser: httpx.AsyncClient, invited: Invited) -> Page:
    return await tap(browser, await join(browser, invited.web), "Not this time")


async def types(browser: httpx.AsyncClient, mail: str) -> Page:
    return Page(await browser.post("/chat/nudges", data={"mail": mail}))


async def chooses(mails: Round, browser: httpx.AsyncClient, mail: str = MAIL) -> None:
    await types(browser, mail)
    page = await tap(browser, await look(browser, mails.links[-1]), "Yes, it is my address")
    assert "Thank you" in page.text


async def test_without_a_mail_server_nobody_is_offered_e_mails(
    stage: Stage, invited: Invited
) -> None:
    async with stage.browser() as plain:
        await join(plain, invited.web)
        assert OFFER not in (await plain.get("/chat")).text
        for answer in (
            await plain.get("/chat/nudges"),
            await plain.post("/chat/nudges", data={"mail": MAIL}),
        ):
            assert answer.status_code == 404


async def test_somebody_chooses_e_mails_and_gets_one_that_says_that_something_waits(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    invited = await invited_to(mails)
    await joins(browser, invited)
    assert OFFER in (await browser.get("/chat")).text
    page = await look(browser, "/chat/nudges")
    form, _ = page.find("Send the first e-mail")
    page = Page(await browser.post(form.action, data={"mail": MAIL}))
    assert (page.path, page.status) == ("/chat/nudges", 200)
    assert f"We sent an e-mail to {MAIL}" in page.text
    (link,) = mails.links
    page = await tap(browser, await look(browser, link), "Yes, it is my address")
    assert "Thank you" in page.text
    assert f"goes to {MAIL}" in (await look(browser, "/chat/nudges")).text
    assert "Change or stop my e-mails" in (await browser.get("/chat")).text

    await mails.comes_due(invited)
    await mails.nudge()
    assert len(mails.box.letters) == 1, "there is time to look first"
    mails.stage.world.clock.forward(11 * MINUTE)
    await mails.nudge()
    await mails.nudge()
    _, letter = mails.box.letters
    assert (letter["To"], letter["Subject"]) == (MAIL, "Something is waiting")
    assert mails.links[1:] == ["http://starling.test/chat"]
    assert (await browser.get(mails.links[-1])).url.path == "/chat"


async def test_whoever_opened_the_chat_meanwhile_gets_no_letter(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    invited = await invited_to(mails)
    await joins(browser, invited)
    await chooses(mails, browser)
    await mails.comes_due(invited)
    mails.stage.world.clock.forward(MINUTE)
    await browser.get("/chat")
    mails.stage.world.clock.forward(11 * MINUTE)
    await mails.nudge()
    assert len(mails.box.letters) == 1


async def test_a_page_that_stands_open_shows_the_asking_and_brings_no_letter(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    invited = await invited_to(mails)
    await joins(browser, invited)
    await chooses(mails, browser)
    news = {"after": "", "wait": "0"}
    cursor = (await browser.get("/chat/news", params=news)).json()["cursor"]
    await mails.comes_due(invited)
    mails.stage.world.clock.forward(MINUTE)
    shown = (await browser.get("/chat/news", params={**news, "after": cursor})).json()
    assert shown["lines"]
    mails.stage.world.clock.forward(11 * MINUTE)
    await mails.nudge()
    assert len(mails.box.letters) == 1


async def test_a_page_that_asks_and_hears_nothing_has_shown_nothing(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    """A tab that is open somewhere is no person: only what it showed counts."""
    invited = await invited_to(mails)
    await joins(browser, invited)
    await chooses(mails, browser)
    news = {"after": "", "wait": "0"}
    cursor = (await browser.get("/chat/news", params=news)).json()["cursor"]
    again = await browser.get("/chat/news", params={**news, "after": cursor})
    assert again.json()["lines"] == []
    await mails.comes_due(invited)
    mails.stage.world.clock.forward(11 * MINUTE)
    await mails.nudge()
    assert len(mails.box.letters) == 2


async def test_looking_at_the_link_says_nothing_and_another_phone_may_say_yes(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    await joins(browser, await invited_to(mails))
    await types(browser, MAIL)
    (link,) = mails.links
    async with mails.stage.browser() as other:
        for _ in range(2):
            page = await look(other, link)
            assert page.buttons == ["Yes, it is my address"]
        assert f"We sent an e-mail to {MAIL}" in (await look(browser, "/chat/nudges")).text
        page = await tap(other, page, "Yes, it is my address")
        assert "Thank you" in page.text
        assert MAIL not in page.text
        again = await other.post(link)
        assert (again.status_code, "does not work any more" in again.text) == (404, True)
    assert f"goes to {MAIL}" in (await look(browser, "/chat/nudges")).text


async def test_one_tap_takes_it_away(mails: Round, browser: httpx.AsyncClient) -> None:
    await joins(browser, await invited_to(mails))
    await types(browser, MAIL)
    page = await tap(browser, await look(browser, "/chat/nudges"), "Stop these e-mails")
    assert "The address is gone from here" in page.text
    assert MAIL not in (await browser.get("/chat/nudges")).text
    gone = await browser.get(mails.links[0])
    assert (gone.status_code, "does not work any more" in gone.text) == (404, True)


@pytest.mark.parametrize("band", [AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN])
async def test_a_young_child_is_told_kindly_and_not_asked_for_an_address(
    mails: Round, browser: httpx.AsyncClient, band: AgeBand
) -> None:
    await joins(browser, await invited_to(mails, band))
    assert OFFER not in (await browser.get("/chat")).text
    for page in (await look(browser, "/chat/nudges"), await types(browser, MAIL)):
        assert "A grown-up you trust can help you" in page.text
        assert page.forms == []
    assert mails.box.letters == []


async def test_what_does_not_work_is_said_plainly(mails: Round, browser: httpx.AsyncClient) -> None:
    await joins(browser, await invited_to(mails))
    assert "does not look like an e-mail address" in (await types(browser, "me@home")).text
    mails.box.refusals["canary-token@nowhere.example"] = "550 5.1.1 no"
    page = await types(browser, "canary-token@nowhere.example")
    assert "did not get through" in page.text
    assert "do not get through to canary-token@nowhere.example" in page.text
    assert "My e-mails do not get through" in (await browser.get("/chat")).text
    mails.box.rejects = "451 later"
    assert "could not be sent now" in (await types(browser, MAIL)).text
    mails.box.rejects = ""
    assert "We sent an e-mail" in (await types(browser, MAIL)).text
    assert "three e-mails today" in (await types(browser, MAIL)).text
    assert len(mails.box.letters) == 1


async def test_what_somebody_types_cannot_become_a_page_or_a_header(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    await joins(browser, await invited_to(mails))
    for typed in ("<script>alert(1)</script>@a.org", "a@b.org\r\nBcc: c@d.org", "x" * 10_000):
        page = await browser.post("/chat/nudges", data={"mail": typed})
        assert (page.status_code, "<script>alert" in page.text) == (200, False)
    await types(browser, "o'neil&co@example.org")
    assert "o&#39;neil&amp;co@example.org" in (await browser.get("/chat/nudges")).text
    assert [letter["To"] for letter in mails.box.letters] == ["o'neil&co@example.org"]


async def test_neither_page_nor_letter_says_which_service_this_is(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    invited = await invited_to(mails)
    await joins(browser, invited)
    pages = [
        await browser.get("/chat/nudges"),
        await browser.post("/chat/nudges", data={"mail": MAIL}),
    ]
    link = mails.links[0]
    pages += [await browser.get(link), await browser.post(link), await browser.get(link)]
    await mails.comes_due(invited)
    mails.stage.world.clock.forward(11 * MINUTE)
    await mails.nudge()
    texts = [LINK.sub("", Page(page).text) for page in pages]
    texts += [
        LINK.sub("", f"{letter.items()} {letter.get_content()}") for letter in mails.box.letters
    ]
    assert len(texts) == 7
    for text in texts:
        for word in ("starling", "council", "derby", "theraplay", "worker", "care", "question"):
            assert word not in text.lower(), f"{word} in {text}"


async def test_the_server_that_is_down_holds_nobody_up_and_nothing_is_tried_twice(
    mails: Round, browser: httpx.AsyncClient
) -> None:
    invited = await invited_to(mails)
    await joins(browser, invited)
    await chooses(mails, browser)
    await mails.comes_due(invited)
    mails.stage.world.clock.forward(11 * MINUTE)
    mails.box.rejects = "421 closing"
    for _ in range(3):
        await mails.nudge()
    assert (mails.post.counts[Fate.NOT_SENT], mails.post.counts[Fate.SENT]) == (1, 1)


@pytest.mark.browser
async def test_on_a_small_phone_the_pages_fit_and_the_way_there_is_in_sight(
    world: World, chromium: str
) -> None:
    port = free_port()
    async with (
        open_round(world, f"http://127.0.0.1:{port}") as mails,
        open_phone(mails.stage, port, chromium) as phone,
    ):
        await phone.join((await invited_to(mails)).web)
        page = phone.page
        await page.reload()
        await expect(page.get_by_role("link", name=OFFER)).to_be_in_viewport()
        await expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
        await page.get_by_role("link", name=OFFER).click()
        await page.get_by_label("Your e-mail address").fill(MAIL)
        await page.get_by_role("button", name="Send the first e-mail").click()
        await expect(page.get_by_text(f"We sent an e-mail to {MAIL}")).to_be_visible()
        await page.goto(mails.links[0])
        await page.get_by_role("button", name="Yes, it is my address").click()
        await expect(page.get_by_text("Thank you")).to_be_visible()
        for path in ("/chat/nudges", "/chat", mails.links[0]):
            await page.goto(path if path.startswith("http") else phone.address + path)
            assert await page.evaluate("document.documentElement.scrollWidth") <= WIDTH
        assert phone.complaints == []
