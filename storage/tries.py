"""How often wrong secrets came from one place lately: the throttle on guessing at the sign-in page.

It must not know who tried, and keeps places as keyed hashes only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import Casework
from storage.tables import code_tries

WINDOW: Final = timedelta(minutes=15)
FROM_ONE_PLACE: Final = 100
"""Wrong tries within the window after which a network address has to wait: a whole office, or the
proxy in front of us, may be one. Each account has a much narrower limit of its own."""


def may_try(work: Casework, place: str, now: datetime) -> bool:
    """Tell whether this place may try again now."""
    query = select(code_tries.c.tries).where(
        code_tries.c.scope.in_(work.vault.indexes("sign-in-place", place)),
        code_tries.c.since > now - WINDOW,
    )
    found: int = sum(work.connection.scalars(query))
    return found < FROM_ONE_PLACE


def count_wrong(work: Casework, place: str, now: datetime) -> None:
    """Remember a wrong try from this place; what is older than the window counts no more."""
    scope = work.vault.index("sign-in-place", place)
    stale = delete(code_tries).where(
        code_tries.c.scope == scope, code_tries.c.since <= now - WINDOW
    )
    work.connection.execute(stale)
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    work.connection.execute(
        build(code_tries)
        .values(scope=scope, since=now, tries=0)
        .on_conflict_do_nothing(index_elements=[code_tries.c.scope])
    )
    more = update(code_tries).where(code_tries.c.scope == scope)
    work.connection.execute(more.values(tries=code_tries.c.tries + 1))
