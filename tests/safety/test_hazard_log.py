"""The hazard log: every hazard has controls, and every control a test that is there and is run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from tests.safety.proofs import PROJECT, found_in, is_proof

LOG = PROJECT / "docs" / "safety" / "hazard-log.yaml"
Words = Annotated[str, Field(min_length=3)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Control(_Strict):
    """What keeps a hazard from hurting, and the tests that show it."""

    says: Words
    proof: Annotated[list[str], Field(min_length=1)]


class Residual(_Strict):
    """What the clinical safety officer decided, by name and day: all of it or nothing."""

    severity: str
    likelihood: str
    by: Words
    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Hazard(_Strict):
    """Something that can go wrong and hurt somebody."""

    hazard: Words
    cause: Words
    harm: Words
    initial: tuple[str, str]
    residual: Residual | None
    controls: Annotated[list[Control], Field(min_length=1)]
    people: list[Words] = []


class Scale(_Strict):
    """The words of the standard, from least to most."""

    severity: list[str]
    likelihood: list[str]


class Log(_Strict):
    """The whole file."""

    standard: str
    words: Scale
    hazards: dict[str, Hazard]


def the_log() -> Log:
    return Log.model_validate(yaml.safe_load(LOG.read_text(encoding="utf-8")))


PROOFS = sorted(
    {
        (number, proof)
        for number, hazard in the_log().hazards.items()
        for control in hazard.controls
        for proof in control.proof
    }
)


def test_thirty_hazards_stand_in_it_in_order() -> None:
    assert list(the_log().hazards) == [f"H{number:02d}" for number in range(1, 31)]


def test_ratings_use_the_words_of_the_standard() -> None:
    log = the_log()
    for number, hazard in log.hazards.items():
        severity, likelihood = hazard.initial
        assert severity in log.words.severity, number
        assert likelihood in log.words.likelihood, number
        if hazard.residual is not None:
            assert hazard.residual.severity in log.words.severity, number
            assert hazard.residual.likelihood in log.words.likelihood, number


@pytest.mark.parametrize(("number", "proof"), PROOFS)
def test_the_test_that_proves_a_control_is_there_and_is_run(number: str, proof: str) -> None:
    assert is_proof(proof), f"{number}: {proof}"


def test_a_proof_that_is_missing_or_skipped_is_found(tmp_path: Path) -> None:
    assert not is_proof("tests/safety/test_hazard_log.py::test_of_nothing")
    assert not is_proof("tests/no_such_file.py::test_of_nothing")
    assert not is_proof("docs/safety/hazard-log.yaml")
    written = tmp_path / "test_written.py"
    written.write_text(
        "import pytest\n@pytest.mark.skip\ndef test_a():\n  pass\n", encoding="utf-8"
    )
    assert found_in(str(written)) == {"test_a": False}
