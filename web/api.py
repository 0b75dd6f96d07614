"""Releases as data, for programs: what somebody may see on their pages, and nothing more."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query, Request, Security
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.security import APIKeyCookie, HTTPBearer

from outcomes.episode import Audience
from outcomes.formats.lists import definitions_for
from storage.release_files import FileOnList
from storage.releases import ReleaseOnList
from usecases import publishing, signing_in
from usecases.inviting import By
from usecases.publishing import Published
from web.api_models import (
    DefinitionData,
    FigureData,
    FileData,
    FlowData,
    ListedRelease,
    OneRelease,
)
from web.problems import described, problem
from web.site import Site

MOST: Final = 100
"""Releases on one page of the list."""

_USUAL: Final = 20
_VERSION: Final = "1"
_LIST: Final = "/api/v1/releases"
_JSON: Final = "application/json"
_BOTH: Final = ["GET", "HEAD"]
_CURSOR: Final = r"^([0-9a-f]{2}){0,16}$"

_KEY: Final = HTTPBearer(
    scheme_name="commissionerKey",
    description="The key that `starling access key --commissioner derby-city` printed.",
    auto_error=False,  # web.access has looked at it before
)
_COOKIE: Final = APIKeyCookie(
    name="__Host-desk",
    scheme_name="signedIn",
    description="The cookie of a browser that signed in.",
    auto_error=False,
)

_ERRORS: Final = {
    401: "There is no key, or it is wrong, expired or taken back.",
    403: "The key is for something else.",
    405: "This can only be read.",
    503: "The database is away for the moment: call again.",
}
_MISSING: Final = {404: "There is nothing here that is yours and published."}
_MARKS: Final[dict[str, Any]] = {
    "ETag": {
        "description": "The mark of this content; send it as If-None-Match.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {"schema": {"type": "string"}, "description": "Ask again each time."},
}
_LINK: Final[dict[str, Any]] = {
    "Link": {
        "description": 'The next page (RFC 8288, rel="next"); absent on the last one.',
        "schema": {"type": "string"},
    }
}
_FILE_HEADERS: Final[dict[str, Any]] = {
    "Content-Disposition": {"description": "A file name.", "schema": {"type": "string"}},
    "Repr-Digest": {
        "description": "SHA-256 of the file (RFC 9530), the same for ever.",
        "schema": {"type": "string"},
    },
}
_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_FILE_KINDS: Final = {
    "text/csv": _BYTES,
    "text/plain": _BYTES,
    "application/json": {"schema": {}},
    "application/fhir+json": {"schema": {"type": "object"}},
    "application/schema+json": {"schema": {"type": "object"}},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _BYTES,
}


def _responses(
    headers: dict[str, Any], errors: dict[int, str], told: str, **content: Any
) -> dict[int | str, dict[str, Any]]:
    """Return how a call is answered, for its description."""
    return {
        200: {"description": told, "headers": {**_MARKS, **headers}, **content},
        304: {"description": "Nothing changed since If-None-Match.", "headers": _MARKS},
        **described({**_ERRORS, **errors}),
    }


_UNCHANGED: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "If-None-Match",
            "in": "header",
            "description": "The ETag of what you have: if it is still so, the answer is 304.",
            "schema": {"type": "string"},
        }
    ]
}


def api_router() -> APIRouter:
    """Return the pages for programs."""
    router = APIRouter(tags=["releases"], dependencies=[Security(_KEY), Security(_COOKIE)])
    _add_releases(router)
    _add_files(router)
    return router


def description_router() -> APIRouter:
    """Return the description of the pages for programs, which anybody may read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/v1/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse(describe_api(request.app))

    return router


def _add_releases(router: APIRouter) -> None:
    @router.api_route(
        _LIST,
        methods=_BOTH,
        response_model=list[ListedRelease],
        responses=_responses(
            _LINK,
            {422: "limit or cursor cannot be used."},
            "Published releases, the newest period first.",
        ),
        openapi_extra=_UNCHANGED,
    )
    async def list_releases(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = _USUAL,
        cursor: Annotated[
            str, Query(pattern=_CURSOR, description="From the Link header: where to go on.")
        ] = "",
    ) -> Response:
        """All published releases, the newest period first, a page at a time."""
        found = await publishing.list_published(_site(request).service)
        after = bytes.fromhex(cursor)
        left = [each for each in found if not after or each.period.encode() < after]
        page = [_listed(each).model_dump(mode="json") for each in left[:limit]]
        response = _with_mark(request, json.dumps(page).encode(), _JSON)
        if len(left) > limit:
            query = {"limit": limit, "cursor": left[limit - 1].period.encode().hex()}
            response.headers["link"] = f'<{_LIST}?{urlencode(query)}>; rel="next"'
        return response

    @router.api_route(
        f"{_LIST}/{{release}}",
        methods=_BOTH,
        response_model=OneRelease,
        responses=_responses({}, _MISSING, "The release as you may see it."),
        openapi_extra=_UNCHANGED,
    )
    async def one_release(request: Request, release: str) -> Response:
        """One published release as you may see it, with the files that you may fetch."""
        service, audience = _site(request).service, _audience(request)
        found = await publishing.load_published(service, release)
        if found is None:
            return problem(404, _MISSING[404])
        files = await publishing.files_of(service, release, audience) if audience else []
        body = _describe(found, audience, files).model_dump_json().encode()
        return _with_mark(request, body, _JSON)


