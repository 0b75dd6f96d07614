"""Types command lines and reads what they print: knows nothing of what any command does."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner, Result

from starling.__main__ import app

OPEN = (
    "episode open --commissioner derby-city --strand direct --intervention theraplay --lives foster"
)
"""Opens support for a child in foster care, once a `--case` and what else is known follow it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Types command lines where these settings hold."""

    settings: dict[str, str]

    def __call__(self, line: str, given: str | bytes | None = None, **settings: str) -> Result:
        """Run a line, split as a shell would; what is given stands on its standard input."""
        ours = {**self.settings, **settings}
        return CliRunner().invoke(app, shlex.split(line), input=given, env=ours)


def read(result: Result) -> Any:
    """Return what a command printed as JSON, once it went well."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
