"""How the program logs: kinds and numbers to standard error; words, chats and tokens never."""

from __future__ import annotations

import logging
import sys

from bot import redaction


def set_up_logs() -> None:
    """Log to standard error, with everything secret hidden, whoever logs it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    redaction.install()
