"""Staff pages: support episodes and invitations, words that wait, releases.

They show what the use cases give and hand on what staff enter; they decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from surveys.people import AgeBand, Role
from usecases import inviting, publishing, reading
from usecases.inviting import By, Closing, Invitee, NewEpisode
from usecases.refusal import Refusal
from web import labels
from web.access import form_key, read_signed_form
from web.invitation import show_invitation
from web.labels import pick
from web.pages import go_to, show
from web.site import Site

_CHOOSE: Final = "Choose one from each list."
_NO_DATE: Final = "Give the day as day, month and year."
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def staff_router() -> APIRouter:
    """Return the staff pages."""
    router = APIRouter(include_in_schema=False)
    _add_episodes(router)
    _add_waiting(router)
    _add_lists(router)
    return router


# --- support episodes -----------------------------------------------------------------------------


def _add_episodes(router: APIRouter) -> None:
    @router.get("/staff")
    async def home(request: Request) -> Response:
        return await _show_home(request)

    @router.post("/staff/episodes")
    async def open_episode(request: Request) -> Response:
        form = await read_signed_form(request)
        try:
            new = _new_episode(form)
            await inviting.open_episode(_site(request).service, new, _by(request))
        except Refusal as refusal:
            return await _show_home(request, {"open": (str(refusal), form)}, 422)
        return go_to("/staff")

    @router.post("/staff/episodes/{episode}/close")
    async def close_episode(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        try:
            closing = _closing(form)
            await inviting.close_episode(_site(request).service, episode, closing, _by(request))
        except Refusal as refusal:
            return await _show_home(request, {f"close {episode}": (str(refusal), form)}, 422)
        return go_to("/staff")

    @router.post("/staff/episodes/{episode}/invite")
    async def invite(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        site = _site(request)
        try:
            invitee = _invitee(episode, form)
            invited = await inviting.invite(site.service, invitee, _by(request))
        except Refusal as refusal:
            return await _show_home(request, {f"invite {episode}": (str(refusal), form)}, 422)
        return show_invitation(site, invited, _frame(request))


async def _show_home(
    request: Request,
    refused: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
    status: int = 200,
) -> Response:
    """Show the episodes; `refused` holds, by form, what was wrong and what had been entered."""
    site = _site(request)
    values = {
        **_frame(request),
        "episodes": await inviting.list_episodes(site.service),
        "counts": await reading.counts(site.service, site.clock()),
        "refused": refused or {},
        "today": site.service.rhythm.local(site.clock()).date().isoformat(),
        "labels": labels,
    }
    return show("staff.html", values, status)


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


# --- what waits -----------------------------------------------------------------------------------


def _add_waiting(router: APIRouter) -> None:
    @router.get("/staff/words")
    async def words(request: Request) -> Response:
        site = _site(request)
        desk = await reading.what_waits(site.service, _by(request))
        people = await _people(site)
        values = {**_frame(request), "desk": desk, "now": site.clock(), "people": people}
        return show("words.html", values)

    @router.post("/staff/words/{words}/read")
    async def mark_read(request: Request, words: str) -> Response:
        await read_signed_form(request)
        await reading.mark_read(_site(request).service, words, _by(request))
        return go_to("/staff/words")

    @router.post("/staff/notices/{notice}/seen")
    async def mark_seen(request: Request, notice: str) -> Response:
        await read_signed_form(request)
        await reading.mark_seen(_site(request).service, notice, _by(request))
        return go_to("/staff/words")


# --- lists ----------------------------------------------------------------------------------------


def _add_lists(router: APIRouter) -> None:
    @router.get("/staff/releases")
    async def releases(request: Request) -> Response:
        found = await publishing.list_releases(_site(request).service)
        return show("releases.html", {**_frame(request), "releases": found})


# --- every page -----------------------------------------------------------------------------------


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


async def _people(site: Site) -> dict[str, str]:
    """Return how staff know the people who answer: by their part and the case, never by name."""
    known: dict[str, str] = {}
    for each in await inviting.list_episodes(site.service):
        for person in each.people:
            age = "" if person.age_band == AgeBand.ADULT else f" {person.age_band}"
            known.setdefault(
                person.participant_id, f"{each.case}, {labels.name_of(person.role).lower()}{age}"
            )
    return known


def _by(request: Request) -> By:
    return By(request.state.someone.who, _site(request).clock())


def _frame(request: Request) -> dict[str, object]:
    """Return what every staff page shows around its content."""
    return {
        "who": request.state.someone.who,
        "key": form_key(request),
        "here": request.url.path,
        "local": _site(request).service.rhythm.local,
        "name_of": labels.name_of,
    }
