"""Writes what one audience may see of a release as JSON, with its schema; nothing else of it."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from importlib.resources import files

import yaml

from outcomes.episode import Audience
from outcomes.formats.lists import definitions_for
from outcomes.release import Release

NAME, SCHEMA_NAME = "release.json", "release.schema.json"
_FORMAT = 2


def project(release: Release, audience: Audience) -> bytes:
    """Give the audience's part of a release as canonical JSON; `SCHEMA_NAME` describes it.

    A council's part holds its own figures, flow and definitions only.
    """
    content = {
        "$schema": SCHEMA_NAME,
        "format": _FORMAT,
        "id": release.id,
        "audience": audience,
        "period": str(release.period),
        "status": release.status,
        "policy": {"name": release.policy.name, "plain_words": release.policy.plain_words},
        "definitions": definitions_for(release, audience),
        "figures": release.figures_for(audience),
        "flow": release.flow_for(audience),
        "notes": release.all_notes,
        "coarsened": release.coarsened,
        "rating_rule": release.rating_rule,
        "scenarios": release.scenarios,
        "audited_with": release.audited_with,
        "certificate": release.certificate,
        "indicators": release.indicators,
        "replies": release.replies,
    }
    return canonical(_plain(content))


def schema() -> bytes:
    """Give the JSON Schema of what `project` writes."""
    text = files("outcomes.formats").joinpath("release.schema.yaml").read_text(encoding="utf-8")
    return canonical(yaml.safe_load(text))


def canonical(content: object) -> bytes:
    """Write JSON so that equal content is always the same bytes; one line feed at the end."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{text}\n".encode()


def _plain(value: object) -> object:
    """Turn records into objects, and numbers with decimals into JSON numbers."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
