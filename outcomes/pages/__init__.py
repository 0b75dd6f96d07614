"""Puts releases into what commissioners read: rows and sentences, no markup and no picture."""

from __future__ import annotations
