"""Releases as data, for programs: what somebody may see on their pages, and nothing more."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from outcomes.episode import Audience
from outcomes.formats.page import as_rows, flow_rows
from outcomes.formats.tidy import to_csv
from outcomes.release import Release, Status
from usecases import publishing, signing_in
from web.site import Site

_PROBLEM: Final = "application/problem+json"
_KINDS: Final = {"csv": "text/csv; charset=utf-8", "txt": "text/plain; charset=utf-8"}
_VERSION: Final = "1"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class ListedRelease(_Frozen):
    """One release on the list. `status` tells whether answers could still come in."""

    id: str
    quarter: str
    status: Status
    compiled_at: datetime


class FigureInWords(_Frozen):
    """One protected figure. `value` is absent where it is not shown; then `reason` says why."""

    measure: str
    title: str
    area: str
    place: str
    sentence: str
    value: str | None
    reason: str | None
    interval: str | None
    definition: str


class FlowInWords(_Frozen):
    """How many support episodes came how far, or were lost for one reason; rounded."""

    people: str
    place: str
    step: str
    is_reason: bool
    count: str | None
    reason: str | None


class OneRelease(_Frozen):
    """One release as an audience sees it. `files` can be fetched one by one."""

    id: str
    quarter: str
    status: Status
    audience: Audience | None
    figures: tuple[FigureInWords, ...]
    flow: tuple[FlowInWords, ...]
    notes: tuple[str, ...]
    files: tuple[str, ...]


class Problem(_Frozen):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int


def problem(status: int) -> JSONResponse:
    """Return an error as programs read it."""
    told = Problem(title=HTTPStatus(status).phrase, status=status)
    return JSONResponse(told.model_dump(), status, media_type=_PROBLEM)


_ERRORS: Final[dict[int | str, dict[str, object]]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {_PROBLEM: {}}}
    for status in (401, 403, 404, 503)
}


def api_router() -> APIRouter:
    """Return the pages for programs."""
    router = APIRouter(tags=["releases"])

    @router.get("/api/v1/releases", response_model=list[ListedRelease], responses=_ERRORS)
    async def list_releases(request: Request) -> Response:
        """All releases, the newest quarter first."""
        found = await publishing.list_releases(_site(request).service)
        listed = [
            ListedRelease(
                id=each.id,
                quarter=each.quarter,
                status=Status(each.status),
                compiled_at=each.compiled_at,
            ).model_dump(mode="json")
            for each in found
        ]
        return _with_mark(request, json.dumps(listed).encode(), "application/json")

    @router.get("/api/v1/releases/{release}", response_model=OneRelease, responses=_ERRORS)
    async def one_release(request: Request, release: str) -> Response:
        """One release as you may see it."""
        found = await publishing.load_release(_site(request).service, release)
        if found is None:
            return problem(404)
        body = _describe(found, _audience(request)).model_dump_json().encode()
        return _with_mark(request, body, "application/json")

    @router.get("/api/v1/releases/{release}/files/{name}", responses=_ERRORS)
    async def one_file(request: Request, release: str, name: str) -> Response:
        """One file of a release, for your own audience."""
        found = await publishing.load_release(_site(request).service, release)
        audience = _audience(request)
        files = to_csv(found, audience) if found is not None and audience is not None else {}
        if name not in files:
            return problem(404)
        kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
        response = _with_mark(request, files[name], kind)
        response.headers["content-disposition"] = f'attachment; filename="{release}-{name}"'
        return response

    @router.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> JSONResponse:
        app = request.app
        told = get_openapi(
            title=app.title, version=_VERSION, description=app.description, routes=app.routes
        )
        return JSONResponse(told)

    return router


def _describe(release: Release, audience: Audience | None) -> OneRelease:
    """Return a release as an audience sees it; staff see what all of them see, without files."""
    seen = audience or Audience.ICB
    return OneRelease(
        id=release.id,
        quarter=str(release.period),
        status=release.status,
        audience=audience,
        figures=tuple(
            FigureInWords(
                measure=row.measure,
                title=row.title,
                area=row.area,
                place=row.place,
                sentence=row.sentence,
                value=row.value,
                reason=row.reason,
                interval=row.interval,
                definition=row.definition,
            )
            for row in as_rows(release, seen)
        ),
        flow=tuple(
            FlowInWords(
                people=row.people,
                place=row.place,
                step=row.step,
                is_reason=row.is_reason,
                count=row.count,
                reason=row.reason,
            )
            for row in flow_rows(release, seen)
        ),
        notes=release.notes,
        files=tuple(sorted(to_csv(release, audience))) if audience is not None else (),
    )


def _with_mark(request: Request, body: bytes, kind: str) -> Response:
    """Return content with a mark, or only that it has not changed."""
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": mark, "cache-control": "private, no-cache"}
    if mark in [each.strip() for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "content-type": kind})


def _audience(request: Request) -> Audience | None:
    return signing_in.audience_of(request.state.someone)


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
