"""The same web as the tests of its pages have, for somebody who means harm."""

from __future__ import annotations

from tests.usecases.conftest import place, service
from tests.web.conftest import browser, invited, stage, world

__all__ = ["browser", "invited", "place", "service", "stage", "world"]
