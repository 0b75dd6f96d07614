"""Staff pages about figures: period by period what can be done next, and each release as it is.

They show what the use cases give and hand on what staff decide; no number here is unprotected.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from outcomes.episode import Audience
from outcomes.errors import BadQuarterError
from outcomes.formats.labels import PLACES
from outcomes.notes import MEANINGS
from outcomes.quarter import parse_period
from storage.releases import ReleaseOnList, State
from usecases import publishing, release_periods
from usecases.inviting import By
from usecases.publishing import Draft
from usecases.refusal import Refusal
from usecases.release_periods import Next
from usecases.release_steps import is_same_person
from usecases.service import Service
from web.access import read_signed_form
from web.compiling import Compiling, Going
from web.desk import by, frame, site_of
from web.labels import pick
from web.pages import go_to, show
from web.release_lines import count_withheld, figure_lines, flow_lines, places_of

_LIST: Final = "/staff/releases"
_NO_PERIOD: Final = "There is no such period."
_BUSY: Final = "Figures are being compiled just now. Wait until they are done, then try again."
_NOT_FOUND: Final = 404
_REFUSED: Final = 422
_AGAIN_AFTER: Final = 5
"""Seconds until the page about something that is going on is asked for again."""

_Step = Callable[[Service, str, By], Awaitable[ReleaseOnList]]


def releases_router() -> APIRouter:
    """Return the pages about figures."""
    router = APIRouter(include_in_schema=False)
    _add_list(router)
    _add_steps(router)
    return router


def _add_list(router: APIRouter) -> None:
    compiling = Compiling()

    @router.get(_LIST)
    async def periods(request: Request) -> Response:
        ended = compiling.ended
        why_not = {ended.period: ended.why_not} if ended and ended.why_not else {}
        return await _show_list(request, why_not, compiling.going)

    @router.post(f"{_LIST}/compile")
    async def compile_(request: Request) -> Response:
        form = await read_signed_form(request)
        written = form.get("period", "")
        if compiling.going is not None:
            return await _show_list(request, {written: _BUSY}, compiling.going, _REFUSED)
        try:
            period = parse_period(written)
        except BadQuarterError:
            return await _show_list(request, {"": _NO_PERIOD}, None, _REFUSED)
        await compiling.start(site_of(request).service, period, by(request))
        ended = compiling.ended
        if ended is None:
            return go_to(_LIST)
        if ended.release_id is None:
            return await _show_list(request, {written: ended.why_not}, None, _REFUSED)
        return go_to(f"{_LIST}/{ended.release_id}")


def _add_steps(router: APIRouter) -> None:
    @router.get(f"{_LIST}/{{release}}")
    async def one(request: Request, release: str) -> Response:
        return await _show_release(request, release)

    @router.post(f"{_LIST}/{{release}}/approve")
    async def approve(request: Request, release: str) -> Response:
        return await _take(request, release, publishing.approve)

    @router.post(f"{_LIST}/{{release}}/publish")
    async def publish(request: Request, release: str) -> Response:
        return await _take(request, release, publishing.publish)

    @router.post(f"{_LIST}/{{release}}/drop")
    async def drop(request: Request, release: str) -> Response:
        return await _take(request, release, publishing.drop)


async def _take(request: Request, release: str, step: _Step) -> Response:
    """Take a release one step further, or say beside the buttons why not."""
    await read_signed_form(request)
    try:
        moved = await step(site_of(request).service, release, by(request))
    except Refusal as refusal:
        return await _show_release(request, release, str(refusal))
    return go_to(_LIST if moved.state is State.DROPPED else f"{_LIST}/{moved.id}")


async def _show_list(
    request: Request, refused: Mapping[str, str], going: Going | None, status: int = 200
) -> Response:
    """Show the periods; `refused` says, by period, what could not be done.

    While a period is being compiled the page asks for itself again by and by, without a script.
    """
    site = site_of(request)
    today = site.service.rhythm.local(site.clock()).date()
    periods = await release_periods.list_periods(site.service, today)
    listed = [str(each.period) for each in periods]
    values = {
        **frame(request),
        "periods": periods,
        "Next": Next,
        "refused": refused,
        "elsewhere": [message for period, message in refused.items() if period not in listed],
        "going": going,
    }
    page = show("releases.html", values, status)
    if going is not None:
        page.headers["Refresh"] = f"{_AGAIN_AFTER}; url={_LIST}"
    return page


async def _show_release(request: Request, release_id: str, refused: str = "") -> Response:
    """Show one release as an audience sees it, and beside the buttons what could not be done."""
    draft = await publishing.load_draft(site_of(request).service, release_id)
    if draft is None:
        raise HTTPException(_NOT_FOUND)
    audience = pick(Audience, request.query_params.get("as", "")) or Audience.ICB
    values = {
        **frame(request),
        "here": _LIST,
        "made": draft.on_list,
        "release": draft.release,
        "stuck": draft.stuck,
        "refused": refused,
        "is_mine": is_same_person(draft.on_list.compiled_by, request.state.someone.who),
        "audience": audience,
        "audiences": [(each.value, PLACES[each].title) for each in Audience],
        **_seen(draft, audience),
    }
    return show("release.html", values, _REFUSED if refused else 200)


def _seen(draft: Draft, audience: Audience) -> dict[str, object]:
    """Return what the page shows of the figures; nothing where they cannot be read any more."""
    release = draft.release
    files = [(PLACES[each].title, found) for each, found in draft.files.items() if found]
    if release is None:
        return {"files": files}
    return {
        "places": [PLACES[each].title for each in places_of(audience)],
        "figures": figure_lines(release, audience),
        "flow": flow_lines(release, audience),
        "withheld": count_withheld(release),
        "meanings": {symbol.value: meaning for symbol, meaning in MEANINGS.items()},
        "files": files,
    }
