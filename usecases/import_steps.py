"""Decides what becomes of support episodes that a case system tells us of, and writes it.

It works inside a transaction on some rows at a time, and knows neither files nor other rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from storage import audit, contract, imported, occasions
from storage.casework import Casework
from storage.episodes import SupportEpisode
from storage.imported import Known, Numbered
from storage.sequence import new_id
from usecases import characteristics as given_freely
from usecases import planning
from usecases.contract_facts import NOTHING, Noted, trace
from usecases.import_beside import GivenOf, differences_beside, faults_beside, given_in, revised
from usecases.import_columns import CHARACTERISTICS, FACTS, Column
from usecases.import_faults import Fault
from usecases.import_rows import EpisodeRow
from usecases.inviting import By
from usecases.moving import EpisodeChange, change_in
from usecases.service import Service

BEFORE_END: Final = (planning.START, planning.REVIEW)
"""The waves in which people are asked before their support ends."""

_CHANGES: Final = (Column.COMMISSIONER, Column.LIVES, Column.WORKER)
_FIXED: Final = (Column.STRAND, Column.INTERVENTION, Column.OPENED_ON)
"""What decides how people are asked: corrected only as long as nobody has to do with it."""

_ENDING: Final = (Column.CLOSED_ON, Column.CLOSE_REASON)
_BESIDE: Final = frozenset({*_CHANGES, *FACTS, *CHARACTERISTICS})
"""What changes nothing of what people are asked."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored support episode that a row says something else of, in these columns."""

    row: EpisodeRow
    stored: SupportEpisode
    noted: Noted
    columns: tuple[Column, ...]
    has_people: bool = False


@dataclass(slots=True)
class Step:
    """What is to become of some rows; `children` are the stored children by case.

    `given` is what is stored of these children's characteristics, where a row says any.
    """

    children: Mapping[str, str]
    given: GivenOf
    new: list[EpisodeRow] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)

    def part(self, most: int) -> tuple[Step, list[EpisodeRow]]:
        """Return this with no more than so many changes, and the rows that are left for later."""
        part = replace(self, changed=self.changed[:most])
        return part, [each.row for each in self.changed[most:]]


def judge_in(work: Casework, rows: Sequence[EpisodeRow], *, hold: bool = False) -> Step:
    """Return what is to become of these rows, without writing.

    hold: let nobody else change the episodes that will be changed, until the transaction ends.
    """
    known = imported.look_up(work, [Numbered(each.reference, each.case) for each in rows])
    step = _compare(known, given_in(work, known, rows, hold=False), rows)
    if hold and (step.changed or any(row.given.values for row in rows)):
        known = imported.lock(work, known, [each.stored.id for each in step.changed])
        step = _compare(known, given_in(work, known, rows, hold=True), rows)
    return _with_people(work, step)


def write_in(service: Service, work: Casework, step: Step, by: By) -> int:
    """Write what was decided; return how many askings were planned by it."""
    _add_new(work, step, by)
    imported.correct(work, [_corrected(each) for each in step.changed if _is_corrected(each)])
    _note_facts(service, work, step, by)
    planned = sum(_change(service, work, each, by) for each in step.changed)
    work.flush()  # children stand before what was given of them
    _note_given(work, step, by)
    work.flush()
    return planned


# --- deciding -------------------------------------------------------------------------------------


def _compare(known: Known, given: GivenOf, rows: Sequence[EpisodeRow]) -> Step:
    """Tell the new, the changed and the unchanged apart, by what the episodes themselves say."""
    step = Step(known.children, given)
    for row in rows:
        stored = known.episodes.get(row.reference.casefold())
        noted = known.noted[stored.id] if stored is not None else NOTHING
        faults = faults_beside(row, noted)
        if stored is not None:
            faults += _faults_of(row, stored, known.children.get(row.case.casefold()))
        step.faults += faults
        if faults:
            continue
        if stored is None:
            step.new.append(row)
        elif columns := _differences(row, stored, noted, given):
            step.changed.append(Changed(row, stored, noted, columns))
        else:
            step.unchanged += 1
    return step


def _faults_of(row: EpisodeRow, stored: SupportEpisode, child: str | None) -> list[Fault]:
    if child != stored.child_id:
        cause = "the support episode with this number belongs to another child"
        remedy = "Look for a slip in the reference or the case; a number is never used again"
        return [Fault(row.row, Column.CASE.value, cause, remedy)]
    if stored.closed_on is not None and row.closed_on is None:
        cause = f"this support episode was closed on {stored.closed_on} and cannot be opened again"
        remedy = "Give the day and the reason of its end; new support has a number of its own"
        return [Fault(row.row, Column.CLOSED_ON.value, cause, remedy)]
    return []


