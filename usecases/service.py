"""What lives as long as the process: the lane, the vault, the words and the rhythm.

Made once by the composition root; the use cases take it as their first argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from outcomes.protection.policy import NHS5, DisclosurePolicy
from storage.casework import Opener
from storage.lane import Lane
from surveys.catalogue import Catalogue
from usecases.ladder import Ladder, packaged_ladder
from usecases.ports import Rhythm
from usecases.retention_rules import RetentionRules, packaged_rules
from usecases.telling import Renderer

LONGEST_WORDS: Final = 2**17
"""Characters that are kept of one message, more than any channel hands over; the rest of a longer
one is cut, and the sender is told."""


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that a use case needs and that outlives it.

    `open(connection)` opens the unit of work about people inside a transaction of the lane.
    `public_url` is where browsers reach us, without a slash at its end. `bot_name` is the Telegram
    user name for deep links, or None where there is no Telegram. `erased_file` remembers, outside
    the database, who was forgotten (see storage.erased_file); without it nobody can be.
    `agreement_required`: staff say who agreed before anybody is invited on their pages.
    `retention` says how long what is kept, `policy` how figures protect small numbers where nobody
    names another one.
    """

    lane: Lane
    open: Opener
    catalogue: Catalogue
    render: Renderer
    rhythm: Rhythm
    public_url: str
    zone: str
    bot_name: Callable[[], str | None]
    ladder: Ladder = field(default_factory=packaged_ladder)
    erased_file: Path | None = None
    agreement_required: bool = False
    retention: RetentionRules = field(default_factory=packaged_rules)
    policy: DisclosurePolicy = NHS5
