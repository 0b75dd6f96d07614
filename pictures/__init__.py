"""Draws the pictures people are shown; knows nothing of questions, people or figures' rules."""

from __future__ import annotations
