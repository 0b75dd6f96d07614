"""Staff pages about one person, and about those whom nobody may ask: two people let them go."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import expect

from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import rows
from tests.support.house import invite
from tests.web.phone import WIDTH, Phone
from tests.web.plain_browser import Page, join, look, tap
from tests.web.stage import Stage
from tests.web.test_browser import LOOK, NOTHING_WRONG
from usecases import inviting, signing_in
from usecases.inviting import By, Invited, Invitee
from usecases.suppressing import CONFIRMATION


@pytest.fixture
async def carer(stage: Stage, invited: Invited) -> Invited:
    """A carer's invitation to the same support episode."""
    assert invited
    (episode,) = await rows(stage.service, tables.support_episodes)
    by = By("Made-up Mo", stage.world.clock.now)
    invitee = Invitee(episode.id, Role.CARER, AgeBand.ADULT)
    return await inviting.invite(stage.service, invitee, by)


async def hold(desk: httpx.AsyncClient, who: Invited, reason: str, *, household: bool) -> Page:
    """Go through both steps; return the person's page as it is then."""
    preview = await desk.get(
        f"/staff/people/{who.participant}/hold",
        params={"reason": reason, **({"household": "1"} if household else {})},
    )
    return await tap(desk, Page(preview), "Yes, ask nobody here anything")


# --- one person -----------------------------------------------------------------------------------


async def test_a_person_has_a_page_with_what_stands_and_what_changed(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited, carer: Invited
) -> None:
    async with stage.browser() as child:
        await join(child, invited.web)
    page = await look(desk, "/staff")
    assert f"/staff/people/{invited.participant}" in (await desk.get("/staff")).text
    form = next(form for form in page.forms if form.action.endswith("/change"))
    sent = {**form.fields, "lives": "residential", "worker": "b.worker", "commissioner": ""}
    await desk.post(form.action, data=sent)
    page = await look(desk, f"/staff/people/{carer.participant}")
    await tap(desk, page, "Ask them nothing more here")
    page = await look(desk, f"/staff/people/{invited.participant}")
    assert re.search(r"T-\d+, young person 16-17 Joined", page.text)
    for words in (
        "Asked next Star (start)",
        "When it suits them Any time, at most once a day",
        "School terms Derby City",
        "Home from Foster home to Residential home",
        "Worker to b.worker",
        "carer does not answer any more",
    ):
        assert words in page.text


async def test_nobody_has_no_page(desk: httpx.AsyncClient) -> None:
    for path in ("/staff/people/nobody", "/staff/people/nobody/hold?reason=court"):
        assert (await desk.get(path)).status_code == 404


async def test_somebody_taken_out_is_put_back_on_their_page(
    desk: httpx.AsyncClient, carer: Invited
) -> None:
    page = await look(desk, f"/staff/people/{carer.participant}")
    page = await tap(desk, page, "Ask them nothing more here")
    assert "Carer: invited" not in page.text
    page = await look(desk, f"/staff/people/{carer.participant}")
    assert "Ask them nothing more here" not in page.buttons
    assert "Carer: invited" in (await tap(desk, page, "Answers here again")).text


async def test_who_is_gone_already_cannot_be_taken_out_again(
    desk: httpx.AsyncClient, carer: Invited
) -> None:
    page = await look(desk, f"/staff/people/{carer.participant}")
    await tap(desk, page, "Ask them nothing more here")
    again = await tap(desk, page, "Ask them nothing more here")
    assert again.status == 422
    assert "does not answer in this support episode" in again.text


# --- holding back ---------------------------------------------------------------------------------


async def test_a_household_is_shown_first_and_held_only_after_a_yes(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited, carer: Invited
) -> None:
    path = f"/staff/people/{invited.participant}/hold?reason=bereavement&household=1"
    page = await look(desk, path)
    assert "nobody asks these 2 people anything" in page.text
    assert re.search(r"T-\d+, young person 16-17 T-\d+, carer", page.text)
    assert await rows(stage.service, tables.suppressions) == []
    page = await tap(desk, page, "Yes, ask nobody here anything")
    assert page.path == f"/staff/people/{invited.participant}"
    assert "Nobody asks them anything" in page.text
    assert "Bereavement" in page.text
    page = await look(desk, f"/staff/people/{carer.participant}")
    assert "Nobody asks them anything" in page.text
    page = await look(desk, "/staff")
    assert page.text.count("held back") >= 3
    assert "2 held back" in page.text


