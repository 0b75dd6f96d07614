"""Says what each setting may look like, one plain function a setting: reads nothing, keeps nothing.

A function takes the text somebody wrote and returns what the service works with. It refuses with
what is wrong and what to write instead; it never repeats the text, which may be a secret.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_core import PydanticCustomError

from outcomes.protection.policy import POLICIES

KEY_BYTES = 32
"""The shortest secret key, in bytes: AES-256 and HMAC-SHA-256 both take this many."""

WEBHOOK_SECRET_LENGTHS = (32, 256)
"""Shortest secret we accept, and longest that setWebhook accepts, in characters."""

WEBHOOK_PATH = "/telegram/webhook"
"""Where the service listens for Telegram (core.telegram.org/bots/api#setwebhook)."""

FASTEST = 1000
"""Messages a second: what Telegram allows a bot that pays for broadcasts, and nobody more."""

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]+")
_BOT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_KEY = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_PHONE = re.compile(r"\+?[0-9][0-9 ]{3,18}[0-9]")
_RATE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_LAST_PORT = 65535
_POSTGRESQL = ("postgresql://", "postgresql+psycopg://")
_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Refusal(NamedTuple):
    """Why a setting cannot be used: what is wrong, without the value, and what to write instead."""

    wrong: str
    instead: str
    setting: str = ""
    """The field that is meant, where a check looks at several."""

    def fault(self) -> PydanticCustomError:
        """Return the error to raise."""
        return PydanticCustomError("refused", "{wrong}: {instead}", self._asdict())


NO_DATABASE = Refusal(
    "is neither a SQLite nor a PostgreSQL address",
    "write sqlite:///var/starling.db or postgresql://user:password@host:5432/name",
)
NO_DATABASE_FILE = Refusal(
    "names no file to keep the database in",
    "write sqlite:/// and a file, for example sqlite:///var/starling.db",
)
NO_DATABASE_NAME = Refusal(
    "is not a whole PostgreSQL address", "write postgresql://user:password@host:5432/name"
)
NO_TOKEN = Refusal(
    "is not a bot token",
    "copy the whole token that @BotFather gave you: a number, a colon, letters and digits",
)
NO_PHONE = Refusal("is not a phone number", "write digits and spaces, such as 01632 960123")
NO_WEB_ADDRESS = Refusal("is not a web address", "write for example https://starling.example.org")
TOO_MUCH_ADDRESS = Refusal(
    "has more than a host and a path",
    "leave out everything after ? or #, and any name and password",
)
NOT_ENCRYPTED = Refusal(
    "is not encrypted", "write an https address, for example https://starling.example.org"
)
NOT_ENCRYPTED_PAGES = Refusal(
    "is no https address, so what people write could be read and changed on its way",
    "write the https address that people open, for example https://starling.example.org; only "
    "this machine itself, such as http://127.0.0.1:8080, goes without",
)
NO_NETWORKS = Refusal(
    "does not say which proxies are trusted",
    "write their addresses or networks with commas between them, such as 10.0.0.5,172.18.0.0/16; "
    "never all addresses",
)
NO_BOT_FOR_WEBHOOK = Refusal(
    "has no bot to call", "set STARLING_TELEGRAM_TOKEN too, or leave it out", "telegram_webhook_url"
)
NO_WEBHOOK_SECRET = Refusal(
    "is missing, and without it anybody could send updates to the webhook address",
    "write the output of openssl rand -hex 32",
    "telegram_webhook_secret",
)
WEAK_WEBHOOK_SECRET = Refusal(
    "cannot be used as a secret",
    f"write {WEBHOOK_SECRET_LENGTHS[0]} to {WEBHOOK_SECRET_LENGTHS[1]} letters, digits, _ or -, "
    "for example the output of openssl rand -hex 32",
)
NO_BOT_NAME = Refusal(
    "is not a bot's user name", "write it as @BotFather shows it, for example StarlingBot"
)
NO_HOST = Refusal(
    "is not a host to listen on",
    "write 127.0.0.1 for this machine only or 0.0.0.0 for all of its networks; "
    "the port has a setting of its own",
)
NO_PORT = Refusal("is not a port", f"write a whole number from 0 to {_LAST_PORT}, such as 8080")
WEAK_KEY = Refusal(
    f"has a key that is not url-safe base64 of at least {KEY_BYTES} bytes",
    "write the keys newest first with commas between them, each as printed by "
    'python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
)
NO_POLICY = Refusal(
    "names no disclosure policy that there is",
    f"write one of {', '.join(POLICIES)}; one of your own is given with starling release compile "
    "--policy-file",
)
NO_RATE = Refusal(
    "is not a number of messages a second",
    f"write a number above 0 and at most {FASTEST}, such as 30 or 0.5",
)
NO_TIME_ZONE = Refusal("is not a time zone", "write a name like Europe/London")


