"""What administrators type about accounts and roles: in words, JSON and refusals."""

from __future__ import annotations

import pytest

from tests.support.command_line import Run, read


def test_an_account_begins_with_a_link_and_no_password(run: Run) -> None:
    made = run("accounts add A.Worker --role worker,duty")
    assert made.exit_code == 0
    assert "/account/" in made.stdout
    (account,) = read(run("accounts list --json"))
    assert (account["who"], account["roles"]) == ("a.worker", ["worker", "duty"])
    assert account["standing"] == "not set up yet"
    assert "not set up yet" in run("accounts list").stdout


def test_roles_links_and_ends(run: Run) -> None:
    first = read(run("accounts add a.worker --role worker --json"))["link"]
    second = read(run("accounts reset a.worker --json"))["link"]
    assert first != second
    assert run("accounts roles a.worker --role analyst").exit_code == 0
    assert read(run("accounts list --json"))[0]["roles"] == ["analyst"]
    assert run("accounts end a.worker").exit_code == 0
    assert read(run("accounts list --json"))[0]["standing"] == "ended"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("accounts add a.worker --role king", "no such role"),
        ("accounts add a.worker --role worker,commissioner:icb", "no other role"),
        ("accounts add a_worker! --role worker", "sign-in name"),
        ("accounts end nobody", "no such account"),
        ("accounts reset nobody", "no such account"),
        ("accounts roles nobody --role worker", "no such account"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run: Run, line: str, told: str) -> None:
    refused = run(line)
    assert (refused.exit_code, told in refused.stderr) == (1, True), refused.stderr


def test_there_is_one_account_of_a_name(run: Run) -> None:
    assert run("accounts add a.worker --role worker").exit_code == 0
    assert "starling accounts reset" in run("accounts add A.WORKER --role duty").stderr


def test_nobody_has_an_account_at_the_start(run: Run) -> None:
    assert read(run("accounts list --json")) == []
    assert "no account yet" in run("accounts list").stdout


@pytest.mark.parametrize(
    "role", ["staff", "worker", "duty", "safeguarding-lead", "auditor", "administrator"]
)
def test_a_link_may_be_for_any_role(run: Run, role: str) -> None:
    link = read(run(f"access grant --who made-up.mo --role {role} --json"))["link"]
    assert "/enter/" in link
    assert read(run("access list --json"))[0]["role"] == role
