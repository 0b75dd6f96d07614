"""What monitors are told: whether it is up, whether it is ready, how much of everything."""

from __future__ import annotations

import httpx

from tests.web.plain_browser import join, write
from tests.web.stage import Stage
from usecases.inviting import Invited


async def test_it_is_up(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


async def test_it_is_ready_while_what_it_stands_on_is_well(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    assert (await browser.get("/readyz")).json()["checks"] == {"database": "ok"}
    stage.away = True
    answer = await browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"database": "no"}}


async def test_metrics_count_and_name_nobody(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await write(browser, await join(browser, invited.web), "i want to die")
    text = (await browser.get("/metrics")).text
    assert "starling_words_unread 1.0" in text
    assert 'starling_concerns_open{level="crisis"} 1.0' in text
    route = 'method="POST",route="/join/{code}",status="3xx"'
    assert f"starling_http_requests_total{{{route}}} 1.0" in text
    assert 'starling_messages{state="sent"}' in text or 'starling_messages{state="sending"}' in text
    for secret in (invited.participant, invited.code, invited.web.rpartition("/")[2]):
        assert secret not in text
    assert stage.updates
