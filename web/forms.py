"""Reads what a form sends, up to a size, and trusts nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST_FORM: Final = 400_000
"""Bytes of a form that are read: 100 kB of text are up to three times that, percent-encoded."""

LARGEST_CALL: Final = 1_500_000
"""Bytes of a webhook call that are read; those of the Bot API stay far below."""

_MOST_FIELDS: Final = 40


class BadRequestBody(Exception):
    """What was sent cannot be read; the sender gets a kind answer and nothing is stored."""


class BodyTooLarge(BadRequestBody):
    """More was sent than anybody types."""


class BodyNotText(BadRequestBody):
    """What was sent is no form, or holds bytes that are no text."""


async def read_body(request: Request, most: int = LARGEST_FORM) -> bytes:
    """Return the body, `most` bytes long. Raises BodyTooLarge."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > most:
        raise BodyTooLarge
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            raise BodyTooLarge
    return bytes(parts)


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, the last of each name. Raises BadRequestBody."""
    body = await read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise BodyNotText
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise BodyNotText from None  # the error holds what was sent
    # Browsers write a line's end as two signs.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
