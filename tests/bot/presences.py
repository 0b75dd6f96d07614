"""The team as it is or is not there: made-up moments on a local clock, for tests of words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from usecases.presence import Presence

_LONDON = ZoneInfo("Europe/London")

HERE = Presence(
    here=True,
    now=datetime(2026, 11, 20, 15, 37, tzinfo=_LONDON),
    turns=datetime(2026, 11, 20, 17, tzinfo=_LONDON),
)
AWAY = Presence(
    here=False,
    now=datetime(2026, 11, 20, 20, 5, tzinfo=_LONDON),
    turns=datetime(2026, 11, 23, 9, tzinfo=_LONDON),
)
IN_THE_MORNING = AWAY.turns + timedelta(hours=1)
"""An hour of the team's time after `AWAY`."""

ODD = tuple(
    Presence(here=True, now=HERE.now, turns=HERE.now.replace(hour=hour, minute=minute))
    for hour, minute in ((16, 15), (16, 30), (16, 45), (16, 50), (20, 0))
) + tuple(
    Presence(here=False, now=AWAY.now, turns=turns)
    for turns in (
        datetime(2026, 11, 20, 20, 30, tzinfo=_LONDON),
        datetime(2026, 11, 21, 5, 30, tzinfo=_LONDON),
        datetime(2026, 12, 1, 12, tzinfo=_LONDON),
    )
)
"""A team with hours of its own."""
