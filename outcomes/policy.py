"""Lists the disclosure policies as data that somebody can sign off; it applies none of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """Which counts are withheld and how the others are rounded.

    Counts below `threshold` become `c` (zero too, if `zero_is_withheld`), others go to the nearest
    multiple of `base` (1 means exact). A sensitive measure withholds "none" and "all" of fewer than
    `class_size` people. A percentage or mean needs a published count of `least_for_statistics`, an
    interval for a mean one of `least_for_spread`. The audit asks that each protected count can lie
    anywhere in a range at least `width` wide: with 4 there are five possible counts, as many as
    `c` itself stands for. For a council, of which the audit assumes more than it really knows (the
    answers of all its own children), the range is at least `insider_width` wide.
    """

    name: str
    plain_words: str
    threshold: int
    zero_is_withheld: bool
    base: int
    width: int
    insider_width: int
    class_size: int
    least_for_statistics: int
    least_for_spread: int


NHS5 = DisclosurePolicy(
    name="nhs5",
    plain_words=(
        "Counts from 0 to 4 are withheld and shown as c. Other counts are rounded to the nearest "
        "5. Percentages, means and intervals are worked out from the rounded counts."
    ),
    threshold=5,
    zero_is_withheld=True,
    base=5,
    width=4,
    insider_width=3,
    class_size=20,
    least_for_statistics=10,
    least_for_spread=30,
)
DFE_C = DisclosurePolicy(
    name="dfe_c",
    plain_words=(
        "Counts from 1 to 5 are withheld and shown as c, and so is whatever would give them away. "
        "Other counts are exact."
    ),
    threshold=6,
    zero_is_withheld=False,
    base=1,
    width=4,
    insider_width=3,
    class_size=20,
    least_for_statistics=10,
    least_for_spread=30,
)
POLICIES = {each.name: each for each in (NHS5, DFE_C)}
"""Every policy that may be named. `dfe_c` is declared and refused: see disclosure.py."""
