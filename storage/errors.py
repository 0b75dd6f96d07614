"""What can go wrong with the store: every fault that this package raises on purpose starts here.

A fault says what happened and what to do about it. It must not hold anybody's words, numbers or
codes, as a fault may end up in a log.
"""

from __future__ import annotations


class StorageFault(Exception):
    """Something about the store that no participant did wrong."""

    def __str__(self) -> str:
        """Return the message, or the first line of the docstring where none was given."""
        return super().__str__() or (self.__doc__ or "").partition("\n")[0]


class DatabaseAway(StorageFault):
    """The database cannot be used now and nothing is known to be stored: try again.

    Where the connection broke in the middle of a commit, nobody can know whether it took place:
    that is told like this too, so whoever tries again must make sure that it has one effect.
    """


class TookTooLong(DatabaseAway):
    """A statement, or its wait for somebody else's lock, took too long and was given up."""


class DatabaseRefused(StorageFault):
    """This database must not be used like this; the message says why and what to do instead."""
