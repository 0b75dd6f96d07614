"""Support episodes from a case-management system, over HTTP: for that one program only.

It reads what was sent into rows; what becomes of them is decided by the use case, by the same rules
as for files.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final

from fastapi import APIRouter, Request, Security
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict

from usecases import importing
from usecases.import_checks import Outcome
from usecases.import_columns import COLUMNS, EXAMPLE, OPTIONAL, Column
from usecases.import_faults import MEANT, Cells, Fault, closest, harmless
from usecases.import_files import read_file
from usecases.inviting import By
from web.forms import BodyTooLarge, read_body
from web.pace import Pace
from web.site import Site

MOST_ROWS: Final = 1000
"""Rows of one call: they are written in one transaction, and chats wait for it."""

MOST_BYTES: Final = 2_000_000
"""Bytes of one call: many times what so many rows need."""

_PROBLEM: Final = "application/problem+json"
_JSON: Final = "application/json"
_CSV: Final = "text/csv"
_TOO_MANY: Final = f"Send at most {MOST_ROWS} rows and {MOST_BYTES} bytes in one call."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Imported(_Frozen):
    """What was done, or would be. `columns` says in how many rows which column differed."""

    dry_run: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    columns: dict[str, int]
    planned: int


class FaultInRow(_Frozen):
    """Something that is wrong. `row` counts from 1, in CSV it is the line with the headings."""

    row: int
    column: str
    cause: str
    remedy: str
    value: str


class EpisodesProblem(_Frozen):
    """What went wrong (RFC 9457); nothing was written."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    faults: tuple[FaultInRow, ...] = ()


class _Wrong(Exception):
    """The whole call is wrong; `detail` says how."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class _Call:
    """What was sent: rows that are read one by one, and whether they are only looked at."""

    rows: Iterable[Cells | Fault]
    dry_run: bool


_TEXT: Final = {"type": "string"}
_NEEDED: Final = list(COLUMNS[:7])
_KNOWN: Final = COLUMNS + OPTIONAL
_YES_OR_NO: Final = (Column.OUT_OF_AREA_START.value, Column.OUT_OF_AREA_END.value)
_NUMBERS: Final = (Column.UNPLANNED_MOVES.value, Column.CHILD_AGE.value)


def _kinds(name: str) -> list[str]:
    """Return what may stand in a column that may be empty."""
    kinds = ["string", "null"]
    if name in _YES_OR_NO:
        return ["boolean", *kinds]
    return ["integer", *kinds] if name in _NUMBERS else kinds


_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "required": _NEEDED,
    "additionalProperties": False,
    "properties": {name: _TEXT if name in _NEEDED else {"type": _kinds(name)} for name in _KNOWN},
}
_CALL: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["rows"],
    "additionalProperties": False,
    "properties": {
        "rows": {"type": "array", "maxItems": MOST_ROWS, "items": _ROW},
        "dry_run": {"type": "boolean", "default": False},
    },
}
_DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": _CALL},
            _CSV: {"schema": _TEXT, "example": EXAMPLE},
        },
    },
    "parameters": [
        {
            "name": "dry_run",
            "in": "query",
            "description": "For CSV: say what would happen, and write nothing.",
            "schema": {"type": "boolean", "default": False},
        }
    ],
}


def _problem_schema() -> dict[str, Any]:
    """Return how a problem looks, in one piece: a reference would point nowhere in our document."""
    told = EpisodesProblem.model_json_schema()
    told["properties"]["faults"]["items"] = told.pop("$defs")[FaultInRow.__name__]
    return told


_ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {_PROBLEM: {"schema": _problem_schema()}},
    }
    for status in (400, 401, 413, 415, 422, 429, 503)
}


def api_episodes_router() -> APIRouter:
    """Return the door for the case-management system."""
    router = APIRouter(tags=["support episodes"])
    key = HTTPBearer(
        scheme_name="caseSystem",
        description="The key that `starling access key` printed.",
        auto_error=False,  # web.access has looked at it before
    )
    pace, one_at_a_time = Pace(), asyncio.Lock()

    @router.post(
        "/api/v1/episodes",
        response_model=Imported,
        responses=_ERRORS,
        openapi_extra=_DOCUMENTED,
        dependencies=[Security(key)],
    )
    async def import_episodes(request: Request) -> Response:
        """Take support episodes over: all rows of a call, or none of them.

        The same rows twice change nothing. See docs/import-episodes.md for the columns.
        """
        if not pace.allows(hash(request.state.someone), asyncio.get_running_loop().time()):
            return _problem(429, "Wait a little between calls, and send more rows in each.")
        try:
            call = await _read(request)
            async with one_at_a_time:
                return await _import(request, call)
        except BodyTooLarge:
            return _problem(413, _TOO_MANY)
        except _Wrong as wrong:
            return _problem(wrong.status, wrong.detail)

    return router


async def _import(request: Request, call: _Call) -> Response:
    site: Site = request.app.state.site
    by = By(request.state.someone.who, site.clock())
    faults: list[Fault] = []
    outcome = await importing.import_rows(
        site.service, _no_more_than(call.rows), by, faults.append, dry_run=call.dry_run
    )
    if faults:
        detail = f"Nothing was written. Faults: {len(faults)}; rows: {outcome.rows}."
        return _problem(422, detail, faults)
    return JSONResponse(_told(outcome, dry_run=call.dry_run).model_dump())


def _told(outcome: Outcome, *, dry_run: bool) -> Imported:
    return Imported(
        dry_run=dry_run,
        rows=outcome.rows,
        new=outcome.new,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        columns=outcome.columns,
        planned=outcome.planned,
    )


def _problem(status: int, detail: str, faults: Iterable[Fault] = ()) -> JSONResponse:
    told = EpisodesProblem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        faults=tuple(FaultInRow(**asdict(each)) for each in faults),
    )
    return JSONResponse(told.model_dump(), status, media_type=_PROBLEM)


# --- reading --------------------------------------------------------------------------------------


async def _read(request: Request) -> _Call:
    """Return what was sent. Raises BodyTooLarge and _Wrong."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (_JSON, _CSV):
        raise _Wrong(415, f"Send {_JSON} or {_CSV}.")
    body = await read_body(request, MOST_BYTES)
    if kind == _CSV:
        dry_run = request.query_params.get("dry_run", "false").lower()
        if dry_run not in ("true", "false"):
            raise _Wrong(400, "dry_run is true or false.")
        return _Call(read_file(BytesIO(body)), dry_run == "true")
    return await asyncio.to_thread(_read_json, body)


