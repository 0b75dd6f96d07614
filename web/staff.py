"""Staff pages: support episodes and invitations.

They show what the use cases give and hand on what staff enter; they decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from surveys.people import AgeBand, Role
from usecases import (
    agreeing,
    glimpsing,
    inviting,
    moving,
    overview,
    reading,
    reopening,
    restoring,
    suppressing,
)
from usecases.inviting import Closing, Invitee, NewEpisode
from usecases.moving import EpisodeChange
from usecases.overview import EpisodesPage, Wanted
from usecases.refusal import Refusal
from web import labels
from web.access import read_signed_form
from web.agreed import read_agreed
from web.desk import by, frame, site_of
from web.invitation import show_invitation
from web.labels import pick, read_child_age
from web.pages import go_to, show

_CHOOSE: Final = "Choose one from each list."
_NO_DATE: Final = "Give the day as day, month and year."
_NO_CASE: Final = "There is no support episode with this case reference. Is it spelled in full?"
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_DIGITS: Final = 6

Refused = Mapping[str, tuple[str, Mapping[str, str]]]
"""By form, what was wrong and what had been entered."""


def staff_router() -> APIRouter:
    """Return the staff pages."""
    router = APIRouter(include_in_schema=False)
    _add_episodes(router)
    _add_ends(router)
    _add_changes(router)
    return router


# --- support episodes -----------------------------------------------------------------------------


def _add_episodes(router: APIRouter) -> None:
    @router.get("/staff")
    async def home(request: Request) -> Response:
        return await _show_home(request, _wanted(request.query_params))

    @router.post("/staff/find")
    async def find(request: Request) -> Response:
        form = await read_signed_form(request)
        case = form.get("case", "").strip()
        wanted = Wanted(case=case, most=1)
        page = await _find(request, wanted) if case else None
        if page is None or not page.episodes:
            return await _show_home(request, Wanted(), {"find": (_NO_CASE, form)}, 422)
        return _go_beside(page.episodes[0].episode.id)

    @router.post("/staff/episodes")
    async def open_episode(request: Request) -> Response:
        form = await read_signed_form(request)
        try:
            new = _new_episode(form)
            episode = await inviting.open_episode(site_of(request).service, new, by(request))
        except Refusal as refusal:
            return await _show_home(request, Wanted(), {"open": (str(refusal), form)}, 422)
        return _go_beside(episode)

    @router.post("/staff/episodes/{episode}/invite")
    async def invite(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        site = site_of(request)
        try:
            invitee = _invitee(episode, form)
            invited = await agreeing.invite(site.service, invitee, read_agreed(form), by(request))
        except Refusal as refusal:
            return await _refuse(request, "invite", episode, refusal, form)
        return show_invitation(site, invited, frame(request))


def _add_ends(router: APIRouter) -> None:
    @router.post("/staff/episodes/{episode}/close")
    async def close_episode(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        try:
            closing = _closing(form)
            await inviting.close_episode(site_of(request).service, episode, closing, by(request))
        except Refusal as refusal:
            return await _refuse(request, "close", episode, refusal, form)
        return _go_beside(episode)

    @router.post("/staff/episodes/{episode}/reopen")
    async def reopen(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        try:
            await reopening.reopen(site_of(request).service, episode, by(request))
        except Refusal as refusal:
            return await _refuse(request, "reopen", episode, refusal, form)
        return _go_beside(episode)


def _add_changes(router: APIRouter) -> None:
    @router.post("/staff/episodes/{episode}/change")
    async def change(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        try:
            what, day = _change(form), _day(form.get("on", ""))
            await moving.change(site_of(request).service, episode, what, day, by(request))
        except Refusal as refusal:
            return await _refuse(request, "change", episode, refusal, form)
        return _go_beside(episode)

    @router.post("/staff/episodes/{episode}/leave/{participant}")
    async def leave(request: Request, episode: str, participant: str) -> Response:
        form = await read_signed_form(request)
        try:
            await moving.leave(site_of(request).service, episode, participant, by(request))
        except Refusal as refusal:
            return await _refuse(request, "leave", episode, refusal, form)
        return _go_beside(episode)

    @router.post("/staff/episodes/{episode}/rejoin/{participant}")
    async def rejoin(request: Request, episode: str, participant: str) -> Response:
        form = await read_signed_form(request)
        try:
            await moving.rejoin(site_of(request).service, episode, participant, by(request))
        except Refusal as refusal:
            return await _refuse(request, "rejoin", episode, refusal, form)
        return _go_beside(episode)


async def _show_home(
    request: Request, wanted: Wanted, refused: Refused | None = None, status: int = 200
) -> Response:
    """Show some support episodes, and beside a form what was wrong with it."""
    site, sight = site_of(request), by(request).sight
    values = {
        **frame(request),
        "page": await _find(request, wanted),
        "wanted": wanted,
        "counts": await reading.own_counts(site.service, by(request)),
        "held": await suppressing.count_held(site.service, sight),
        "set_aside": await restoring.count_set_aside(site.service) if sight.sees_everybody else 0,
        "opened": await glimpsing.count_opened(site.service, by(request)),
        "refused": refused or {},
        "today": site.service.rhythm.local(site.clock()).date().isoformat(),
        "labels": labels,
    }
    return show("staff.html", values, status)


async def _find(request: Request, wanted: Wanted) -> EpisodesPage:
    return await overview.find_episodes(site_of(request).service, wanted, by(request).sight)


async def _refuse(
    request: Request, what: str, episode: str, refusal: Refusal, form: Mapping[str, str]
) -> Response:
    """Show the child's support episodes, and beside the form what was wrong."""
    wanted = Wanted(beside=episode)
    return await _show_home(request, wanted, {f"{what} {episode}": (str(refusal), form)}, 422)


