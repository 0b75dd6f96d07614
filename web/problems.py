"""Errors as programs read them (RFC 9457); it must not repeat what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

PROBLEM: Final = "application/problem+json"
API: Final = "/api/"
"""Where paths begin whose errors programs read."""


class WrongField(BaseModel):
    """One field of a call that cannot be used, and why."""

    model_config = ConfigDict(frozen=True)

    field: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). `errors` names the fields, where it was one."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: tuple[WrongField, ...] = ()


def problem(
    status: int,
    detail: str = "",
    errors: Sequence[WrongField] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return an error as programs read it."""
    told = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, errors=tuple(errors)
    )
    return JSONResponse(told.model_dump(), status, headers, media_type=PROBLEM)


def problem_of_fields(error: RequestValidationError) -> JSONResponse:
    """Return which fields of a call cannot be used; what was sent is not repeated."""
    errors = [
        WrongField(field=str(each["loc"][-1]), detail=f"{each['msg']}.") for each in error.errors()
    ]
    return problem(422, "Put these right and call again.", errors)


def described(statuses: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return how errors look, for the description of a call: status to when it comes."""
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")[WrongField.__name__]
    return {
        status: {
            "description": when,
            "content": {
                PROBLEM: {
                    "schema": schema,
                    "example": Problem(
                        title=HTTPStatus(status).phrase, status=status, detail=when
                    ).model_dump(mode="json"),
                }
            },
            "headers": {
                name: {"description": told, "schema": {"type": "string"}}
                for name, told in _HEADERS.get(status, {}).items()
            },
        }
        for status, when in statuses.items()
    }


_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": "How to come in: Bearer."},
    405: {"Allow": "What can be done here."},
    503: {"Retry-After": "Seconds after which to call again."},
}