def _read_json(body: bytes) -> _Call:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise _Wrong(400, "This is not JSON.") from None  # the error holds what was sent
    if not isinstance(sent, dict) or not sent.keys() <= {"rows", "dry_run"}:
        raise _Wrong(400, "Send an object with rows and, where you like, dry_run.")
    rows, dry_run = sent.get("rows"), sent.get("dry_run", False)
    if not isinstance(rows, list) or not isinstance(dry_run, bool):
        raise _Wrong(400, "rows is a list of objects, and dry_run is true or false.")
    return _Call(_rows(rows), dry_run)


def _rows(sent: list[Any]) -> Iterator[Cells | Fault]:
    for place, row in enumerate(sent, 1):
        if not isinstance(row, dict):
            yield Fault(place, "", "this row is not an object", "Give the columns by their names")
            continue
        texts = {name: _as_text(name, row.get(name)) for name in _KNOWN}
        faults = [_unknown(place, name) for name in row if name not in _KNOWN]
        faults += [
            Fault(place, name, "this is not text", "Put it into quotes, or give null for nothing")
            for name, text in texts.items()
            if text is None
        ]
        yield from faults
        if not faults:
            yield Cells(place, {name: text or "" for name, text in texts.items()})


def _as_text(name: str, value: Any) -> str | None:
    """Return a value as a cell holds it, or None for a kind that this column does not take."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return ("yes" if value else "no") if name in _YES_OR_NO else None
    return str(value) if isinstance(value, int) and name in _NUMBERS else None


def _unknown(place: int, name: str) -> Fault:
    meant = closest(name, _KNOWN)
    cause = "there is a name in this row that is not one of our columns"
    if meant:
        return Fault(place, meant, cause, f"{MEANT} {meant}", harmless(name))
    return Fault(place, "", cause, f"Take it out. The columns are: {', '.join(_KNOWN)}")


def _no_more_than(rows: Iterable[Cells | Fault]) -> Iterator[Cells | Fault]:
    """Yield rows; _Wrong where there are more than one call may have."""
    pieces = iter(rows)
    seen: set[int] = set()
    for each in pieces:
        seen.add(each.row)
        if len(seen) > MOST_ROWS:
            raise _Wrong(413, _TOO_MANY)
        yield each