def _add_files(router: APIRouter) -> None:
    @router.api_route(
        f"{_LIST}/{{release}}/files/{{name}}",
        methods=_BOTH,
        response_class=Response,
        responses=_responses(
            _FILE_HEADERS, _MISSING, "The file, byte for byte as published.", content=_FILE_KINDS
        ),
        openapi_extra=_UNCHANGED,
    )
    async def one_file(request: Request, release: str, name: str) -> Response:
        """One file of a published release, for your own audience: the same bytes for ever."""
        site, audience = _site(request), _audience(request)
        if audience is None:
            return problem(404, _MISSING[404])
        file = await publishing.load_file(site.service, release, audience, name)
        if file is None:
            return problem(404, _MISSING[404])
        response = _with_mark(request, file.body, file.media_type, file.digest)
        if response.status_code != 304 and request.method == "GET":  # noqa: PLR2004
            by = By(request.state.someone.who, site.clock())
            await publishing.note_pull(site.service, release, audience, file, by)
        digest = base64.b64encode(bytes.fromhex(file.digest)).decode()
        response.headers["repr-digest"] = f"sha-256=:{digest}:"
        response.headers["content-disposition"] = f'attachment; filename="{release}-{name}"'
        return response


def _listed(release: ReleaseOnList) -> ListedRelease:
    assert release.published is not None  # noqa: S101 (it is on the list of published ones)
    return ListedRelease.model_validate(
        {
            "id": release.id,
            "period": release.period,
            "status": release.status,
            "published_at": release.published.at,
        }
    )


def _describe(found: Published, audience: Audience | None, files: list[FileOnList]) -> OneRelease:
    """Return a release as an audience sees it; staff see what all of them see, without files."""
    release, seen = found.release, audience or Audience.ICB
    return OneRelease(
        **_listed(found.on_list).model_dump(),
        audience=audience,
        policy=release.policy.plain_words,
        audited_with=release.audited_with,
        certificate=release.certificate,
        figures=tuple(map(FigureData.model_validate, release.figures_for(seen))),
        flow=tuple(map(FlowData.model_validate, release.flow_for(seen))),
        definitions=tuple(
            DefinitionData.model_validate(each) for each in definitions_for(release, seen)
        ),
        notes=release.all_notes,
        rating_rule=release.rating_rule,
        files=tuple(
            FileData(
                name=each.name,
                media_type=each.media_type,
                digest=each.digest,
                size=each.size,
                href=f"{_LIST}/{release.id}/files/{each.name}",
            )
            for each in files
        ),
    )


def _with_mark(request: Request, body: bytes, kind: str, digest: str = "") -> Response:
    """Return content with a mark, or only that it has not changed."""
    mark = f'"{digest or hashlib.sha256(body).hexdigest()}"'
    headers = {"etag": mark, "cache-control": "private, no-cache", "vary": "authorization, cookie"}
    known = [
        each.strip().removeprefix("W/")
        for each in request.headers.get("if-none-match", "").split(",")
    ]
    if mark in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers={**headers, "content-type": kind})


def describe_api(app: FastAPI) -> dict[str, Any]:
    """Return the description; what answers GET answers HEAD alike, without content."""
    with warnings.catch_warnings():
        # One function answers both methods, so both would be called the same.
        warnings.filterwarnings("ignore", message="Duplicate Operation ID")
        told = get_openapi(
            title=app.title, version=_VERSION, description=app.description, routes=app.routes
        )
    for methods in told["paths"].values():
        if "head" in methods:
            head = dict(methods["get"])
            head["operationId"] = f"{head['operationId']}_head"
            head["responses"] = {
                status: {name: value for name, value in each.items() if name != "content"}
                for status, each in head["responses"].items()
            }
            methods["head"] = head
    return told


def _audience(request: Request) -> Audience | None:
    return signing_in.audience_of(request.state.someone)


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