def check_database_url(text: str) -> str:
    """Return the address as SQLAlchemy reads it: sqlite:/// or postgresql+psycopg://."""
    if text.startswith("sqlite:///"):
        path = text.removeprefix("sqlite:///")
        if not path or path == ":memory:" or path.endswith("/") or "?" in path:
            raise NO_DATABASE_FILE.fault()
        return text
    if not text.startswith(_POSTGRESQL):
        raise NO_DATABASE.fault()
    rest = text.split("://", 1)[1]
    parts = split_address(f"postgresql://{rest}")
    if parts is None or not parts.path.strip("/"):
        raise NO_DATABASE_NAME.fault()
    return f"postgresql+psycopg://{rest}"


def check_token(text: str) -> str:
    """Return a bot token: the bot's number, a colon and its secret."""
    if not _TOKEN.fullmatch(text):
        raise NO_TOKEN.fault()
    return text


def check_web_address(text: str) -> str:
    """Return an http or https address without a slash at its end."""
    parts = split_address(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NO_WEB_ADDRESS.fault()
    if parts.query or parts.fragment or parts.username is not None:
        raise TOO_MUCH_ADDRESS.fault()
    return text.rstrip("/")


def check_public_url(text: str) -> str:
    """Return the address that people open: encrypted, unless nobody else can reach it."""
    address = check_web_address(text)
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise NOT_ENCRYPTED_PAGES.fault()
    return address


def split_networks(value: object) -> object:
    """Return the networks of a list with commas, a lone address being one; never all addresses."""
    if not isinstance(value, str):
        return value
    try:
        found = tuple(ipaddress.ip_network(part.strip()) for part in value.split(","))
    except ValueError:
        raise NO_NETWORKS.fault() from None
    if any(network.prefixlen == 0 for network in found):
        raise NO_NETWORKS.fault()
    return found


def check_webhook_url(text: str) -> str:
    """Return the address that Telegram calls; the path is added where only a host is written."""
    address = check_web_address(text)
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise NOT_ENCRYPTED.fault()
    return address if parts.path else f"{address}{WEBHOOK_PATH}"


def check_webhook_secret(text: str) -> str:
    """Return the secret that Telegram sends with every update, long enough not to be guessed."""
    shortest, longest = WEBHOOK_SECRET_LENGTHS
    if not shortest <= len(text) <= longest or not _WEBHOOK_SECRET.fullmatch(text):
        raise WEAK_WEBHOOK_SECRET.fault()
    return text


def check_bot_name(text: str) -> str:
    """Return a bot's user name without the @."""
    name = text.removeprefix("@")
    if not _BOT_NAME.fullmatch(name):
        raise NO_BOT_NAME.fault()
    return name


def check_host(text: str) -> str:
    """Return a host name or address to listen on, without scheme, port or path."""
    if not _HOST.fullmatch(text) or (":" in text and not _is_address(text)):
        raise NO_HOST.fault()
    return text


def check_port(value: object) -> int:
    """Return a TCP port; 0 takes any port that is free."""
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or int(text[:6]) > _LAST_PORT:
        raise NO_PORT.fault()
    return int(text)


def check_rate(value: object) -> float:
    """Return how many messages may go out in a second."""
    text = str(value)
    if not _RATE.fullmatch(text) or not 0 < float(text) <= FASTEST:
        raise NO_RATE.fault()
    return float(text)


def split_keys(value: object) -> object:
    """Return the keys of a comma-separated list, newest first; anything else is left as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(","))
    return value


def check_key(text: str) -> str:
    """Return one secret key in url-safe base64."""
    if len(decode_key(text)) < KEY_BYTES:
        raise WEAK_KEY.fault()
    return text


def decode_key(text: str) -> bytes:
    """Return the bytes of a key in url-safe base64, or no bytes where it is none."""
    if not _KEY.fullmatch(text):
        return b""
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def check_phone(text: str) -> str:
    """Return a phone number as people read it."""
    if not _PHONE.fullmatch(text):
        raise NO_PHONE.fault()
    return " ".join(text.split())


def check_policy(text: str) -> str:
    """Return the name of a disclosure policy; refuse one that there is not."""
    if text not in POLICIES:
        raise NO_POLICY.fault()
    return text


def check_timezone(text: str) -> str:
    """Return the name of a time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NO_TIME_ZONE.fault() from None
    return text


def is_loopback(host: str) -> bool:
    """Whether a host can only be reached from this machine."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def own_address(host: str, port: int) -> str:
    """Return the address that a browser on this machine opens."""
    reachable = "127.0.0.1" if host in _ANY_ADDRESS else host
    bracketed = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{bracketed}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def split_address(text: str) -> SplitResult | None:
    """Return the parts of an address, or nothing where it is not one (a port may be wrong too)."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return None if re.search(r"\s", text) else parts
