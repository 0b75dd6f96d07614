"""What people type about themes, and what they read then."""

from __future__ import annotations

import pytest

from tests.support.command_line import Run, read


def test_a_theme_is_added_answered_renamed_retired_and_listed(run: Run) -> None:
    assert "There is no theme yet" in run("themes list").stdout
    assert run("themes add Sleep").stdout == "Added: sleep.\n"
    line = "themes reply sleep 'We bought a night light.' --on 2026-01-05 --json"
    number = read(run(line))["reply"]
    assert run("themes rename sleep 'Sleeping well'").exit_code == 0
    assert run("themes retire sleep").exit_code == 0
    assert run("themes list").stdout == (
        "sleep  Sleeping well  0 this quarter, 0 ever  retired\n"
        f"    2026-01-05  {number}  We bought a night light.\n"
    )
    assert run("themes take-up sleep").exit_code == 0
    assert run(f"themes take-back {number}").exit_code == 0
    (listed,) = read(run("themes list --json"))
    assert (listed["retired"], listed["replies"], listed["raised_ever"]) == (False, [], 0)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("themes add 'LAC placement'", "Everybody reads this"),
        ("themes rename sleep Sleeping", "There is no such theme"),
        ("themes reply sleep 'We bought a lamp.'", "There is no such theme"),
        ("themes take-back nothing", "nothing with this id"),
    ],
)
def test_slips_are_one_sentence_with_a_remedy(run: Run, line: str, says: str) -> None:
    result = run(line)
    assert result.exit_code == 1
    assert says in result.stderr


def test_what_was_done_is_done_today_where_no_day_is_said(run: Run) -> None:
    run("themes add Sleep")
    assert run("themes reply sleep 'We bought a lamp.' --who a.worker").exit_code == 0
    (listed,) = read(run("themes list --json"))
    assert [each["who"] for each in listed["replies"]] == ["a.worker"]
