"""Telegram's own calls: proven, stored, and only then confirmed."""

from __future__ import annotations

import httpx
import pytest

from tests.web.stage import SECRET, Stage

BODY = b'{"update_id": 1, "message": {}}'
NAME = "X-Telegram-Bot-Api-Secret-Token"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([], 401),
        ([(NAME, "wrong")], 403),
        ([(NAME, "")], 403),
        ([(NAME, SECRET[:-1])], 403),
        ([(NAME.encode(), "gehé\xefmnis".encode())], 403),
        ([(NAME.encode(), b"\xff\xfe")], 403),
        ([(NAME, SECRET), (NAME, SECRET)], 403),
        ([(NAME, "wrong"), (NAME, SECRET)], 403),
        ([(NAME, SECRET)], 200),
    ],
)
async def test_only_whoever_knows_the_secret_is_heard(
    stage: Stage, browser: httpx.AsyncClient, headers: list[tuple[str, str]], status: int
) -> None:
    answer = await browser.post("/telegram/webhook", content=BODY, headers=headers)
    assert answer.status_code == status
    assert stage.bodies == ([BODY] if status == 200 else [])


async def test_what_could_not_be_stored_is_not_confirmed(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    stage.away = True
    answer = await browser.post("/telegram/webhook", content=BODY, headers={NAME: SECRET})
    assert answer.status_code == 503


async def test_a_call_that_is_far_too_large_is_refused(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    answer = await browser.post(
        "/telegram/webhook", content=b"x" * 1_600_000, headers={NAME: SECRET}
    )
    assert answer.status_code == 413
    assert stage.bodies == []
