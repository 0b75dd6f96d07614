"""The pages by which staff come in, in a real browser: on a phone, and by keyboard alone."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import expect

from tests.web.phone import WIDTH, Phone
from tests.web.rooms import furnish
from usecases import accounts
from usecases.inviting import By

pytestmark = pytest.mark.browser

PASSWORD = "three made-up otters"


async def fits(phone: Phone) -> None:
    """Nothing has to be pushed sideways."""
    width = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= WIDTH, f"{phone.page.url} is {width} px wide"


async def type_at(phone: Phone, label: str, words: str) -> None:
    """Walk on by the Tab key until a field has the focus, and type."""
    field = phone.page.get_by_label(label, exact=True)
    for _ in range(20):
        await phone.page.keyboard.press("Tab")
        if await field.evaluate("each => each === document.activeElement"):
            await phone.page.keyboard.type(words)
            return
    pytest.fail(f"no way to {label!r} by keyboard")


async def enter(phone: Phone, *written: str) -> None:
    """Fill the fields of the sign-in page in their order, and send them with Enter."""
    labels = ("Name", "Password", "Six digits from your app")
    for label, words in zip(labels, written, strict=True):
        await type_at(phone, label, words)
    await phone.page.keyboard.press("Enter")


async def set_up(phone: Phone) -> pyotp.TOTP:
    """Set up an account by keyboard; return what its owner's app shows."""
    page, now = phone.page, phone.stage.world.clock.now
    by = By("made-up.admin", now)
    code = await accounts.add(phone.stage.service, "a.worker", "worker", by)
    await page.goto(f"{phone.address}/account/{code}")
    await fits(phone)
    await type_at(phone, "Password", PASSWORD)
    await type_at(phone, "The same password again", PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    await fits(phone)
    picture = await page.locator("svg.code").bounding_box()
    assert picture is not None
    assert picture["width"] >= 200, "too small for a camera"
    app = pyotp.TOTP((await page.locator("code").inner_text()).replace(" ", ""))
    for digits in ("000000", app.at(now)):
        await type_at(phone, "The six digits that the app shows now", digits)
        await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Your account is ready")).to_be_visible()
    return app


async def test_an_account_is_set_up_and_signed_in_by_keyboard_on_a_phone(phone: Phone) -> None:
    page, clock = phone.page, phone.stage.world.clock
    app = await set_up(phone)
    await page.goto(f"{phone.address}/staff")
    await page.get_by_role("link", name="Sign in").click()
    await fits(phone)
    await enter(phone, "a.worker", "another one entirely", "000000")
    await expect(page.get_by_role("alert")).to_contain_text("did not work")
    await fits(phone)
    clock.forward(timedelta(seconds=30))
    await enter(phone, "a.worker", PASSWORD, app.at(clock.now))
    await expect(page.get_by_role("heading", name="Support episodes")).to_be_visible()
    await fits(phone)
    cookies = await phone.context.cookies()
    (desk,) = [each for each in cookies if each.get("name") == "desk"]
    assert (desk.get("httpOnly"), desk.get("sameSite")) == (True, "Lax")


async def test_a_worker_is_offered_no_page_that_is_not_there_for_them(phone: Phone) -> None:
    stage, page = phone.stage, phone.page
    await furnish(stage, "MADE-UP-1", "a.worker", "the own canary")
    await furnish(stage, "MADE-UP-2", "b.worker", "the other canary")
    async with stage.browser() as other:
        await stage.sign_in(other, "worker", "a.worker")
        token = other.cookies["desk"]
    await phone.context.add_cookies([{"name": "desk", "value": token, "url": phone.address}])
    await page.goto(f"{phone.address}/staff")
    for link in await page.get_by_role("navigation", name="Pages").get_by_role("link").all():
        address = await link.get_attribute("href")
        answer = await phone.context.request.get(f"{phone.address}{address}")
        assert answer.status == 200, address
    for path in ("/staff", "/staff/words", "/staff/me", "/staff/open"):
        await page.goto(f"{phone.address}{path}")
        await fits(phone)
    await page.get_by_label("Case reference").fill("MADE-UP-2")
    await page.get_by_label("Why you need to look").select_option("covering-for-a-colleague")
    await page.get_by_role("button", name="Open it").click()
    await expect(page.get_by_role("heading", name="MADE-UP-2")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("administrator", "/staff/accounts"),
        ("auditor", "/staff/audit"),
        ("safeguarding-lead", "/staff/opened"),
        ("analyst", "/staff/releases"),
    ],
)
async def test_the_first_pages_of_the_other_roles_fit_a_phone(
    phone: Phone, role: str, path: str
) -> None:
    stage, now = phone.stage, phone.stage.world.clock.now
    await accounts.add(stage.service, "a.worker", "worker,duty", By("made-up.admin", now))
    async with stage.browser() as other:
        await stage.sign_in(other, role, "made-up.mo")
        token = other.cookies["desk"]
    await phone.context.add_cookies([{"name": "desk", "value": token, "url": phone.address}])
    answer = await phone.page.goto(f"{phone.address}{path}")
    assert answer is not None
    assert answer.status == 200
    await fits(phone)
