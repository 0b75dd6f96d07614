"""Names what can be wrong with a drawing request; never carries a person's words or answers."""

from __future__ import annotations


class PictureFault(ValueError):
    """What was asked for cannot be drawn honestly: the caller has to mend the request."""
