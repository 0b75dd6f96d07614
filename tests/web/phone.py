"""A real phone-sized browser before a real server that can be stopped and started."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from tests.web.stage import Stage, serving
from usecases import signing_in

WIDTH, HEIGHT = 360, 640
PATIENCE = 10_000
_FIRST_PAGE = re.compile(r"/(staff|commissioner)$")

expect.set_options(timeout=PATIENCE)


@dataclass
class Phone:
    """One browser and the server that it talks to."""

    stage: Stage
    port: int
    browser: Browser
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the browser's console said: a refused script would stand here."""
    _server: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start_server(self) -> None:
        """Begin to serve."""
        await self._server.enter_async_context(serving(self.stage.app, self.port))

    async def stop_server(self) -> None:
        """Stop serving: the phone is offline now."""
        self.stage.session.bells.close()
        await self._server.aclose()
        self.stage.session.bells.closed = False

    def watch(self, page: Page) -> Page:
        """Keep what this page complains about, and give up soon on what does not come."""
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    async def join(self, link: str) -> None:
        """Open an invitation, read the three pages and say yes."""
        await self.page.goto(link)
        await self.page.get_by_role("button", name="Open the chat").click()
        for label in ("Next", "Next", "Yes, I want to"):
            await self.tap(label)
        await expect(self.choice("Not this time")).to_be_visible()

    async def sign_in(self, role: str = signing_in.STAFF, who: str = "Made-up Mo") -> None:
        """Follow a link for staff or for a commissioner, and wait for their first page."""
        await self.page.goto(f"{self.address}/enter/{await self.stage.entry_code(role, who)}")
        await self.page.get_by_role("button").first.click()
        await self.page.wait_for_url(_FIRST_PAGE)

    def choice(self, label: str) -> Locator:
        """Return the newest button with these words."""
        return self.page.locator("#lines").get_by_role("button", name=label, exact=True).last

    async def tap(self, label: str) -> None:
        """Tap the newest button with these words and wait for what comes of it."""
        lines = self.page.locator("#lines > li")
        before = await lines.count()
        await self.choice(label).click()
        await expect(lines).not_to_have_count(before)

    async def say(self, words: str) -> None:
        """Type words and send them."""
        await self.page.get_by_label("Write a message").fill(words)
        await self.page.get_by_role("button", name="Send").click()


@asynccontextmanager
async def open_phone(
    stage: Stage, port: int, chromium: str, *, scripts: bool = True
) -> AsyncIterator[Phone]:
    """Start a server and a phone of its own in a browser for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium)
        context = await browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            device_scale_factor=2,
        )
        phone = Phone(stage, port, browser, context, await context.new_page())
        phone.watch(phone.page)
        await phone.start_server()
        try:
            yield phone
        finally:
            await context.close()
            await browser.close()
            await phone.stop_server()
            await asyncio.sleep(0)
