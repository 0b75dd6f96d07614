"""Compares what a row says besides the support itself, facts and characteristics, with the stored.

It writes nothing. What a row does not say stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from outcomes.measures.characteristics import Characteristic
from storage import characteristics
from storage.casework import Casework
from storage.characteristics import Given
from storage.imported import Known
from usecases import characteristics as given_freely
from usecases.contract_facts import Days, Noted, check
from usecases.import_columns import CHARACTERISTICS, FACTS, Column
from usecases.import_faults import Fault
from usecases.import_rows import EpisodeRow

GivenOf = Mapping[str, Mapping[Characteristic, Given]]
"""By child, what was given of free will."""


def given_in(work: Casework, known: Known, rows: Sequence[EpisodeRow], *, hold: bool) -> GivenOf:
    """Return what is stored of the children of whom these rows say some characteristic.

    hold: let nobody else note any of these children until the transaction ends.
    """
    cases = [row.case.casefold() for row in rows if row.given.values]
    ids = {known.children[case] for case in cases if case in known.children}
    if not ids:
        return {}
    if hold:
        characteristics.hold(work, ids)
    found = characteristics.of_children(work, ids)
    return {
        child: {Characteristic(what): each for what, each in given.items()}
        for child, given in found.items()
    }


def faults_beside(row: EpisodeRow, noted: Noted) -> list[Fault]:
    """Return what the facts of a row contradict that is stored: only where the row says it."""
    whole = revised(row, noted)
    days = Days(row.opened_on, row.closed_on, date.max)  # days to come were refused before
    said = {fact: column for column, fact in FACTS.items() if getattr(row.noted, fact) is not None}
    return [
        Fault(row.row, said[wrong.fact].value, wrong.cause, wrong.remedy)
        for wrong in check(whole, days)
        if wrong.fact in said
    ]


def revised(row: EpisodeRow, noted: Noted) -> Noted:
    """Return what is noted once a row is taken over: what it does not say stays."""
    said = {fact.value: getattr(row.noted, fact) for fact in FACTS.values()}
    return replace(noted, **{name: value for name, value in said.items() if value is not None})


def differences_beside(
    row: EpisodeRow, noted: Noted, given: Mapping[Characteristic, Given]
) -> tuple[Column, ...]:
    """Return the columns in which a row differs from what is stored of it and of its child."""
    became = revised(row, noted)
    was = {what: each.value for what, each in given.items()}
    others = given_freely.differences(row.given, was)
    return (
        *(each for each, fact in FACTS.items() if getattr(became, fact) != getattr(noted, fact)),
        *(column for column, what in CHARACTERISTICS.items() if what in others),
    )
