"""Names the kinds of concern: how soon, about what, and what makes one less urgent; no rules."""

from __future__ import annotations

from enum import StrEnum


class ConcernLevel(StrEnum):
    """How soon a person must read a text. The levels compare: none < concern < crisis."""

    NONE = "none"
    CONCERN = "concern"
    CRISIS = "crisis"

    @property
    def rank(self) -> int:
        """The place in the order, 0 to 2."""
        return list(ConcernLevel).index(self)

    def __lt__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank < ConcernLevel(other).rank

    def __le__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank <= ConcernLevel(other).rank

    def __gt__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank > ConcernLevel(other).rank

    def __ge__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank >= ConcernLevel(other).rank


class ConcernCategory(StrEnum):
    """What a concern is about, the most urgent first."""

    DANGER = "danger"
    SUICIDE = "suicide"
    OVERDOSE = "overdose"
    SELF_HARM = "self-harm"
    SEXUAL_ABUSE = "sexual abuse"
    PHYSICAL_ABUSE = "physical abuse"
    EMOTIONAL_ABUSE = "emotional abuse"
    NEGLECT = "neglect"
    EXPLOITATION = "exploitation"
    MISSING = "missing"
    WEAPONS = "weapons"
    HARM_TO_OTHERS = "harm to others"
    CARER_BREAKING = "carer at breaking point"
    ALLEGATION = "allegation"
    EATING = "eating"
    BULLYING = "bullying"
    DRUGS_AND_ALCOHOL = "drugs and alcohol"
    SADNESS = "sadness"
    CARER_WORN_OUT = "carer worn out"
    WANTS_ADULT = "wants an adult"
    NOT_UNDERSTOOD = "not understood"


class Lowering(StrEnum):
    """What in the words around a finding makes it less urgent."""

    NEGATION = "negation"
    OTHERS = "others"
    PAST = "past"
    JOKE = "joke"


# Subjects that a "not" or a joke never clears.
NEVER_CLEARED = frozenset(
    {
        ConcernCategory.SUICIDE,
        ConcernCategory.SELF_HARM,
        ConcernCategory.OVERDOSE,
        ConcernCategory.SEXUAL_ABUSE,
        ConcernCategory.PHYSICAL_ABUSE,
        ConcernCategory.EMOTIONAL_ABUSE,
        ConcernCategory.NEGLECT,
        ConcernCategory.EXPLOITATION,
    }
)
