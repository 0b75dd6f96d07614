"""`starling rhythms`: what is shown is what is planned, a wrong file is refused in a sentence."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.command_line import Run, read
from usecases.inviting import INTERVENTIONS

RHYTHMS = files("followups").joinpath("rhythms.yaml").read_text(encoding="utf-8")
TERMS = files("followups").joinpath("terms.yaml").read_text(encoding="utf-8")
WHEN = "rhythms when --kind trauma-work --role carer --opened 2026-09-01"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in an empty folder, without a database."""
    monkeypatch.chdir(tmp_path)
    return Run({})


def test_all_kinds_of_support_are_shown_once_and_nothing_is_stored(
    run: Run, tmp_path: Path
) -> None:
    shown = read(run("rhythms show --json"))
    assert 90 == shown["silent_after_days"]
    kinds = [kind for each in shown["rhythms"] for kind in each["kinds"]]
    assert sorted(INTERVENTIONS) == sorted(kinds)
    assert [] == list(tmp_path.iterdir())


def test_a_rhythm_is_shown_as_a_table_for_people(run: Run) -> None:
    shown = run("rhythms show --kind theraplay").stdout.splitlines()
    assert "theraplay:" == shown[0]
    assert ["young-person", "carer", "professional"] == shown[1].split()[:3]
    (review,) = [line for line in shown if line.strip().startswith("review")]
    assert "check-in, every 6 weeks" in review
    assert ["21", "days", "10", "days"] == review.split()[-4:]
    assert "  reminded when not begun: after 3 days and then 7 days" in shown
    assert "  reminded when half done: after 3 days and then 5 days" in shown


def test_one_rhythm_is_shown_as_json(run: Run) -> None:
    (one,) = read(run("rhythms show --kind consultation --json"))["rhythms"]
    assert ["consultation"] == one["kinds"]
    assert {"not-begun": [4], "half-done": [2]} == one["reminders"]
    assert {
        "role": "professional",
        "wave": "start",
        "ask": "adult-view",
        "every_weeks": None,
        "at": "10:00",
        "window_days": 14,
        "late_days": 7,
    } in one["asks"]


def test_a_service_s_own_files_are_shown(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(RHYTHMS.replace("silent_after_days: 90", "silent_after_days: 60"), "utf-8")
    shown = read(run("rhythms show --json", STARLING_RHYTHMS_FILE=str(mine)))
    assert 60 == shown["silent_after_days"]
    gone = run("rhythms show", STARLING_RHYTHMS_FILE=str(tmp_path / "gone.yaml"))
    assert 1 == gone.exit_code
    assert "gone.yaml" in gone.stderr


def test_every_moment_is_planned_at_four_on_both_sides_of_the_clock_change(run: Run) -> None:
    moments = read(run(f"{WHEN} --closed 2027-01-31 --json"))
    assert [
        ("start", "2026-09-01T16:00:00+01:00"),
        ("review", "2026-10-13T16:00:00+01:00"),
        ("review", "2026-11-24T16:00:00+00:00"),
        ("review", "2027-01-05T16:00:00+00:00"),
        ("end", "2027-01-31T16:00:00+00:00"),
        ("3-months", "2027-04-30T16:00:00+01:00"),
        ("6-months", "2027-07-31T16:00:00+01:00"),
    ] == [(each["wave"], each["due"]) for each in moments]


def test_without_an_end_the_reviews_of_a_year_are_told(run: Run) -> None:
    moments = read(run(f"{WHEN} --json"))
    assert ["start", *["review"] * 8] == [each["wave"] for each in moments]
    assert list(range(1, 9)) == [each["round"] for each in moments[1:]]


def test_a_moment_waits_for_the_part_of_the_week_that_they_chose(run: Run) -> None:
    line = "rhythms when --kind wrap-around --role young-person"
    line += " --opened 2026-09-01 --closed 2026-10-02"
    moments = read(run(f"{line} --age-band 8-11 --suits weekend --json"))
    assert (
        [
            ("start", "2026-09-01T16:00:00+01:00"),  # they are here as they join
            ("review", "2026-10-03T09:30:00+01:00"),
            ("end", "2026-10-03T09:30:00+01:00"),
        ]
        == [(each["wave"], each["asked"]) for each in moments[:3]]
    )
    told = run(f"{line} --suits weekend").stdout
    assert "as they join" in told
    assert "Sat 03 Oct 2026 10:00" in told
    assert "All times are those of Europe/London." in told


def test_whoever_is_asked_nothing_is_told_so(run: Run) -> None:
    told = run("rhythms when --kind training --role young-person --opened 2026-09-01")
    assert "Nothing is asked.\n" == told.stdout


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rhythms show --kind magic", "Use one of: trauma-work"),
        (WHEN.replace("trauma-work", "magic"), "Use one of: trauma-work"),
        (f"{WHEN} --closed 2026-08-31", "cannot end before it begins"),
        (f"{WHEN} --council atlantis", "Use one of: derbyshire-county, derby-city"),
        ("rhythms check nowhere.yaml", "nowhere.yaml: the file: it cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(run: Run, line: str, says: str) -> None:
    refused = run(line)
    assert 1 == refused.exit_code
    assert says in refused.stderr
    assert "Traceback" not in refused.output


def test_a_good_file_is_said_to_be_good(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RHYTHMS, "utf-8")
    assert "mine.yaml can be used: 13 rhythms" in run("rhythms check mine.yaml").stdout
    assert "rhythms" == read(run("rhythms check mine.yaml --json"))["kind"]


def test_school_terms_that_nobody_knows_are_said_to_be_unknown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "terms.yaml").write_text(TERMS, "utf-8")
    told = run("rhythms check terms.yaml").stdout
    assert "derbyshire-county until 2026-08-31" in told
    assert "derby-city are not known today" in told
    assert "every weekday outside the common holidays counts as a school day" in told


def test_a_wrong_file_is_refused_with_place_cause_and_remedy(run: Run, tmp_path: Path) -> None:
    wrong = RHYTHMS.replace("half-done: [3, 5]", "half-done: [3, 5, 7]")
    (tmp_path / "mine.yaml").write_text(wrong, "utf-8")
    refused = run("rhythms check mine.yaml")
    assert 1 == refused.exit_code
    assert refused.stderr.startswith("mine.yaml: defaults -> reminders -> half-done: ")
    assert "Write it like the packaged followups/rhythms.yaml." in refused.stderr
