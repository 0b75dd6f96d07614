"""Looks whether a service could run here: settings, database, keys, Telegram; changes nothing."""

from __future__ import annotations

from datetime import datetime

from starling.bot_name import BotUnknown, learn_bot_name
from starling.settings import Settings
from storage import key_marks
from storage.database import current_revision, newest_revision, read_once, sqlite_file
from storage.errors import StorageFault
from surveys.errors import BadDefinition
from surveys.helplines import helplines
from usecases.ladder import Rung, WayKind, load_ladder

Finding = tuple[str, bool, str]


async def check_up(settings: Settings, now: datetime) -> list[Finding]:
    """Return each check: its name, whether it is fine, and what was found or what to do."""
    return [
        _check_database(settings),
        _check_keys(settings),
        _check_address(settings),
        _check_numbers(now),
        _check_alerts(settings),
        await _check_telegram(settings),
    ]


def _check_database(settings: Settings) -> Finding:
    name = "database"
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return name, True, "not there yet; the first start makes it"
    try:
        stored = current_revision(settings.database_url)
    except StorageFault as fault:
        return name, False, str(fault) or "cannot be reached; see STARLING_DATABASE_URL"
    if stored != newest_revision():
        return name, False, f"its tables are at {stored}; run: starling migrate"
    return name, True, f"reachable, tables at {stored}"


def _check_keys(settings: Settings) -> Finding:
    name = "secret keys"
    if settings.secret_keys:
        return name, True, f"{len(settings.secret_keys)} in the settings"
    if sqlite_file(settings.database_url) is None:
        return name, False, "with PostgreSQL set STARLING_SECRET_KEYS, the same on every machine"
    if settings.keys_file.exists():
        return name, True, f"in {settings.keys_file}; keep a copy apart from the database"
    if _holds_anything(settings):
        return name, False, f"{settings.keys_file} is missing: put it back from your copy of it"
    return name, True, f"none yet; the first start makes {settings.keys_file}"


def _check_address(settings: Settings) -> Finding:
    name, address = "web address", settings.public_url
    if not address.startswith("https://"):
        return name, True, f"{address}, for this machine alone; set STARLING_PUBLIC_URL for others"
    if not settings.trusted_proxies:
        told = "many wrong sign-ins slow everybody down until STARLING_TRUSTED_PROXIES is set"
        return name, True, f"{address}; {told}"
    return name, True, f"{address}, behind {len(settings.trusted_proxies)} trusted"


def _holds_anything(settings: Settings) -> bool:
    """Whether there is something that a new key could not open."""
    try:
        if current_revision(settings.database_url) != newest_revision():
            return False
        return read_once(settings.database_url, key_marks.holds_anything)
    except StorageFault:
        return False  # the database's own line says what is wrong with it


def _check_numbers(now: datetime) -> Finding:
    name = "help lines"
    stale = helplines().stale(now.date())
    if stale:
        names = ", ".join(line.id for line in stale)
        return name, False, f"ring these, then update surveys/helplines.yaml: {names}"
    return name, True, "every number was checked within the last 180 days"


def _check_alerts(settings: Settings) -> Finding:
    name = "alerts"
    try:
        ladder = load_ladder(settings.alerts_file)
    except BadDefinition as fault:
        return name, False, str(fault)
    unreached = [rung.value for rung in Rung if rung not in ladder.reached]
    if len(unreached) == len(Rung):
        return name, False, "nobody is told but by the staff page; set STARLING_ALERTS_FILE"
    if settings.mail_server is None and WayKind.EMAIL in ladder.kinds:
        return name, False, "some are told by e-mail; set STARLING_MAIL_SERVER"
    if unreached:
        return name, True, f"these are told by the staff page alone: {', '.join(unreached)}"
    return name, True, "on every rung somebody can be reached"


async def _check_telegram(settings: Settings) -> Finding:
    name = "Telegram"
    if settings.telegram_token is None:
        return name, True, "no token: only the web chat runs"
    try:
        known_as = await learn_bot_name(settings)
    except BotUnknown as error:
        return name, False, str(error)
    return name, True, f"the token is good: @{known_as}"
