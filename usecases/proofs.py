"""What somebody shows to prove who they are: a password and six digits of the moment.

It must not know an account, and stores nothing. Both checks take as long for nobody's secrets.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from datetime import datetime
from functools import cache
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from usecases.refusal import Refusal

SHORTEST: Final = 12
LONGEST: Final = 128
"""Characters of a password; RFC 9106 sets no bound, a form has to."""

_DISTINCT: Final = 5
_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_HASHER: Final = PasswordHasher()
"""Argon2id with the parameters of RFC 9106, 4 (second choice): 64 MiB, 3 passes, 4 lanes."""

_NOBODYS_SECRET: Final = "A" * 32


def check_password(password: str, who: str) -> str:
    """Return a password as it is hashed. Raises Refusal for one that is easy to guess.

    Long, and nothing that others know: no rules about signs (NIST SP 800-63B, 3.1.1.2).
    """
    tidy = _tidy(password)
    plain = tidy.casefold()
    if not SHORTEST <= len(tidy) <= LONGEST:
        msg = f"Choose {SHORTEST} to {LONGEST} characters: a few words that do not belong together."
        raise Refusal(msg)
    parts = [who.casefold(), *(part for part in who.casefold().split(".") if len(part) > 3)]  # noqa: PLR2004
    if any(part in plain for part in (*parts, "starling", "password")):
        msg = "Leave out your name, and words that anybody would try first."
        raise Refusal(msg)
    if len(set(plain)) < _DISTINCT:
        msg = "These are the same few signs again and again. Choose a few words."
        raise Refusal(msg)
    return tidy


def hash_password(password: str) -> str:
    """Return the hash of a checked password; takes about a twentieth of a second."""
    return _HASHER.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Tell whether a password fits its hash; without a hash, after as much work, it does not."""
    try:
        fits = _HASHER.verify(stored or _nobodys_hash(), _tidy(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


def _tidy(password: str) -> str:
    # The same word may come from two keyboards as two rows of bytes.
    return unicodedata.normalize("NFKC", password)


def make_secret(random: bytes) -> str:
    """Return a secret for an authenticator app, from 20 random bytes (RFC 4226, 4, R6)."""
    return base64.b32encode(random).decode()


def app_link(secret: str, who: str) -> str:
    """Return the otpauth address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=who, issuer_name="Starling")


def step_of(secret: str | None, digits: str, now: datetime) -> int | None:
    """Return the step of time that these digits belong to, None for wrong ones.

    The step before and the one after count, because clocks differ (RFC 6238, 5.2).
    """
    typed = "".join(digits.split())
    totp = pyotp.TOTP(secret or _NOBODYS_SECRET)
    step = int(now.timestamp()) // _STEP_SECONDS
    found: int | None = None
    for each in (step - 1, step, step + 1):
        expected = totp.generate_otp(each)
        if hmac.compare_digest(expected.encode(), typed.encode()[: _DIGITS + 1]):
            found = each
    return found if secret is not None else None
