"""Keeps what a later audit needs of a published release; whoever stores it must lock it."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.published import Published
from outcomes.raw import RawTables
from outcomes.scenario import Rules


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One published release as the audit of a later one sees it.

    `name` names the release. `raw` is what was true when it was published: what an insider knew
    then, and what must stay hidden for ever.
    """

    name: str
    raw: RawTables
    published: Published
    rules: Rules
