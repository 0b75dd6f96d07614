"""What the import of a file came to, as tests of imports ask about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from usecases.import_checks import Outcome
from usecases.import_faults import Fault
from usecases.importing_sdq import SdqOutcome

OutcomeT = TypeVar("OutcomeT", Outcome, SdqOutcome)


@dataclass
class Result(Generic[OutcomeT]):
    """What an import came to."""

    outcome: OutcomeT
    faults: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many rows were new, changed, unchanged."""
        return self.outcome.new, self.outcome.changed, self.outcome.unchanged

    @property
    def where(self) -> list[tuple[int, str]]:
        """Row and column of each fault."""
        return [(fault.row, fault.column) for fault in self.faults]
