"""What monitors are told: whether it is up, whether it is ready, how much of everything."""

from __future__ import annotations

from datetime import timedelta

import httpx

from tests.web.plain_browser import join, write
from tests.web.stage import Stage, metrics_of
from usecases import signing_in
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


async def test_how_many_alarms_there_are_is_nothing_for_strangers_or_other_programs(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    day, now = timedelta(days=1), stage.world.clock.now
    for role in (signing_in.CASE_SYSTEM, *signing_in.PROGRAM_ROLES):
        key = await signing_in.hand_out_token(stage.service, "made-up.program", role, day, now)
        asked = await browser.get("/metrics", headers={"authorization": f"Bearer {key}"})
        assert (asked.status_code, "starling_" in asked.text) == (401, False)
    for who in ("", "staff", "administrator", "commissioner:icb"):
        if who:
            await stage.sign_in(browser, who)
        asked = await browser.get("/metrics")
        assert (asked.status_code, "starling_" in asked.text) == (401, False)
    assert "starling_alerts_unanswered 0.0" in await metrics_of(stage)


async def test_a_monitors_key_opens_nothing_else(stage: Stage) -> None:
    day, now = timedelta(days=1), stage.world.clock.now
    key = await signing_in.hand_out_token(
        stage.service, "made-up.monitor", signing_in.MONITOR, day, now
    )
    async with stage.browser(authorization=f"Bearer {key}") as program:
        for path in ("/staff", "/staff/alerts", "/commissioner", "/api/v1/releases"):
            assert (await program.get(path)).status_code in (401, 403), path
        assert (await program.post("/api/v1/episodes", json={})).status_code == 403


async def test_metrics_count_and_name_nobody(
    stage: Stage, browser: httpx.AsyncClient, invited: Invited
) -> None:
    await write(browser, await join(browser, invited.web), "i want to die")
    text = await metrics_of(stage)
    assert "starling_words_unread 1.0" in text
    assert 'starling_concerns_open{level="crisis"} 1.0' in text
    route = 'method="POST",route="/join/{code}",status="3xx"'
    assert f"starling_http_requests_total{{{route}}} 1.0" in text
    assert 'starling_messages{state="sent"}' in text or 'starling_messages{state="sending"}' in text
    for secret in (invited.participant, invited.code, invited.web.rpartition("/")[2]):
        assert secret not in text
    assert stage.updates
