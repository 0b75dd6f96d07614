"""The faults of the survey package: what an author wrote wrongly, never what a person did."""

from __future__ import annotations


class SurveyFault(Exception):
    """Root of every exception that the survey package raises."""


class BadDefinition(SurveyFault):
    """A definition file is wrong: names the file, the place, the cause and the remedy."""

    def __init__(self, file: str, where: str, cause: str, remedy: str) -> None:
        """Keep the four parts apart, so that a tool can show them in its own way."""
        super().__init__(f"{file}: {where}: {cause}. {remedy}.")
        self.file = file
        self.where = where
        self.cause = cause
        self.remedy = remedy


class UnknownInstrument(SurveyFault):
    """The catalogue has no instrument of this name, version or content."""
