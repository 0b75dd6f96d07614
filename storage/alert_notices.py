"""Notices about alerts on their way out: claimed for a while, sent after the commit, settled.

It must not know an address, nor anything that a notice would say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from storage.alerts import AlertKind, Route, StepState
from storage.casework import Casework
from storage.tables import alert_steps, alerts


@dataclass(frozen=True, slots=True)
class DueStep:
    """A notice that has to leave: by which way, and about what alert on which rung."""

    id: str
    alert_id: str
    rung: int
    channel: str
    attempts: int
    participant_id: str | None
    kind: AlertKind
    route: Route


def claim_steps(work: Casework, now: datetime, until: datetime, most: int) -> list[DueStep]:
    """Take notices that have to leave now, until a moment: a process that dies lets go of them."""
    query = (
        select(alert_steps, alerts.c.participant_id, alerts.c.kind, alerts.c.route)
        .join(alerts, alerts.c.id == alert_steps.c.alert_id)
        .where(alert_steps.c.due_at <= now)
        .order_by(alert_steps.c.due_at, alert_steps.c.id)
        .limit(most)
    )
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(of=alert_steps, skip_locked=True)
    due = [
        DueStep(
            row.id,
            row.alert_id,
            row.rung,
            row.channel,
            row.attempts + 1,
            row.participant_id,
            AlertKind(row.kind),
            Route(row.route),
        )
        for row in work.connection.execute(query)
    ]
    if due:
        taken = update(alert_steps).where(alert_steps.c.id.in_([each.id for each in due]))
        again = alert_steps.c.attempts + 1
        work.connection.execute(
            taken.values(state=StepState.SENDING.value, due_at=until, attempts=again)
        )
    return due


def settle_steps(
    work: Casework,
    steps: Collection[DueStep],
    state: StepState,
    sent_at: datetime | None,
    due_at: datetime | None,
) -> None:
    """Write down what became of notices; one that was stopped meanwhile is not sent again.

    steps: all tried equally often, as a notice that was claimed anew since is not settled here.
    """
    values: dict[str, Any] = {"state": state.value, "sent_at": sent_at, "due_at": due_at}
    settled = update(alert_steps).where(
        alert_steps.c.id.in_([each.id for each in steps]),
        alert_steps.c.attempts.in_({each.attempts for each in steps}),
    )
    if state is not StepState.SENT:
        settled = settled.where(alert_steps.c.state == StepState.SENDING.value)
    work.connection.execute(settled.values(values))