@pytest.mark.parametrize("query", ["", "?reason=", "?reason=the-moon&household=1"])
async def test_a_reason_has_to_be_chosen(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited, query: str
) -> None:
    page = await look(desk, f"/staff/people/{invited.participant}/hold{query}")
    assert page.status == 422
    assert "Choose why" in page.text
    form = {"key": page.forms[-1].fields.get("key", ""), "reason": "the-moon"}
    key = next(form.fields["key"] for form in page.forms if "key" in form.fields)
    answer = await desk.post(f"/staff/people/{invited.participant}/hold", data={**form, "key": key})
    assert answer.status_code == 422
    assert await rows(stage.service, tables.suppressions) == []


async def test_one_person_asks_and_only_another_one_lifts(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited
) -> None:
    await hold(desk, invited, "court", household=False)
    page = await look(desk, "/staff/held")
    assert "Let them be asked again" not in page.buttons
    page = await tap(desk, page, "Ask to let them be asked again")
    assert "You asked for this" in page.text
    assert "Let them be asked again" not in page.buttons
    (held,) = await rows(stage.service, tables.suppressions)
    key = page.forms[0].fields["key"]
    forged = await desk.post(f"/staff/held/{held.action_id}/lift", data={"key": key})
    assert forged.status_code == 422
    assert "somebody else has to lift it" in forged.text
    async with stage.browser() as other:
        await stage.sign_in(other, signing_in.STAFF, "Made-up Ada")
        page = await look(other, "/staff/held")
        assert "made-up mo asked on" in page.text
        page = await tap(other, page, "Let them be asked again")
        assert "Nobody is held back." in page.text
        gone = await other.post(
            f"/staff/held/{held.action_id}/lift", data={"key": page.forms[0].fields["key"]}
        )
        assert (gone.status_code, "Nothing with this id holds anybody" in gone.text) == (422, True)
    page = await look(desk, f"/staff/people/{invited.participant}")
    assert "made-up mo asked, made-up ada agreed" in page.text
    assert "Nobody asks them anything" not in page.text


async def test_after_a_death_the_second_look_types_the_words(
    stage: Stage, desk: httpx.AsyncClient, invited: Invited, carer: Invited
) -> None:
    await hold(desk, invited, "deceased", household=False)
    held = {row.participant_id: row for row in await rows(stage.service, tables.suppressions)}
    assert {who: row.reason for who, row in held.items()} == {
        invited.participant: "deceased",
        carer.participant: "bereavement",
    }
    died = f"/staff/held/{held[invited.participant].action_id}"
    form = (await look(desk, "/staff/held")).form(f"{died}/ask")
    await desk.post(form.action, data=form.fields)
    async with stage.browser() as other:
        await stage.sign_in(other, signing_in.STAFF, "Made-up Ada")
        page = await tap(other, await look(other, "/staff/held"), "Let them be asked again")
        assert page.status == 422
        assert "Type the words" in page.text
        form = page.form(f"{died}/lift")
        sent = {**form.fields, "confirmation": CONFIRMATION}
        page = Page(await other.post(form.action, data=sent))
        assert "Deceased" not in page.text
        assert "Bereavement" in page.text


# --- for everybody --------------------------------------------------------------------------------


@pytest.mark.browser
async def test_every_page_about_people_can_be_read_hit_and_named_on_a_phone(phone: Phone) -> None:
    """Contrast, targets, names, no id twice, nothing wider than a phone; by keyboard as well."""
    now = phone.stage.world.clock.now
    invited = await invite(phone.stage.service, now, Role.YOUNG_PERSON, AgeBand.TWELVE_TO_FIFTEEN)
    await phone.sign_in()
    person = f"/staff/people/{invited.participant}"
    for path in ("/staff", person, f"{person}/hold?reason=bereavement&household=1"):
        await nothing_wrong(phone, path)
    await phone.page.get_by_role("button", name="Yes, ask nobody").focus()
    await phone.page.keyboard.press("Enter")
    await phone.page.wait_for_url(f"**{person}")
    for path in (person, "/staff/held"):
        await nothing_wrong(phone, path)
    await phone.page.get_by_role("button", name="Ask to let").click()
    await expect(phone.page.get_by_text("You asked for this.")).to_be_visible()
    await nothing_wrong(phone, "/staff/held")


async def nothing_wrong(phone: Phone, path: str) -> None:
    await phone.page.goto(f"{phone.address}{path}")
    for details in await phone.page.locator("details").all():
        await details.evaluate("(each) => { each.open = true; }")
    assert await phone.page.evaluate(LOOK) == NOTHING_WRONG, path
    wide = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDTH, path
