"""A browser without a script: reads pages as somebody would, and sends their forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Form:
    """One form of a page: where it goes, what it carries, what can be tapped."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Words, name and value of each button."""


class _Reader(HTMLParser):
    """Gathers forms and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.texts: list[str] = []
        self.images: list[dict[str, str]] = []
        self._button: tuple[str, str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("template", "noscript"):
            self._silent += 1
        elif tag == "form":
            self.forms.append(Form(given["action"]))
        elif tag in ("input", "textarea") and self.forms:
            self.forms[-1].fields[given.get("name", "")] = given.get("value", "")
        elif tag == "button":
            self._button = (given.get("name", ""), given.get("value", ""))
        elif tag == "img":
            self.images.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self._silent -= 1
        elif tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            return
        if self._button is not None and self.forms:
            self.forms[-1].buttons.append((data.strip(), *self._button))
        else:
            self.texts.append(data.strip())


class Page:
    """What a page holds."""

    def __init__(self, answer: httpx.Response) -> None:
        """Read an answer."""
        reader = _Reader()
        reader.feed(answer.text)
        self.status = answer.status_code
        self.path = answer.url.path
        self.forms = reader.forms
        self.images = reader.images
        self.text = " ".join(" ".join(reader.texts).split())

    @property
    def buttons(self) -> list[str]:
        """The words on all buttons, in the order of the page."""
        return [label for form in self.forms for label, _, _ in form.buttons]

    def find(self, label: str) -> tuple[Form, dict[str, str]]:
        """Return the newest form with a button of these words, and what a tap on it sends."""
        for form in reversed(self.forms):
            for words, name, value in form.buttons:
                if words == label:
                    return form, {**form.fields, **({name: value} if name else {})}
        msg = f"no button {label!r}: there are {self.buttons}"
        raise AssertionError(msg)

    def form(self, action: str) -> Form:
        """Return the form that goes to an address."""
        return next(form for form in self.forms if form.action == action)


async def look(browser: httpx.AsyncClient, address: str) -> Page:
    """Open an address."""
    return Page(await browser.get(address))


async def tap(browser: httpx.AsyncClient, page: Page, label: str) -> Page:
    """Tap the newest button with these words."""
    form, sent = page.find(label)
    return Page(await browser.post(form.action, data=sent))


async def write(browser: httpx.AsyncClient, page: Page, words: str) -> Page:
    """Type words into the line and send them."""
    form = page.form("/chat/say")
    return Page(await browser.post(form.action, data={**form.fields, "text": words}))


async def join(browser: httpx.AsyncClient, link: str) -> Page:
    """Open an invitation, read the three pages and say yes."""
    page = await tap(browser, await look(browser, link), "Open the chat")
    for label in ("Next", "Next", "Yes, I want to"):
        page = await tap(browser, page, label)
    return page
