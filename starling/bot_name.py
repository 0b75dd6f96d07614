"""Asks the Bot API who our bot is, for links and for a check-up; it needs no aiogram."""

from __future__ import annotations

from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from starling.settings import Settings

PATIENCE: Final = 10.0
_FINE: Final = 200


class BotUnknown(Exception):
    """The Bot API did not say who our bot is; the message says why, without the token."""


async def learn_bot_name(settings: Settings) -> str | None:
    """Return the bot's user name; None where there is no token. Raises BotUnknown."""
    if settings.telegram_token is None:
        return None
    token = settings.telegram_token.get_secret_value()
    address = f"{settings.telegram_api.rstrip('/')}/bot{token}/getMe"
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=PATIENCE)) as http,
            http.post(address) as answer,
        ):
            if answer.status != _FINE:
                msg = f"it refuses the token (status {answer.status}); see STARLING_TELEGRAM_TOKEN"
                raise BotUnknown(msg)
            said = await answer.json(content_type=None)
    except (ClientError, TimeoutError, ValueError) as error:
        msg = f"cannot be reached ({type(error).__name__}); see STARLING_TELEGRAM_API"
        raise BotUnknown(msg) from None
    match said:
        case {"result": {"username": str(name)}}:
            return name
        case _:
            msg = "does not say who the bot is; see STARLING_TELEGRAM_API"
            raise BotUnknown(msg)
