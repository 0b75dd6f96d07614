"""Accounts of the staff: set up by their owners, and nobody gets in who has not both factors."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pyotp
import pytest

from storage import accounts as stored
from storage.access import IDLE_FOR
from tests.support.house import World
from tests.web.stage import Stage, open_stage, post_at_door
from usecases import accounts, signing_in
from usecases.accounts import Try
from usecases.inviting import By
from usecases.refusal import Refusal

PASSWORD = "three made-up otters"
BROWSER = "/staff"


def by(stage: Stage) -> By:
    return By("made-up.admin", stage.world.clock.now)


async def make(stage: Stage, who: str = "a.worker", roles: str = "worker") -> pyotp.TOTP:
    """Make an account, set it up as its owner does, and return what their app shows."""
    code = await accounts.add(stage.service, who, roles, by(stage))
    return await set_up(stage, code)


async def set_up(stage: Stage, code: str) -> pyotp.TOTP:
    now = stage.world.clock.now
    factor = await accounts.choose_password(stage.service, code, PASSWORD, now)
    app = pyotp.TOTP(factor.secret)
    assert await accounts.confirm(stage.service, code, app.at(now), now)
    stage.world.clock.forward(timedelta(minutes=1))
    return app


async def enter(
    stage: Stage,
    browser: httpx.AsyncClient,
    app: pyotp.TOTP,
    *,
    who: str = "a.worker",
    password: str = PASSWORD,
    digits: str = "",
) -> httpx.Response:
    shown = digits or app.at(stage.world.clock.now)
    form = {"who": who, "password": password, "digits": shown}
    return await post_at_door(browser, "/sign-in", form)


async def test_an_account_is_set_up_by_its_owner_with_both_factors_shown_once(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    code = await accounts.add(stage.service, "A.Worker", "worker", by(stage))
    page = await browser.get(f"/account/{code}")
    assert "a.worker" in page.text
    weak = await post_at_door(browser, f"/account/{code}", {"password": "short", "again": "short"})
    assert (weak.status_code, "12 to 128" in weak.text) == (422, True)
    two = await post_at_door(browser, f"/account/{code}", {"password": PASSWORD, "again": "other"})
    assert "two different passwords" in two.text
    chosen = await post_at_door(
        browser, f"/account/{code}", {"password": PASSWORD, "again": PASSWORD}
    )
    secret = re.search(r"secret=([A-Z2-7]+)", chosen.text)
    assert secret is not None
    assert "<svg" in chosen.text
    app = pyotp.TOTP(secret[1])
    now = stage.world.clock.now
    wrong = await post_at_door(
        browser, f"/account/{code}/confirm", {"digits": "000000"}, "/sign-in"
    )
    assert wrong.status_code == 422
    assert secret[1] not in wrong.text
    ready = await post_at_door(
        browser, f"/account/{code}/confirm", {"digits": app.at(now)}, "/sign-in"
    )
    assert "ready" in ready.text
    assert (await browser.get(f"/account/{code}")).status_code == 403
    again = await enter(stage, browser, app)
    assert again.status_code == 401, "digits that were used never work twice"
    stage.world.clock.forward(timedelta(seconds=30))
    assert (await enter(stage, browser, app)).url.path == "/staff"
    assert "worker" in (await browser.get("/staff/me")).text.casefold()


async def test_until_the_second_factor_was_shown_to_work_nobody_gets_in(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    code = await accounts.add(stage.service, "a.worker", "worker", by(stage))
    now = stage.world.clock.now
    factor = await accounts.choose_password(stage.service, code, PASSWORD, now)
    assert (await enter(stage, browser, pyotp.TOTP(factor.secret))).status_code == 401


async def test_the_link_of_an_account_opens_no_page(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    code = await accounts.add(stage.service, "a.worker", "worker", by(stage))
    assert (await post_at_door(browser, f"/enter/{code}")).status_code == 403
    assert (await browser.get(f"/account/{code}")).status_code == 200


async def test_whatever_is_wrong_the_answer_is_the_same(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    await accounts.add(stage.service, "not.ready", "worker", by(stage))
    answers = [
        await enter(stage, browser, app, who="nobody.known"),
        await enter(stage, browser, app, who="not.ready"),
        await enter(stage, browser, app, password="another one entirely"),
        await enter(stage, browser, app, digits="000000"),
        await enter(stage, browser, app, digits="one two three"),
        await enter(stage, browser, app, who="a\0b"),
        await enter(stage, browser, app, who="a.worker' or '1'='1' --"),
        await enter(stage, browser, app, who="", password=""),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_used_digits_never_work_twice_and_earlier_ones_neither(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    now = stage.world.clock.now
    earlier = app.at(now - timedelta(seconds=30))
    assert (await enter(stage, browser, app)).url.path == "/staff"
    for digits in (app.at(now), earlier):
        async with stage.browser() as other:
            assert (await enter(stage, other, app, digits=digits)).status_code == 401


async def test_too_many_wrong_tries_lock_an_account_for_a_while(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    for _ in range(stored.TRIES):
        await enter(stage, browser, app, password="another one entirely")
    assert (await enter(stage, browser, app)).status_code == 401
    stage.world.clock.forward(stored.LOCKED_FOR + timedelta(seconds=1))
    assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_wrong_tries_count_in_a_row_only(stage: Stage, browser: httpx.AsyncClient) -> None:
    app = await make(stage)
    for _ in range(2):
        for _ in range(stored.TRIES - 1):
            await enter(stage, browser, app, password="another one entirely")
        stage.world.clock.forward(timedelta(minutes=1))
        assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_a_place_from_which_too_much_is_guessed_has_to_wait(
    stage: Stage, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await make(stage)
    monkeypatch.setattr("storage.tries.FROM_ONE_PLACE", 3)
    for number in range(3):
        await enter(stage, browser, app, who=f"nobody.{number}")
    assert (await enter(stage, browser, app)).status_code == 429
    stage.world.clock.forward(timedelta(minutes=16))
    assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_behind_a_proxy_that_we_know_the_place_is_who_called_it(
    stage: Stage, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await make(stage)
    monkeypatch.setattr("storage.tries.FROM_ONE_PLACE", 3)
    stage.app.state.site = replace(stage.site, proxies=(ip_network("127.0.0.0/8"),))
    browser.headers["x-forwarded-for"] = "198.51.100.7"
    for number in range(3):
        async with stage.browser() as stranger:
            # What stands in front is the stranger's own invention.
            stranger.headers["x-forwarded-for"] = f"198.51.100.{number}, 203.0.113.9"
            await enter(stage, stranger, app, who=f"nobody.{number}")
    async with stage.browser() as stranger:
        stranger.headers["x-forwarded-for"] = "198.51.100.7, 203.0.113.9, 127.0.0.2"
        assert (await enter(stage, stranger, app)).status_code == 429
    assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_behind_a_proxy_that_nobody_named_many_tries_make_slow_and_shut_nobody_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("storage.tries.FROM_ONE_PLACE", 3)
    async with open_stage(world, "https://starling.test") as stage:
        stage.app.state.site = replace(stage.site, pause=pause)
        app = await make(stage)
        for number in range(3):
            async with stage.browser() as stranger:
                stranger.headers["x-forwarded-for"] = f"203.0.113.{number}"
                await enter(stage, stranger, app, who=f"nobody.{number}")
        assert waited == []
        async with stage.browser() as colleague:
            assert (await enter(stage, colleague, app)).url.path == "/staff"
        assert waited == [2.0]
        async with stage.browser() as stranger:
            for _ in range(stored.TRIES):
                await enter(stage, stranger, app, password="another one entirely")
        stage.world.clock.forward(timedelta(minutes=1))
        async with stage.browser() as colleague:
            assert (await enter(stage, colleague, app)).status_code == 401, "the account's own lock"


async def test_a_cookie_planted_before_signing_in_is_nobodys_afterwards(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    async with stage.browser() as attacker:
        await stage.sign_in(attacker, "analyst", "made-up.attacker")
        planted = attacker.cookies["desk"]
        browser.cookies.set("desk", planted)
        assert (await enter(stage, browser, app)).url.path == "/staff"
        assert browser.cookies.get("desk", domain="starling.test") != planted
        assert (await attacker.get("/staff")).status_code == 401


async def test_a_desk_that_nobody_uses_is_signed_out_and_every_desk_in_the_end(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    await enter(stage, browser, app)
    for _ in range(11):
        stage.world.clock.forward(IDLE_FOR - timedelta(seconds=1))
        assert (await browser.get("/staff")).status_code == 200
    stage.world.clock.forward(IDLE_FOR - timedelta(seconds=1))
    stage.world.clock.forward(timedelta(minutes=1))
    assert (await browser.get("/staff")).status_code == 401
    await enter(stage, browser, app)
    stage.world.clock.forward(IDLE_FOR + timedelta(seconds=1))
    assert (await browser.get("/staff")).status_code == 401


async def test_signing_out_everywhere_ends_every_browser(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    await enter(stage, browser, app)
    stage.world.clock.forward(timedelta(minutes=1))
    async with stage.browser() as other:
        await enter(stage, other, app)
        key = re.search(r'name="key" value="(\w+)"', (await other.get("/staff/me")).text)
        assert key is not None
        await other.post("/staff/me/out", data={"key": key[1]})
    assert (await browser.get("/staff")).status_code == 401


async def test_an_account_that_ends_is_out_at_once(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    await enter(stage, browser, app)
    await accounts.end(stage.service, "a.worker", by(stage))
    assert (await browser.get("/staff")).status_code == 401
    stage.world.clock.forward(timedelta(minutes=1))
    assert (await enter(stage, browser, app)).status_code == 401


async def test_an_account_that_was_ended_comes_back_without_its_old_password(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage)
    await accounts.end(stage.service, "a.worker", by(stage))
    code = await accounts.add(stage.service, "a.worker", "analyst", by(stage))
    assert (await enter(stage, browser, app)).status_code == 401
    app = await set_up(stage, code)
    assert (await enter(stage, browser, app)).url.path == "/staff/releases"


async def test_other_roles_take_a_new_sign_in(stage: Stage, browser: httpx.AsyncClient) -> None:
    app = await make(stage)
    await enter(stage, browser, app)
    await accounts.set_roles(stage.service, "a.worker", "analyst", by(stage))
    assert (await browser.get("/staff")).status_code == 401
    stage.world.clock.forward(timedelta(minutes=1))
    assert (await enter(stage, browser, app)).url.path == "/staff/releases"
    assert (await browser.get("/staff/words")).status_code == 404


@pytest.mark.parametrize("ending", ["end", "reset", "roles", "everywhere", "revoke"])
async def test_capital_letters_save_nobodys_sign_in(
    stage: Stage, browser: httpx.AsyncClient, ending: str
) -> None:
    """A name is one person: whoever came in by a link as A.Worker is a.worker."""
    await make(stage)
    await stage.sign_in(browser, "duty", "A.Worker")
    link = f"/enter/{await stage.entry_code('duty', ' A.WORKER ')}"
    now = stage.world.clock.now
    match ending:
        case "end":
            await accounts.end(stage.service, "a.worker", by(stage))
        case "reset":
            await accounts.reset(stage.service, "a.worker", by(stage))
        case "roles":
            await accounts.set_roles(stage.service, "a.worker", "analyst", by(stage))
        case "everywhere":
            await signing_in.leave_everywhere(stage.service, "a.Worker", now)
        case _:
            await signing_in.revoke(stage.service, "a.WORKER", now)
    assert (await browser.get("/staff")).status_code == 401
    answer = await post_at_door(browser, link)
    assert answer.status_code == (200 if ending == "everywhere" else 403)


async def test_a_link_for_the_old_roles_ends_with_them_and_the_one_to_set_up_stays(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    setting_up = await accounts.add(stage.service, "a.worker", "duty", by(stage))
    link = f"/enter/{await stage.entry_code('duty', 'a.worker')}"
    others = f"/enter/{await stage.entry_code('duty', 'b.worker')}"
    await accounts.set_roles(stage.service, "a.worker", "analyst", by(stage))
    assert (await post_at_door(browser, link)).status_code == 403
    assert (await browser.get("/staff/words")).status_code == 401
    assert (await browser.get(f"/account/{setting_up}")).status_code == 200
    assert (await post_at_door(browser, others)).url.path == "/staff"


async def test_a_key_of_a_program_ends_however_its_name_is_written(stage: Stage) -> None:
    day, now = timedelta(days=1), stage.world.clock.now
    key = await signing_in.hand_out_token(
        stage.service, "Case.System", signing_in.CASE_SYSTEM, day, now
    )
    assert await signing_in.revoke(stage.service, "case.system", now) == 1
    assert await signing_in.who_calls(stage.service, key, now) is None


@pytest.mark.parametrize("path", ["/sign-in", "/enter/{code}", "/account/{code}"])
@pytest.mark.parametrize("mark", ["", "0" * 32, "another browser's"])
async def test_a_form_to_come_in_that_our_page_did_not_show_here_is_refused(
    stage: Stage, browser: httpx.AsyncClient, path: str, mark: str
) -> None:
    app = await make(stage)
    code = await stage.entry_code("staff")
    if path == "/account/{code}":
        code = await accounts.add(stage.service, "b.worker", "worker", by(stage))
    address = path.replace("{code}", code)
    if mark == "another browser's":
        async with stage.browser() as attacker:
            mark = (await attacker.get(address)).text.split('name="key" value="')[1][:32]
    await browser.get(address)
    now = stage.world.clock.now
    form = {"who": "a.worker", "password": PASSWORD, "digits": app.at(now), "again": PASSWORD}
    answer = await browser.post(address, data={**form, "key": mark})
    assert (answer.status_code, "Load it again" in answer.text) == (403, True)
    assert (await browser.get("/staff")).status_code == 401
    browser.cookies.clear()
    assert (await browser.post(address, data={**form, "key": mark})).status_code == 403
    assert (await post_at_door(browser, address, form)).status_code == 200


async def test_whoever_lost_a_phone_gets_a_new_link_and_the_old_ways_end(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    old = await make(stage)
    await enter(stage, browser, old)
    code = await accounts.reset(stage.service, "a.worker", by(stage))
    assert (await browser.get("/staff")).status_code == 401
    stage.world.clock.forward(timedelta(minutes=1))
    assert (await enter(stage, browser, old)).status_code == 401
    newer = await accounts.reset(stage.service, "a.worker", by(stage))
    assert (await browser.get(f"/account/{code}")).status_code == 403, "only the last link works"
    app = await set_up(stage, newer)
    assert (await enter(stage, browser, app)).url.path == "/staff"


async def test_a_link_ends_after_a_day(stage: Stage, browser: httpx.AsyncClient) -> None:
    code = await accounts.add(stage.service, "a.worker", "worker", by(stage))
    stage.world.clock.forward(accounts.LINK_LIVES + timedelta(seconds=1))
    assert (await browser.get(f"/account/{code}")).status_code == 403
    with pytest.raises(Refusal, match="does not work any more"):
        await accounts.choose_password(stage.service, code, PASSWORD, stage.world.clock.now)


@pytest.mark.parametrize(
    "password",
    ["too short", "my name is a.worker yes", "the worker is here", "aaaaaaaaaaaaaa", "x" * 129],
)
async def test_passwords_that_others_would_try_are_refused(stage: Stage, password: str) -> None:
    code = await accounts.add(stage.service, "a.worker", "worker", by(stage))
    with pytest.raises(Refusal):
        await accounts.choose_password(stage.service, code, password, stage.world.clock.now)


async def test_an_account_needs_roles_that_there_are_and_a_name_of_its_own(stage: Stage) -> None:
    await make(stage)
    for who, roles in (
        ("a.worker", "worker"),
        ("A.Worker", "worker"),
        ("b.worker", ""),
        ("b.worker", "king"),
        ("b.worker", "worker commissioner:icb"),
        ("Mrs Made-up", "worker"),
    ):
        with pytest.raises(Refusal):
            await accounts.add(stage.service, who, roles, by(stage))


async def test_no_secret_stands_readable_in_the_database(stage: Stage) -> None:
    code = await accounts.add(stage.service, "a.worker", "worker", by(stage))
    now = stage.world.clock.now
    factor = await accounts.choose_password(stage.service, code, PASSWORD, now)
    path = stage.world.url.removeprefix("sqlite:///")
    for name in (path, f"{path}-wal"):
        with open(name, "rb") as file:  # noqa: ASYNC230, PTH123 (a test)
            content = file.read()
        for secret in (PASSWORD, factor.secret, code):
            assert secret.encode() not in content


async def test_administrators_change_accounts_only_with_a_second_factor(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await make(stage)
    await stage.sign_in(browser, "administrator", "made-up.admin")
    page = await browser.get("/staff/accounts")
    key = re.search(r'name="key" value="(\w+)"', page.text)
    assert key is not None
    form = {"key": key[1], "who": "b.worker", "role-worker": "on"}
    assert "second factor" in (await browser.post("/staff/accounts", data=form)).text
    assert len(await accounts.list_accounts(stage.service)) == 1


async def test_an_administrator_makes_resets_and_ends_accounts(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    app = await make(stage, "an.admin", "administrator")
    answer = await enter(stage, browser, app, who="an.admin")
    assert answer.url.path == "/staff/accounts"
    key = re.search(r'name="key" value="(\w+)"', answer.text)
    assert key is not None
    form = {"key": key[1], "who": "b.worker", "role-worker": "on", "role-duty": "on"}
    made = await browser.post("/staff/accounts", data=form)
    assert "/account/" in made.text
    one = next(
        each for each in await accounts.list_accounts(stage.service) if each.who == "b.worker"
    )
    assert one.roles == "worker duty"
    where = f"/staff/accounts/{one.id}"
    reset = await browser.post(f"{where}/reset", data={"key": key[1], "who": "b.worker"})
    assert "/account/" in reset.text
    await browser.post(f"{where}/roles", data={"key": key[1], "role-analyst": "on"})
    await browser.post(f"{where}/end", data={"key": key[1]})
    found = {each.who: each for each in await accounts.list_accounts(stage.service)}
    assert (found["b.worker"].roles, found["b.worker"].ended_at is None) == ("analyst", False)
    mine = await browser.post(f"/staff/accounts/{found['an.admin'].id}/end", data={"key": key[1]})
    assert "Nobody ends their own account" in mine.text
    for path in ("/staff", "/staff/words", "/staff/releases"):
        assert (await browser.get(path)).status_code == 404, "an administrator reads no words"


async def test_two_who_use_the_same_digits_at_once_are_one(stage: Stage) -> None:
    app = await make(stage)
    now = stage.world.clock.now
    attempt = Try("a.worker", PASSWORD, app.at(now), "made-up place")
    first = await accounts.sign_in(stage.service, attempt, now)
    second = await accounts.sign_in(stage.service, attempt, now)
    assert (first is None, second is None) == (False, True)
    assert await signing_in.who_is(stage.service, (first or ("", ""))[1], now) is not None
