"""The staff page of themes: how many young people raised each, and what was done about it.

It shows what the use cases give and hands on what staff enter; it decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import telling_back, theming
from usecases.refusal import Refusal
from usecases.theme_words import LONGEST_REPLY, LONGEST_TITLE, NamesSomebody
from web.access import read_signed_form
from web.desk import by, frame, site_of
from web.pages import go_to, show

_THEMES: Final = "/staff/themes"
_NO_DATE: Final = "Give the day as day, month and year."
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Refused = Mapping[str, tuple[str, Mapping[str, str]]]
"""By form, what was wrong and what had been entered."""


def themes_router() -> APIRouter:
    """Return the page of themes."""
    router = APIRouter(include_in_schema=False)
    _add_list(router)
    _add_changes(router)
    _add_replies(router)
    return router


def _add_list(router: APIRouter) -> None:
    @router.get(_THEMES)
    async def themes(request: Request) -> Response:
        return await _show(request)

    @router.post(_THEMES)
    async def add(request: Request) -> Response:
        form = await read_signed_form(request)
        try:
            await theming.add_theme(site_of(request).service, _text(form, "title"), by(request))
        except Refusal as refusal:
            return await _show(request, {"add": (str(refusal), form)})
        return go_to(_THEMES)


def _add_changes(router: APIRouter) -> None:
    @router.post("/staff/themes/{theme}/rename")
    async def rename(request: Request, theme: str) -> Response:
        form = await read_signed_form(request)
        service, title = site_of(request).service, _text(form, "title")
        try:
            await theming.rename(service, theme, title, by(request))
        except Refusal as refusal:
            return await _show(request, {f"rename {theme}": (str(refusal), form)})
        return _go_to(theme)

    @router.post("/staff/themes/{theme}/retire")
    async def retire(request: Request, theme: str) -> Response:
        form = await read_signed_form(request)
        try:
            await theming.retire(site_of(request).service, theme, by(request))
        except Refusal as refusal:
            return await _show(request, {"add": (str(refusal), form)})
        return go_to(_THEMES)

    @router.post("/staff/themes/{theme}/take-up")
    async def take_up(request: Request, theme: str) -> Response:
        form = await read_signed_form(request)
        try:
            await theming.take_up_again(site_of(request).service, theme, by(request))
        except Refusal as refusal:
            return await _show(request, {"add": (str(refusal), form)})
        return _go_to(theme)


def _add_replies(router: APIRouter) -> None:
    @router.post("/staff/themes/{theme}/done")
    async def reply(request: Request, theme: str) -> Response:
        form = await read_signed_form(request)
        service, did = site_of(request).service, _text(form, "did")
        looked = form.get("names-nobody") == "yes"
        try:
            day = _day(form.get("day", ""))
            await theming.add_reply(service, theme, did, day, by(request), names_nobody=looked)
        except NamesSomebody as names:
            return await _show(request, {f"done {theme}": (str(names), form)}, names_in=theme)
        except Refusal as refusal:
            return await _show(request, {f"done {theme}": (str(refusal), form)})
        return _go_to(theme)

    @router.post("/staff/themes/{theme}/done/{reply}/take-back")
    async def take_back(request: Request, theme: str, reply: str) -> Response:
        await read_signed_form(request)
        await theming.take_back(site_of(request).service, reply, by(request))
        return _go_to(theme)


async def _show(
    request: Request, refused: Refused | None = None, *, names_in: str = ""
) -> Response:
    """Show every theme, and beside a form what was wrong with it.

    names_in: the theme about which words were written that look like names.
    """
    site = site_of(request)
    now = site.clock()
    values = {
        **frame(request),
        "themes": await theming.list_themes(site.service, now),
        "told": await telling_back.count_told(site.service),
        "refused": refused or {},
        "names_in": names_in,
        "undo_minutes": telling_back.UNDO_FOR.seconds // 60,
        "today": site.service.rhythm.local(now).date().isoformat(),
        "longest_title": LONGEST_TITLE,
        "longest_reply": LONGEST_REPLY,
        "weeks": theming.LONG.days // 7,
    }
    return show("themes.html", values, 422 if refused else 200)


def _go_to(theme: str) -> Response:
    """Show the page where this theme stands on it; what is no short name leads to its top."""
    place = f"#{theme}" if re.fullmatch(r"[a-z-]+", theme) else ""
    return go_to(f"{_THEMES}{place}")


def _text(form: Mapping[str, str], field: str) -> str:
    # PostgreSQL refuses a text with this character in it.
    return form.get(field, "").replace("\0", "")


def _day(written: str) -> date:
    if not _ISO_DAY.fullmatch(written):
        raise Refusal(_NO_DATE)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refusal(_NO_DATE) from None
