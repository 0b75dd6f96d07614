"""The third way: a browser over HTTP, without a script; it reads the page as somebody would.

The page sets a message out in its own way: progress as a bar, choices before small buttons, help
at the top of every page instead of under every message. So words are compared without their line
breaks, and buttons without their rows and without the one for help.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from aiogram import Bot

from bot.channels import WEB_BOT_ID
from bot.intake import Outcome
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from tests.support.chat_window import Bubble, ChatWindow, Key
from tests.support.house import House
from tests.support.transcripts import NOT_IN_A_BROWSER, Does, Happening, How, Step, Transcript
from tests.support.ways import A_SECOND, Setting
from usecases.arrival import Channel
from usecases.service import Service
from web.app import create_app
from web.bridge import WebSession
from web.ports import Fed
from web.site import Site

ADDRESS = "http://starling.test"
AT_THE_TOP = {
    "🆘 Help now": "m:help",
    "Who sees it?": "m:who-sees",
    "👀 Who sees?": "m:who-sees",
    "Who sees what?": "m:who-sees",
}
"""Buttons that stand at the top of every page, and so are not repeated everywhere."""

_FATES = {Outcome.HANDLED: Fed.DONE, Outcome.PARKED: Fed.LATER}


@dataclass
class Tab:
    """One browser: its cookies, and what it shows."""

    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    window: ChatWindow = field(default_factory=ChatWindow)
    versions: dict[int, str] = field(default_factory=dict)
    sent: int = 0

    def read(self, lines: list[dict[str, Any]]) -> list[Happening]:
        """Take in the lines of a page; return what is new on it."""
        happened = []
        for line in lines:
            if not line["ours"] or self.versions.get(int(line["id"])) == line["version"]:
                continue
            self.versions[int(line["id"])] = line["version"]
            happened.append(self._show(int(line["id"]), _Line(line["html"])))
        return happened

    def _show(self, number: int, line: _Line) -> Happening:
        before = self.window.bubbles.get(number)
        keyboard = (tuple(Key(label, data) for label, data in line.buttons),)
        bubble = Bubble(number, True, line.words, keyboard, b"" if line.picture else None)
        self.window.bubbles[number] = bubble
        self.window.happened.append(("said", bubble))
        labels = tuple((label,) for label, _ in line.buttons)
        if before is None:
            return Happening(How.SAY, line.words, labels, line.picture)
        if before.text == line.words:
            return Happening(How.BUTTONS, line.words, labels)
        return Happening(How.CHANGE, line.words, labels)


class _Line(HTMLParser):
    """One line of the chat as its markup shows it."""

    def __init__(self, markup: str) -> None:
        """Read it."""
        super().__init__()
        self.buttons: list[tuple[str, str]] = []
        self.picture = False
        self._texts: list[str] = []
        self._data: str | None = None
        self._silent = False
        self.feed(markup)
        self.words = " ".join("".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a button, a picture, and where a line says who speaks."""
        given = {name: value or "" for name, value in attrs}
        if tag == "button":
            self._data = given.get("value", "")
        elif tag == "a" and given.get("class") == "choice":
            self._data = ""
        elif tag == "img":
            self.picture = True
        elif tag == "p":
            self._silent = given.get("class") == "by"

    def handle_endtag(self, tag: str) -> None:
        """Note where a button or a paragraph ends."""
        if tag in ("button", "a"):
            self._data = None
        elif tag == "p":
            self._texts.append(" ")

    def handle_data(self, data: str) -> None:
        """Take in words."""
        if self._data is not None:
            self.buttons.append((data.strip(), self._data))
        elif not self._silent:
            self._texts.append(data)


def as_in_a_browser(happenings: Sequence[Happening]) -> list[Happening]:
    """Return messages as far as the page shows the same: what changed first, then what is new."""
    loose = [_loosen(each) for each in happenings]
    changed = [each for each in loose if each.how is not How.SAY]
    said = [each for each in loose if each.how is How.SAY]
    return [*sorted(changed, key=repr), *said]


def _loosen(happening: Happening) -> Happening:
    words = happening.text
    for key in _ONLY_ON_TELEGRAM:
        words = words.replace(phrasebook().say(key, Voice.OLDER), "")
    words = " ".join(words.split())
    labels = sorted(label for row in happening.buttons for label in row if label not in AT_THE_TOP)
    return Happening(
        happening.how,
        "" if happening.how is How.BUTTONS else words,
        (tuple(labels),) if labels else (),
        happening.picture,
    )


