"""Staff pages about one person, and about everybody whom nobody may ask for a while.

They show what the use cases give and hand on what staff enter; they decide nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from surveys.people import Role
from usecases import overview, suppressing
from usecases.refusal import Refusal
from usecases.suppressing import CONFIRMATION, Held, Reason
from web import labels
from web.access import read_signed_form
from web.desk import by, frame, label_of, name_people, site_of
from web.labels import pick
from web.pages import go_to, show

_CHOOSE: Final = "Choose why nobody should ask them."
_REASONS: Final = labels.choices(Reason)
_NOBODY: Final = 404


def people_router() -> APIRouter:
    """Return the pages about people."""
    router = APIRouter(include_in_schema=False)
    _add_person(router)
    _add_held(router)
    return router


def _add_person(router: APIRouter) -> None:
    @router.get("/staff/people/{participant}")
    async def person(request: Request, participant: str) -> Response:
        return await _show_person(request, participant)

    @router.get("/staff/people/{participant}/hold")
    async def preview(request: Request, participant: str) -> Response:
        asked = request.query_params
        reason = pick(Reason, asked.get("reason", ""))
        if reason is None:
            return await _show_person(request, participant, _CHOOSE)
        household = bool(asked.get("household"))
        try:
            would = await suppressing.whom_it_would_hold(
                site_of(request).service,
                participant,
                reason,
                household=household,
                sight=by(request).sight,
            )
        except Refusal as refusal:
            return await _show_person(request, participant, str(refusal))
        values = {
            **frame(request),
            "participant": participant,
            "reason": reason.value,
            "household": household,
            "would": would,
            "died": reason is Reason.DECEASED and _is_child(participant, would),
            "label_of": label_of,
        }
        return show("people_hold.html", values)

    @router.post("/staff/people/{participant}/hold")
    async def hold(request: Request, participant: str) -> Response:
        form = await read_signed_form(request)
        reason = pick(Reason, form.get("reason", ""))
        if reason is None:
            return await _show_person(request, participant, _CHOOSE)
        household = bool(form.get("household"))
        try:
            await suppressing.suppress(
                site_of(request).service, participant, reason, by(request), household=household
            )
        except Refusal as refusal:
            return await _show_person(request, participant, str(refusal))
        return go_to(f"/staff/people/{participant}")


def _add_held(router: APIRouter) -> None:
    @router.get("/staff/held")
    async def held(request: Request) -> Response:
        return await _show_held(request)

    @router.post("/staff/held/{action}/ask")
    async def ask(request: Request, action: str) -> Response:
        await read_signed_form(request)
        try:
            await suppressing.ask_to_lift(site_of(request).service, action, by(request))
        except Refusal as refusal:
            return await _show_held(request, {action: str(refusal)})
        return go_to("/staff/held")

    @router.post("/staff/held/{action}/lift")
    async def lift(request: Request, action: str) -> Response:
        form = await read_signed_form(request)
        typed = form.get("confirmation", "")
        try:
            await suppressing.lift(
                site_of(request).service, action, by(request), confirmation=typed
            )
        except Refusal as refusal:
            return await _show_held(request, {action: str(refusal)})
        return go_to("/staff/held")


async def _show_person(request: Request, participant: str, refused: str = "") -> Response:
    """Show one person, and beside the form what was wrong with it."""
    service = site_of(request).service
    try:
        seen = await overview.see(service, participant, by(request).sight)
    except Refusal as refusal:
        raise HTTPException(_NOBODY) from refusal
    around = {each.was or each.became or "" for each in seen.changes}
    values = {
        **_frame(request),
        "seen": seen,
        "refused": refused,
        "reasons": _REASONS,
        "people": await name_people(site_of(request), around, by(request).sight),
    }
    return show("people.html", values, 422 if refused else 200)


async def _show_held(request: Request, refused: Mapping[str, str] | None = None) -> Response:
    """Show who is held back; `refused` holds, by action, what could not be done."""
    values = {
        **_frame(request),
        "held": await suppressing.list_held(site_of(request).service, by(request).sight),
        "refused": refused or {},
    }
    return show("people_held.html", values, 422 if refused else 200)


def _frame(request: Request) -> dict[str, object]:
    return {**frame(request), "label_of": label_of, "confirmation": CONFIRMATION}


def _is_child(participant: str, held: Collection[Held]) -> bool:
    young = [each.participant_id for each in held if each.role == Role.YOUNG_PERSON]
    return participant in young