def _go_beside(episode: str) -> Response:
    """Show the support episodes of this child; the address holds no case reference."""
    return go_to(f"/staff?beside={quote(episode, safe='')}")


def _wanted(asked: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; what cannot be read means the beginning."""
    start = asked.get("start", "")
    is_number = start.isascii() and start.isdigit() and len(start) <= _MOST_DIGITS
    return Wanted(
        beside=asked.get("beside", ""),
        closed=bool(asked.get("closed")),
        start=int(start) if is_number else 0,
    )


def _new_episode(form: Mapping[str, str]) -> NewEpisode:
    commissioner = pick(Commissioner, form.get("commissioner", ""))
    strand = pick(Strand, form.get("strand", ""))
    lives = pick(Lives, form.get("lives", ""))
    if commissioner is None or strand is None or lives is None:
        raise Refusal(_CHOOSE)
    return NewEpisode(
        case=form.get("case", ""),
        commissioner=commissioner,
        strand=strand,
        intervention=form.get("intervention", ""),
        lives=lives,
        opened_on=_day(form.get("opened_on", "")),
        worker=form.get("worker", "").strip() or None,
        child_age=read_child_age(form),
    )


def _change(form: Mapping[str, str]) -> EpisodeChange:
    """Return what changed; a field that is left empty stays as it is."""
    return EpisodeChange(
        pick(Commissioner, form.get("commissioner", "")),
        pick(Lives, form.get("lives", "")),
        form.get("worker", "").strip() or None,
    )


def _closing(form: Mapping[str, str]) -> Closing:
    reason = pick(CloseReason, form.get("reason", ""))
    if reason is None:
        raise Refusal(_CHOOSE)
    return Closing(_day(form.get("on", "")), reason)


def _invitee(episode: str, form: Mapping[str, str]) -> Invitee:
    role = pick(Role, form.get("role", ""))
    if role is None:
        raise Refusal(_CHOOSE)
    return Invitee(episode, role, pick(AgeBand, form.get("age_band", "")) or AgeBand.ADULT)


def _day(written: str) -> date:
    if not _ISO_DAY.fullmatch(written):
        raise Refusal(_NO_DATE)
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refusal(_NO_DATE) from None