_ONLY_ON_TELEGRAM = (
    "own.sure-forget-telegram",
    "joining.page-2-telegram",
    "questions.type-here-telegram",
)


@dataclass
class BrowserWay:
    """Requests to the web application, whose process begins anew with every step."""

    setting: Setting
    tabs: dict[str, Tab] = field(default_factory=dict)

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite them."""
        await self.setting.invite(transcript)

    async def do(self, step: Step) -> list[Happening]:
        """Let one step happen; nothing where a browser has no such thing."""
        if step.does in NOT_IN_A_BROWSER:
            return list(step.then)
        self.setting.world.clock.forward(A_SECOND)
        who = "other" if step.does is Does.OTHER_OPENS else "they"
        tab = self.tabs.setdefault(who, Tab())
        async with self._open(tab) as (house, browser):
            if step.does in (Does.WAIT, Does.CLOSE):
                sendings = await self.setting.happen_without_them(house.service, step)
                house.courier.deliver(sendings)
                shown: list[Happening] = []
            else:
                shown = await self._act(tab, browser, step)
            await house.courier.settled()
            return [*shown, *await _look(tab, browser)]

    @asynccontextmanager
    async def _open(self, tab: Tab) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
        sessions: list[WebSession] = []

        def bots(service: Service) -> dict[Channel, Bot]:
            sessions.append(WebSession(service, self.setting.world.clock))
            return {Channel.WEB: Bot(f"{WEB_BOT_ID}:web", session=sessions[0])}

        async with self.setting.world.open(bots) as house:

            async def feed(update: Mapping[str, object]) -> Fed:
                outcome = await house.intake.take_patiently(Channel.WEB, update)
                return _FATES.get(outcome, Fed.NOT_STORED)

            site = Site(
                service=house.service,
                clock=self.setting.world.clock,
                entropy=self.setting.world.opener.entropy,
                bells=sessions[0].bells,
                feed=feed,
                webhook=None,
                checks={},
            )
            transport = httpx.ASGITransport(create_app(site))
            async with httpx.AsyncClient(
                transport=transport, base_url=ADDRESS, follow_redirects=True, cookies=tab.cookies
            ) as browser:
                yield house, browser
                tab.cookies = browser.cookies

    async def _act(self, tab: Tab, browser: httpx.AsyncClient, step: Step) -> list[Happening]:
        """Send what somebody does; return what is said on a page that is not the chat."""
        tab.sent += 1
        client = f"{tab.sent:04}"
        match step.does:
            case Does.OPEN | Does.OTHER_OPENS:
                return await _open_link(browser, self.setting.code(step.what))
            case Does.TYPE:
                await browser.post("/chat/say", data={"c": client, "text": step.what})
            case Does.TAP_OLD:
                await _tap(browser, client, *tab.window.find_old(step.what))
            case _:
                bubble, key = _find(tab.window, step.what)
                await _tap(browser, client, bubble, key)
                if step.does is Does.TAP_TWICE:
                    await _tap(browser, f"{client}b", bubble, key)
        return []


def _find(window: ChatWindow, label: str) -> tuple[Bubble, Key]:
    """Return a button of the chat, or one of those that stand at the top of every page."""
    if label in AT_THE_TOP:
        return Bubble(0, True, ""), Key(label, AT_THE_TOP[label])
    return window.find(label)


async def _tap(browser: httpx.AsyncClient, client: str, bubble: Bubble, key: Key) -> None:
    message = str(bubble.number) if bubble.number else ""
    await browser.post("/chat/tap", data={"c": client, "m": message, "d": key.data})


async def _open_link(browser: httpx.AsyncClient, code: str) -> list[Happening]:
    """Follow a link and its one button; return what the page says where it leads nowhere."""
    page = await browser.post(f"/join/{code}", data={"page": ""})
    if page.url.path == "/chat":
        return []
    refusal = phrasebook().say("joining.code-not-known", Voice.OLDER)
    assert " ".join(refusal.split()) in " ".join(page.text.split())
    return [Happening(How.SAY, " ".join(refusal.split()))]


async def _look(tab: Tab, browser: httpx.AsyncClient) -> list[Happening]:
    answer = await browser.get("/chat/news", params={"after": "", "wait": "0"})
    if answer.headers.get("content-type") != "application/json":
        return []  # a browser that was not let in has no chat
    return tab.read(answer.json()["lines"])