def _differences(
    row: EpisodeRow, stored: SupportEpisode, noted: Noted, given: GivenOf
) -> tuple[Column, ...]:
    says: dict[Column, object] = {
        Column.COMMISSIONER: row.commissioner.value,
        Column.STRAND: row.strand.value,
        Column.INTERVENTION: row.intervention,
        Column.LIVES: row.lives.value,
        Column.OPENED_ON: row.opened_on,
        Column.CLOSED_ON: row.closed_on,
        Column.CLOSE_REASON: row.close_reason and row.close_reason.value,
        Column.WORKER: row.worker or stored.worker,
    }
    differ = [column for column, value in says.items() if value != getattr(stored, column)]
    return (*differ, *differences_beside(row, noted, given.get(stored.child_id, {})))


def _with_people(work: Casework, step: Step) -> Step:
    """Refuse the changes that those who answer would feel the ground move under."""
    changing = [each for each in step.changed if not set(each.columns) <= _BESIDE]
    who = imported.involved(work, [each.stored.id for each in changing], BEFORE_END)
    changed: list[Changed] = []
    for each in step.changed:
        has_people = each.stored.id in who.people
        faults = _faults_with_people(each) if has_people else []
        if each.stored.id in who.answered:
            faults += _faults_after_answers(each)
        step.faults += faults
        if not faults:
            changed.append(replace(each, has_people=has_people))
    step.changed = changed
    return step


def _faults_with_people(change: Changed) -> list[Fault]:
    return [
        Fault(
            change.row.row,
            column.value,
            "somebody was invited to answer in it already, so this cannot change",
            f"Put back what it was ({getattr(change.stored, column)}); other support is a row "
            "with a number of its own",
        )
        for column in change.columns
        if column in _FIXED
    ]


def _faults_after_answers(change: Changed) -> list[Fault]:
    if change.stored.closed_on is None or Column.CLOSED_ON not in change.columns:
        return []
    cause = "somebody has answered at the end of this support, so its day cannot change"
    remedy = f"Put back the day that it was ({change.stored.closed_on})"
    return [Fault(change.row.row, Column.CLOSED_ON.value, cause, remedy)]


# --- writing --------------------------------------------------------------------------------------


def _add_new(work: Casework, step: Step, by: By) -> None:
    children = dict(step.children)
    for row in step.new:
        case = row.case.casefold()
        if case not in children:
            children[case] = imported.add_child(work, row.case, by.now)
        imported.add(work, row.reference, _new_episode(work, row, children[case]), row.noted)
    step.children = children


def _new_episode(work: Casework, row: EpisodeRow, child_id: str) -> SupportEpisode:
    return SupportEpisode(
        id=new_id(work.entropy),
        key=new_id(work.entropy),
        child_id=child_id,
        commissioner=row.commissioner.value,
        strand=row.strand.value,
        intervention=row.intervention,
        lives=row.lives.value,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        close_reason=row.close_reason.value if row.close_reason else None,
        worker=row.worker,
    )


def _note_facts(service: Service, work: Casework, step: Step, by: By) -> None:
    """Write the facts that rows say otherwise of stored episodes, and trace each change."""
    differ = [each for each in step.changed if set(each.columns) & set(FACTS)]
    became = {each.stored.id: revised(each.row, each.noted) for each in differ}
    contract.store(work, became)
    today = service.rhythm.local(by.now).date()
    for each in differ:
        trace(work, each.stored.id, (each.noted, became[each.stored.id]), today, by)


def _note_given(work: Casework, step: Step, by: By) -> None:
    """Write what rows say of children's characteristics; the checks let no two rows differ."""
    rows = [*step.new, *(each.row for each in step.changed)]
    wanted = [(step.children[row.case.casefold()], row.given) for row in rows if row.given.values]
    given_freely.write(work, wanted, step.given, by)


def _is_corrected(change: Changed) -> bool:
    return bool(set(change.columns) & {*_FIXED, *_ENDING})


def _corrected(change: Changed) -> SupportEpisode:
    row = change.row
    return replace(
        change.stored,
        strand=row.strand.value,
        intervention=row.intervention,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        close_reason=row.close_reason.value if row.close_reason else None,
    )


def _change(service: Service, work: Casework, change: Changed, by: By) -> int:
    """Do what follows from a change; return how many askings were planned."""
    row, stored = change.row, change.stored
    if set(change.columns) & set(_CHANGES):
        what = EpisodeChange(row.commissioner, row.lives, row.worker)
        today = service.rhythm.local(by.now).date()
        change_in(service, work, stored, what, today, by)
    if row.closed_on is None or Column.CLOSED_ON not in change.columns:
        return 0
    did = "closed" if stored.closed_on is None else "corrected the end of"
    audit.note(work, by.who, f"{did} support episode", stored.id, by.now)
    if not change.has_people:
        return 0
    if stored.closed_on is not None:
        occasions.end_what_follows(work, stored.id, by.now)
    return planning.plan_closing(service, work, stored, row.closed_on, by.now)
