"""What people type: every command does what it says, in words and as JSON, and refuses kindly."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from starling.bot_name import BotUnknown, learn_bot_name
from starling.settings import load_settings
from tests.support.canary import CANARY_TOKEN
from tests.support.command_line import OPEN, Run, read
from tests.support.ladders import packaged_text

OPEN_ONE = f"{OPEN} --case REF-1"


def test_a_support_episode_is_opened_listed_and_closed(run: Run) -> None:
    episode = read(run(f"{OPEN_ONE} --on 2026-01-05 --json"))["episode"]
    listed = read(run("episode list --json"))
    assert ["REF-1"] == [each["case"] for each in listed]
    closed = read(run(f"episode close {episode} --on 2026-03-31 --reason planned --json"))
    assert {"episode": episode, "closed_on": "2026-03-31", "planned": 0} == closed
    assert [] == read(run("episode list --open --json"))


def test_a_list_that_does_not_hold_everything_says_so(run: Run) -> None:
    rows = [
        f"EP-{number},T-{number},derby-city,direct,theraplay,foster,2026-01-05,,,"
        for number in range(501)
    ]
    columns = (
        "reference,case,commissioner,strand,intervention,lives,opened_on,closed_on,close_reason,"
        "worker"
    )
    Path("cases.csv").write_text("\n".join([columns, *rows]), encoding="utf-8")
    assert 0 == run("import episodes cases.csv").exit_code
    listed = run("episode list --json")
    assert 500 == len(read(listed))
    assert "the newest 500; there may be more" in listed.stderr
    assert "" == run("episode list --json --case T-7").stderr


def test_commands_speak_in_words_too(run: Run) -> None:
    assert "no support episodes yet" in run("episode list").stdout
    opened = run(OPEN_ONE)
    episode = opened.stdout.split()[2]
    assert "is open" in opened.stdout
    invited = run(f"invite --episode {episode} --role carer")
    assert "Works once" in invited.stdout
    assert "carer (invited)" in run("episode list").stdout
    assert "is closed" in run(f"episode close {episode} --reason moved").stdout


def test_an_invitation_has_a_link_and_a_code_but_no_telegram_without_a_bot(run: Run) -> None:
    episode = read(run(f"{OPEN_ONE} --json"))["episode"]
    invited = read(run(f"invite --episode {episode} --role young-person --age-band 16-17 --json"))
    assert invited["web"].startswith("http://127.0.0.1:8080/join/")
    assert 11 == len(invited["code"])
    assert invited["telegram"] is None


def test_an_invitation_has_a_telegram_link_where_there_is_a_bot_and_age_allows(run: Run) -> None:
    episode = read(run(f"{OPEN_ONE} --json"))["episode"]
    named = {"STARLING_TELEGRAM_BOT_NAME": "MadeUpBot"}
    older = read(
        run(f"invite --episode {episode} --role young-person --age-band 16-17 --json", **named)
    )
    younger = read(
        run(f"invite --episode {episode} --role young-person --age-band 12-15 --json", **named)
    )
    assert older["telegram"].startswith("https://t.me/MadeUpBot?start=")
    assert younger["telegram"] is None


def test_an_invitation_is_made_even_when_telegram_cannot_be_asked(run: Run) -> None:
    episode = read(run(f"{OPEN_ONE} --json"))["episode"]
    silent = {
        "STARLING_TELEGRAM_TOKEN": CANARY_TOKEN,
        "STARLING_TELEGRAM_API": "http://127.0.0.1:9",
    }
    result = run(f"invite --episode {episode} --role carer", **silent)
    assert 0 == result.exit_code
    assert "cannot be reached" in result.stderr


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (OPEN_ONE.replace("REF-1", "Jane"), "looks like a name"),
        (OPEN_ONE.replace("REF-1", "12/03/2014"), "date"),
        (OPEN_ONE.replace("theraplay", "magic"), "Use one of"),
        (f"{OPEN_ONE} --on 2999-01-01", "future"),
        ("episode close nobody --reason planned", "no support episode"),
        ("invite --episode nobody --role carer", "no support episode"),
        ("invite --episode nobody --role young-person", "how old"),
        ("rights export nobody --who a.worker", "Nobody has this id"),
        ("access grant --who a.worker --role king", "no such role"),
        ("simulate --from 2026-01-02 --to 2026-01-01", "other way round"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence_with_exit_code_1(
    run: Run, line: str, cause: str
) -> None:
    result = run(line)
    assert 1 == result.exit_code
    assert cause in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("line", ["episode open", "invite --role nobody", "nonsense"])
def test_a_wrong_command_line_ends_with_exit_code_2(run: Run, line: str) -> None:
    assert 2 == run(line).exit_code


def test_a_wrong_setting_is_refused_in_a_sentence(run: Run) -> None:
    result = run("episode list", STARLING_TIMEZONE="Middle/Earth")
    assert 1 == result.exit_code
    assert "STARLING_TIMEZONE" in result.stderr


def test_a_simulation_refuses_a_database_with_people_in_it(run: Run) -> None:
    read(run(f"{OPEN_ONE} --json"))
    result = run("simulate --children 2 --from 2026-01-01 --to 2026-01-02")
    assert 1 == result.exit_code
    assert "needs an empty one" in result.stderr


def test_everything_about_a_person_can_be_printed(run: Run) -> None:
    episode = read(run(f"{OPEN_ONE} --json"))["episode"]
    invited = read(run(f"invite --episode {episode} --role carer --json"))
    everything = read(run(f"rights export {invited['participant']} --who a.worker"))
    assert invited["participant"] == everything["participant"]
    assert [episode] == [each["episode"] for each in everything["support"]]


def test_staff_are_let_in_by_a_link(run: Run) -> None:
    granted = read(run("access grant --who a.worker --role staff --json"))
    assert "/enter/" in granted["link"]
    assert "works once" in run("access grant --who payer --role commissioner:icb").stdout


def test_texts_are_classified_a_line_each(run: Run) -> None:
    result = run("concerns classify", given=b"i want to die\n\nfootball was fun\n\xff\xfe\n")
    assert 0 == result.exit_code
    levels = result.stdout.splitlines()
    assert 4 == len(levels)
    assert ["crisis", "none", "none"] == levels[:3]


def test_every_sentence_can_be_listed_and_checked(run: Run) -> None:
    lines = run("wording list").stdout.splitlines()
    assert len(lines) > 400
    assert all(line.strip() for line in lines)
    assert {"where", "voice", "text"} == set(read(run("wording list --json"))[0])
    assert [] == read(run("wording check --json"))
    assert "0 findings" in run("wording check").stdout


def test_the_tables_are_brought_up_to_date(run: Run, tmp_path: Path) -> None:
    result = run("migrate", STARLING_DATABASE_URL=f"sqlite:///{tmp_path}/fresh.db")
    assert "up to date" in result.stdout


def test_the_doctor_finds_a_healthy_service_healthy(run: Run, tmp_path: Path) -> None:
    read(run(f"{OPEN_ONE} --json"))
    settings = {"STARLING_ALERTS_FILE": str(tmp_path / "ladder.yaml")}
    reached = "on-call-manager: {ways: [{webhook: https://pager.example.org}], people: {}}"
    text = packaged_text().replace("on-call-manager: {ways: [], people: {}}", reached)
    (tmp_path / "ladder.yaml").write_text(text)
    checks = {each["check"]: each["fine"] for each in read(run("doctor --json", **settings))}
    assert {"database", "secret keys", "help lines", "alerts", "Telegram"} <= set(checks)
    assert all(checks.values())


def test_the_doctor_says_when_nobody_is_told_of_an_alert(run: Run) -> None:
    read(run(f"{OPEN_ONE} --json"))
    result = run("doctor")
    assert 1 == result.exit_code
    assert "nobody is told but by the staff page" in result.stdout


def test_the_doctor_says_what_to_do(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch(mode=0o600)
    result = run("doctor", STARLING_DATABASE_URL=f"sqlite:///{empty}")
    assert 1 == result.exit_code
    assert "starling migrate" in result.stdout


async def test_the_bot_says_its_name_or_why_not() -> None:
    """A stand-in for the Bot API answers as the real one does, and as a broken one would."""
    said: list[web.Response] = []

    async def answer(request: web.Request) -> web.Response:
        del request
        return said.pop()

    application = web.Application()
    application.router.add_post("/{rest:.*}", answer)  # as all our calls are
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    settings = load_settings(
        {
            "STARLING_TELEGRAM_TOKEN": CANARY_TOKEN,
            "STARLING_TELEGRAM_API": f"http://127.0.0.1:{port}",
        },
        None,
    )
    said.append(web.json_response({"ok": True, "result": {"id": 1, "username": "MadeUpBot"}}))
    assert "MadeUpBot" == await learn_bot_name(settings)
    for broken in (web.json_response({"ok": True}), web.Response(text="<html>")):
        said.append(broken)
        with pytest.raises(BotUnknown):
            await learn_bot_name(settings)
    said.append(web.Response(status=401))
    with pytest.raises(BotUnknown, match="refuses the token"):
        await learn_bot_name(settings)
    await runner.cleanup()
    assert await learn_bot_name(load_settings({}, None)) is None
