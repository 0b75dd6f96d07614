"""What staff type about moves and about people whom nobody may ask: in words, JSON and refusals."""

from __future__ import annotations

import pytest

from tests.support.command_line import OPEN, Run, read


@pytest.fixture
def episode(run: Run) -> str:
    return str(read(run(f"{OPEN} --case REF-1 --worker a.worker --json"))["episode"])


@pytest.fixture
def child(run: Run, episode: str) -> str:
    line = f"invite --episode {episode} --role young-person --age-band 12-15 --json"
    return str(read(run(line))["participant"])


@pytest.fixture
def carer(run: Run, episode: str) -> str:
    return str(read(run(f"invite --episode {episode} --role carer --json"))["participant"])


def test_a_support_episode_has_a_worker_and_changes(run: Run, episode: str) -> None:
    assert "a.worker" in run("episode list").stdout
    changed = read(run(f"episode change {episode} --worker b.worker --lives residential --json"))
    assert (changed["worker"], changed["lives"]) == ("b.worker", "residential")
    told = run(f"episode change {episode} --commissioner derbyshire-county").stdout
    assert "paid by derbyshire-county" in told
    (listed,) = read(run("episode list --case ref-1 --open --json"))
    assert (listed["worker"], listed["commissioner"]) == ("b.worker", "derbyshire-county")
    assert "no support episode with this case" in run("episode list --case REF-9").stdout


def test_a_change_without_a_change_and_an_odd_worker_are_refused(run: Run, episode: str) -> None:
    for line, why in (
        (f"episode change {episode}", "Say what changed"),
        (f"episode change {episode} --worker b --json", "sign-in name"),
        (f"episode change {episode} --worker b.worker --on 2099-01-01", "before its day"),
    ):
        refused = run(line)
        assert (refused.exit_code, why in refused.stderr) == (1, True), refused.output


def test_a_support_episode_goes_on_after_all(run: Run, episode: str) -> None:
    assert run(f"episode reopen {episode}").exit_code == 1
    read(run(f"episode close {episode} --reason moved --json"))
    assert "open again" in run(f"episode reopen {episode}").stdout
    (listed,) = read(run("episode list --open --json"))
    assert listed["closed_on"] is None
    read(run(f"episode close {episode} --reason moved --json"))
    assert read(run(f"episode reopen {episode} --json")) == {"episode": episode}


def test_somebody_leaves_and_comes_back(run: Run, episode: str, child: str, carer: str) -> None:
    left = read(run(f"episode leave {episode} --participant {carer} --json"))
    assert left == {"episode": episode, "participant": carer, "ended": 0}
    (listed,) = read(run("episode list --json"))
    assert [each["participant"] for each in listed["participants"]] == [child]
    assert run(f"episode leave {episode} --participant {carer}").exit_code == 1
    assert "again" in run(f"episode rejoin {episode} --participant {carer}").stdout
    assert run(f"episode leave {episode} --participant {carer}").exit_code == 0
    read(run(f"episode rejoin {episode} --participant {carer} --json"))


def test_a_household_is_shown_before_it_is_held(run: Run, child: str, carer: str) -> None:
    line = f"people suppress {child} --reason bereavement --household"
    asked = run(line, "n\n")
    assert asked.exit_code == 1
    assert child in asked.stderr
    assert carer in asked.stderr
    assert "Nobody is held back" in run("people held").stdout
    assert run(line, "y\n").exit_code == 0
    (held,) = read(run("people held --json"))
    assert {each["participant"] for each in held["people"]} == {child, carer}
    assert "held back" in run("episode list").stdout


def test_lifting_takes_two_names(run: Run, child: str) -> None:
    held = read(run(f"people suppress {child} --reason court --yes --json"))
    action = held["action"]
    assert run(f"people lift {action} --who a.worker").exit_code == 1
    assert "people lift" in run(f"people ask-to-lift {action} --who a.worker").stdout
    same = run(f"people lift {action} --who A.Worker")
    assert (same.exit_code, "somebody else" in same.stderr) == (1, True)
    assert run(f"people lift {action} --who ' '").exit_code == 1
    assert "a.worker asked to lift it" in run("people held").stdout
    lifted = read(run(f"people lift {action} --who b.worker --json"))
    assert [each["participant"] for each in lifted["people"]] == [child]


def test_after_a_death_the_words_are_needed_too(run: Run, child: str) -> None:
    action = read(run(f"people suppress {child} --reason deceased --yes --json"))["action"]
    read(run(f"people ask-to-lift {action} --who a.worker --json"))
    refused = run(f"people lift {action} --who b.worker")
    assert "Type the words" in refused.stderr
    lifted = run(f"people lift {action} --who b.worker --confirm 'ask again'")
    assert "May be asked again" in lifted.stdout


@pytest.mark.parametrize(
    "command",
    [
        "episode change",
        "episode leave",
        "episode rejoin",
        "episode reopen",
        "people suppress",
        "people held",
        "people ask-to-lift",
        "people lift",
    ],
)
def test_every_command_shows_how_it_is_used(run: Run, command: str) -> None:
    assert "Example" in run(f"{command} --help").stdout
