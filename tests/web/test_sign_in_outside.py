"""Staff sign in through their organisation; what is not right in any part lets nobody in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest

from starling.organisation import Client, OpenIdOrganisation
from storage.access import SignedIn
from tests.web.provider import CLIENT_ID, CLIENT_SECRET, Provider, path_of, provider
from tests.web.stage import Stage, post_at_door
from usecases import accounts, signing_in
from usecases.inviting import By

ROLES = {"carers-team": "worker", "leads": "safeguarding-lead duty", "bosses": "commissioner:icb"}


@pytest.fixture
async def organisation(stage: Stage) -> AsyncIterator[Provider]:
    async with provider(stage.world.clock.now) as made:
        use(stage, made)
        yield made


def use(stage: Stage, made: Provider, **changes: Any) -> None:
    """Let the stage sign people in through this organisation."""
    client = Client(
        issuer=made.issuer,
        client_id=CLIENT_ID,
        redirect_uri=f"{stage.service.public_url}/sign-in/back",
        client_secret=CLIENT_SECRET,
        roles=ROLES,
        domains=("made-up.example",),
    )
    there = OpenIdOrganisation(replace(client, **changes))
    stage.app.state.site = replace(stage.site, organisation=there)


async def way_back(browser: httpx.AsyncClient) -> str:
    """Go to the organisation and return the address with which it sends the browser back."""
    browser.follow_redirects = False
    there = await browser.get("/sign-in/organisation")
    assert there.status_code == 303, there.text
    async with httpx.AsyncClient(trust_env=False) as web:
        sent = await web.get(there.headers["location"])
    return path_of(sent.headers["location"])


async def sign_in(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(await way_back(browser))


async def test_somebody_of_a_known_group_comes_in_with_its_roles(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    answer = await sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    assert (await browser.get("/staff")).status_code == 200
    present = await signing_in.who_is(stage.service, browser.cookies["desk"], stage.world.clock.now)
    assert present is not None
    assert present.someone == SignedIn("a.worker", "worker", strong=True)
    asked = organisation.asked[0]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


async def test_roles_follow_the_groups_at_every_sign_in(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    await sign_in(browser)
    organisation.claims = {"groups": ["leads", "unknown"], "preferred_username": "renamed"}
    await sign_in(browser)
    (account,) = await accounts.list_accounts(stage.service)
    assert (account.who, account.roles) == ("a.worker", "safeguarding-lead duty")
    organisation.claims = {"groups": ["unknown"]}
    assert (await sign_in(browser)).status_code == 401


@pytest.mark.parametrize("groups", [["carers-team"], ["unknown"], []])
async def test_other_groups_end_every_other_browser_and_link_at_once(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider, groups: list[str]
) -> None:
    organisation.claims = {"groups": ["leads"]}
    await sign_in(browser)
    assert (await browser.get("/staff/audit")).status_code == 200
    link = f"/enter/{await stage.entry_code('safeguarding-lead', 'A.Worker')}"
    organisation.claims = {"groups": groups}
    async with stage.browser() as other:
        assert (await sign_in(other)).status_code == (303 if groups == ["carers-team"] else 401)
        assert (await post_at_door(other, link)).status_code == 403
    assert (await browser.get("/staff/audit")).status_code == 401
    assert (await browser.get("/staff")).status_code == 401


@pytest.mark.usefixtures("organisation")
async def test_the_same_groups_leave_other_browsers_signed_in(
    stage: Stage, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser)
    async with stage.browser() as other:
        assert (await sign_in(other)).status_code == 303
    assert (await browser.get("/staff")).status_code == 200


async def test_without_a_role_nobody_is_linked_to_an_account(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    by = By("made-up.admin", stage.world.clock.now)
    await accounts.add(stage.service, "a.worker", "worker", by)
    organisation.claims = {"groups": []}
    assert (await sign_in(browser)).status_code == 401
    (account,) = await accounts.list_accounts(stage.service)
    assert not account.from_outside


@pytest.mark.parametrize(
    ("changes", "claims"),
    [
        ({}, {"preferred_username": "a.worker@elsewhere.example"}),
        ({}, {"preferred_username": "a.worker@made-up.example.elsewhere.example"}),
        ({}, {"preferred_username": "a.worker@sub.made-up.example"}),
        ({}, {"preferred_username": "a.worker@elsewhere.example@made-up.example"}),
        ({}, {"preferred_username": "a.worker"}),
        ({"domains": ()}, {}),
        ({"name_claim": "email"}, {"email": "a.worker@made-up.example"}),
        (
            {"name_claim": "email"},
            {"email": "a.worker@made-up.example", "email_verified": False},
        ),
        (
            {"name_claim": "email"},
            {"email": "a.worker@elsewhere.example", "email_verified": True},
        ),
    ],
)
async def test_a_name_that_others_may_have_chosen_is_no_workers_name(
    stage: Stage,
    browser: httpx.AsyncClient,
    organisation: Provider,
    changes: dict[str, Any],
    claims: dict[str, Any],
) -> None:
    use(stage, organisation, **changes)
    organisation.claims = claims
    answer = await sign_in(browser)
    assert (answer.status_code, "this service does not" in answer.text) == (401, True)
    assert await accounts.list_accounts(stage.service) == []


@pytest.mark.parametrize(
    ("changes", "claims"),
    [
        ({"domains": ("b.example", "made-up.example")}, {}),
        ({"domains": ()}, {"preferred_username": "a.worker"}),
        (
            {"name_claim": "email"},
            {"email": "A.Worker@Made-Up.example", "email_verified": True},
        ),
    ],
)
async def test_a_name_of_our_own_domain_is_a_workers_name(
    stage: Stage,
    browser: httpx.AsyncClient,
    organisation: Provider,
    changes: dict[str, Any],
    claims: dict[str, Any],
) -> None:
    use(stage, organisation, **changes)
    organisation.claims = claims
    assert (await sign_in(browser)).status_code == 303
    (account,) = await accounts.list_accounts(stage.service)
    assert account.who == "a.worker"


async def test_whoever_is_linked_comes_in_whatever_their_name_has_become(
    browser: httpx.AsyncClient, organisation: Provider
) -> None:
    await sign_in(browser)
    organisation.claims = {"preferred_username": "married@elsewhere.example"}
    assert (await sign_in(browser)).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"aud": "somebody-else"},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"azp": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"exp": None},
        {"amr": "mfa yes"},
    ],
)
async def test_an_answer_that_is_not_for_us_now_lets_nobody_in(
    browser: httpx.AsyncClient, organisation: Provider, claims: dict[str, Any]
) -> None:
    organisation.claims = claims
    answer = await sign_in(browser)
    assert answer.status_code == 401
    assert "begin again" in answer.text
    assert (await browser.get("/staff")).status_code == 401


@pytest.mark.parametrize("twist", ["none", "forged"])
async def test_an_answer_that_nobody_signed_lets_nobody_in(
    browser: httpx.AsyncClient, organisation: Provider, twist: str
) -> None:
    organisation.forged = twist == "forged"
    organisation.alg = "none" if twist == "none" else "RS256"
    assert (await sign_in(browser)).status_code == 401


@pytest.mark.parametrize("amr", [None, [], ["pwd"], "pwd"])
async def test_without_a_second_factor_there_nobody_comes_in(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider, amr: object
) -> None:
    organisation.claims = {"amr": amr}
    answer = await sign_in(browser)
    assert answer.status_code == 401
    assert (amr == "pwd") or "second factor" in answer.text
    use(stage, organisation, mfa_required=False)
    if amr != "pwd":  # that claim has to be a list at all
        assert (await sign_in(browser)).status_code == 303


async def test_the_claim_of_the_second_factor_may_be_another(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    use(stage, organisation, mfa_claim="acr", mfa_values=("gold",))
    assert (await sign_in(browser)).status_code == 401
    organisation.claims = {"acr": "gold"}
    assert (await sign_in(browser)).status_code == 303


async def test_a_way_back_works_once_and_for_the_browser_that_set_out(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    back = await way_back(browser)
    async with stage.browser() as other:
        assert (await other.get(back)).status_code == 401, "another browser"
        other.cookies.set("journey", "0" * 64)
        assert (await other.get(back)).status_code == 401, "another journey"
    for wrong in ("state=other", "code=other&state=", "code=", "error=access_denied"):
        assert (await browser.get(f"/sign-in/back?{wrong}")).status_code == 401
    back = await way_back(browser)
    assert (await browser.get(back)).status_code == 303
    browser.cookies.delete("desk")
    assert (await browser.get(back)).status_code == 401, "the same way twice"
    assert len(organisation.codes) == 1


async def test_a_state_of_somebody_else_is_refused_before_anything_is_asked(
    browser: httpx.AsyncClient, organisation: Provider
) -> None:
    back = await way_back(browser)
    assert (await browser.get(f"{back[:-4]}0000")).status_code == 401
    assert len(organisation.codes) == 1, "the code was not spent"


async def test_somebody_whom_only_the_organisation_knows_is_told_whom_to_ask(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    use(stage, organisation, roles={})
    answer = await sign_in(browser)
    assert (answer.status_code, "this service does not" in answer.text) == (401, True)
    assert await accounts.list_accounts(stage.service) == []


async def test_an_account_made_here_is_linked_at_the_first_sign_in_for_good(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    use(stage, organisation, roles={})
    by = By("made-up.admin", stage.world.clock.now)
    code = await accounts.add(stage.service, "a.worker", "duty", by)
    assert (await sign_in(browser)).status_code == 303
    assert (await browser.get(f"/account/{code}")).status_code == 200
    chosen = {"password": "three made-up otters", "again": "three made-up otters"}
    answer = await post_at_door(browser, f"/account/{code}", chosen)
    assert answer.status_code != 200, "no second way in beside the organisation"
    organisation.claims = {"sub": "person-2"}
    assert (await sign_in(browser)).status_code == 401, "the same name is not the same person"
    organisation.claims = {}
    await accounts.end(stage.service, "a.worker", by)
    assert (await sign_in(browser)).status_code == 401


async def test_an_account_with_a_password_is_never_taken_over(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider
) -> None:
    use(stage, organisation)
    now = stage.world.clock.now
    code = await accounts.add(stage.service, "a.worker", "worker", By("made-up.admin", now))
    factor = await accounts.choose_password(stage.service, code, "three made-up otters", now)
    await accounts.confirm(stage.service, code, pyotp.TOTP(factor.secret).at(now), now)
    assert (await sign_in(browser)).status_code == 401


@pytest.mark.parametrize("name", [None, "", "@", "Made Up", "x" * 60, "a\0b", "é.worker"])
async def test_a_name_that_is_none_here_makes_no_account(
    stage: Stage, browser: httpx.AsyncClient, organisation: Provider, name: str | None
) -> None:
    organisation.claims = {"preferred_username": name}
    assert (await sign_in(browser)).status_code == 401
    assert await accounts.list_accounts(stage.service) == []


async def test_an_organisation_that_does_not_answer_is_said_kindly(
    browser: httpx.AsyncClient, organisation: Provider
) -> None:
    back = await way_back(browser)
    organisation.is_down = True
    answer = await browser.get("/sign-in/organisation")
    assert (answer.status_code, "a few minutes" in answer.text) == (503, True)
    assert (await browser.get(back)).status_code == 401
    organisation.is_down = False
    organisation.described_as = "https://elsewhere.example"
    assert (await browser.get("/sign-in/organisation")).status_code == 503


async def test_without_an_organisation_its_pages_lead_to_the_sign_in_page(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/sign-in/organisation")).url.path == "/sign-in"
    assert (await browser.get("/sign-in/back?code=x&state=y")).status_code == 401


async def test_a_clock_that_differs_by_seconds_does_no_harm(
    browser: httpx.AsyncClient, organisation: Provider
) -> None:
    organisation.now += timedelta(seconds=30)
    assert (await sign_in(browser)).status_code == 303
