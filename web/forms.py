"""Reads what a form sends, up to a size, and trusts nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST_FORM: Final = 400_000
"""Bytes of a form that are read: 100 kB of text are up to three times that, percent-encoded."""

LARGEST_CALL: Final = 1_500_000
"""Bytes of a webhook call that are read; those of the Bot API stay far below."""

BODY_WITHIN: Final = 60.0
"""Seconds in which a whole body must have come: time for the largest form on a bad mobile line."""

_MOST_FIELDS: Final = 40


class BadRequestBody(Exception):
    """What was sent cannot be read; the sender gets a kind answer and nothing is stored."""


class BodyTooLarge(BadRequestBody):
    """More was sent than anybody types."""


class BodyTooSlow(BadRequestBody):
    """The rest did not come: a connection must not be held for nothing."""


class BodyNotText(BadRequestBody):
    """What was sent is no form, or holds bytes that are no text."""


async def read_body(
    request: Request, most: int = LARGEST_FORM, *, within: float = BODY_WITHIN
) -> bytes:
    """Return the body, `most` bytes long at most. Raises BodyTooLarge, BodyTooSlow."""
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > most:
        raise BodyTooLarge
    parts = bytearray()
    try:
        async with asyncio.timeout(within):
            async for part in request.stream():
                parts += part
                if len(parts) > most:
                    raise BodyTooLarge
    except TimeoutError:
        raise BodyTooSlow from None
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
