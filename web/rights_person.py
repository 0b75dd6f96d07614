"""The staff page about one person's rights: who agreed, their chats, a legal hold, sharing.

It shows what the use cases give and hands on what staff enter; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from storage.reasons import HoldReason
from surveys.people import AgeBand, Role
from usecases import agreeing, correcting, handing_over, holding_legally, overview
from usecases.agreeing import Agreed, AgreedBy, Understands
from usecases.recipients import Recipient, SharingReason
from usecases.refusal import Refusal
from web import labels
from web.access import read_signed_form
from web.agreed import read_agreed
from web.desk import by, frame, label_of, site_of
from web.labels import choices, pick
from web.pages import go_to, show

_CHOOSE = "Choose one from each list."
_NOT_THERE = 404


def person_rights_router() -> APIRouter:
    """Return the page and its forms."""
    router = APIRouter(include_in_schema=False)
    _add_corrections(router)
    _add_protection(router)
    return router


def _add_corrections(router: APIRouter) -> None:
    @router.get("/staff/people/{participant}/rights")
    async def look(request: Request, participant: str) -> Response:
        return await _show(request, participant)

    @router.post("/staff/people/{participant}/age")
    async def age(request: Request, participant: str) -> Response:
        form = await read_signed_form(request)
        band = pick(AgeBand, form.get("age_band", ""))
        if band is None:
            return await _show(request, participant, _CHOOSE)
        try:
            agreed = read_agreed(form)
        except Refusal as refusal:
            return await _show(request, participant, str(refusal))
        service = site_of(request).service
        doing = correcting.set_age_band(service, participant, band, by(request), agreed)
        return await _do(request, participant, doing)

    @router.post("/staff/people/{participant}/role")
    async def role(request: Request, participant: str) -> Response:
        form = await read_signed_form(request)
        right = pick(Role, form.get("role", ""))
        if right is None:
            return await _show(request, participant, _CHOOSE)
        service, who = site_of(request).service, by(request)
        today = service.rhythm.local(who.now).date()
        agreed = Agreed(AgreedBy.THEMSELVES, Understands.GROWN_UP, today)
        doing = correcting.set_role(service, participant, right, who, agreed)
        return await _do(request, participant, doing)

    @router.post("/staff/people/{participant}/chats/{chat}/part")
    async def part(request: Request, participant: str, chat: str) -> Response:
        await read_signed_form(request)
        doing = correcting.unlink(site_of(request).service, participant, chat, by(request))
        return await _do(request, participant, doing)


def _add_protection(router: APIRouter) -> None:
    @router.post("/staff/people/{participant}/legal-hold")
    async def hold(request: Request, participant: str) -> Response:
        form = await read_signed_form(request)
        reason = pick(HoldReason, form.get("reason", ""))
        if reason is None:
            return await _show(request, participant, _CHOOSE)
        doing = holding_legally.hold(site_of(request).service, participant, reason, by(request))
        return await _do(request, participant, doing)

    @router.post("/staff/people/{participant}/legal-hold/{hold}/lift")
    async def lift(request: Request, participant: str, hold: str) -> Response:
        await read_signed_form(request)
        service = site_of(request).service
        standing = await holding_legally.of_participant(service, participant)
        asked = any(each.id == hold and each.asked_by for each in standing)
        act = holding_legally.lift if asked else holding_legally.ask_to_lift
        return await _do(request, participant, act(service, hold, by(request)))

    @router.post("/staff/people/{participant}/share")
    async def share(request: Request, participant: str) -> Response:
        form = await read_signed_form(request)
        recipient = pick(Recipient, form.get("recipient", ""))
        reason = pick(SharingReason, form.get("reason", ""))
        if recipient is None or reason is None:
            return await _show(request, participant, _CHOOSE)
        given = await handing_over.share(
            site_of(request).service, participant, recipient, reason, by(request)
        )
        headers = {"content-disposition": 'attachment; filename="to-protect.json"'}
        body = given.model_dump_json(indent=2)
        return Response(body, media_type="application/json", headers=headers)


async def _do(request: Request, participant: str, work: Awaitable[object]) -> Response:
    try:
        await work
    except Refusal as refusal:
        return await _show(request, participant, str(refusal))
    return go_to(f"/staff/people/{participant}/rights")


async def _show(request: Request, participant: str, refused: str = "") -> Response:
    """Show the page; `refused` says what could not be done."""
    service, who = site_of(request).service, by(request)
    try:
        seen = await overview.see(service, participant)
    except Refusal as refusal:
        raise HTTPException(_NOT_THERE) from refusal
    values = {
        **frame(request),
        "seen": seen,
        "label_of": label_of,
        "refused": refused,
        "agreements": await agreeing.of_participant(service, participant),
        "chats": await correcting.chats_of(service, participant, who),
        "holds": await holding_legally.of_participant(service, participant),
        "labels": labels,
        "hold_reasons": choices(HoldReason),
        "grown_up_roles": choices([Role.CARER, Role.PROFESSIONAL]),
        "recipients": choices(Recipient),
        "sharing_reasons": choices(SharingReason),
        "today": service.rhythm.local(who.now).date().isoformat(),
    }
    return show("people_rights.html", values, 422 if refused else 200)
