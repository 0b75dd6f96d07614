"""A stand-in for Telegram's servers over real HTTP: the Bot API, people, and faults on demand.

It keeps what the real one keeps (updates until they are confirmed, what each phone shows) and
refuses what the real one refuses. It speaks to nobody outside this machine.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.web import FileField, Request, Response, StreamResponse

from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_TOKEN
from tests.support.chat_window import (
    Bubble,
    ChatWindow,
    NoTextToEdit,
    NothingToEdit,
    NotModified,
    keyboard_of,
)

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_DATA = 64

Fields = dict[str, Any]


class Fault(Enum):
    """What goes wrong with one call."""

    TOO_FAST = auto()
    FORBIDDEN = auto()
    SERVER_ERROR = auto()
    HTML_PAGE = auto()
    """A proxy's error page: it does not say whether the call was carried out (it was)."""
    HTML_PAGE_BEFORE = auto()
    SILENCE_AFTER = auto()
    """The call is carried out, and the answer never comes."""
    SILENCE_BEFORE = auto()
    CUT_AFTER = auto()
    """The call is carried out, and then the connection breaks."""
    CUT_BEFORE = auto()


_CARRIED_OUT = {Fault.HTML_PAGE, Fault.SILENCE_AFTER, Fault.CUT_AFTER}


@dataclass(frozen=True)
class Call:
    """One call of the Bot API as it came in. `carried_out` is False where it was refused."""

    method: str
    fields: Fields
    carried_out: bool


class Refused(Exception):
    """The Bot API says no."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """Take the code, the words and, where there are any, the parameters of the answer."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass
class TelegramServer:
    """The stand-in. Use it with `async with`; `url` is its base address."""

    token: str = CANARY_TOKEN
    first_update: int = 500_000_000
    url: str = ""
    windows: dict[int, ChatWindow] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    """The numbers of updates that the bot will never get again, in order."""
    webhook: Fields | None = None
    repeat_updates: bool = False
    """Hand out every update twice in one answer."""
    reverse_updates: bool = False
    """Hand out updates in the wrong order."""

    _pending: dict[int, updates.Raw] = field(default_factory=dict)
    _next_update: int = 0
    _next_message: int = 100
    _faults: dict[str, list[tuple[Fault, int]]] = field(default_factory=lambda: defaultdict(list))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None
    _port: int = 0

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._next_update = self.first_update
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening."""
        await self.stop()

    async def start(self) -> None:
        """Listen (again) on the same port."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Stop listening; what is kept stays kept."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- people -----------------------------------------------------------------------------

    def person(self, chat_id: int) -> Person:
        """Return a pretend person with a phone of their own."""
        self.windows.setdefault(chat_id, ChatWindow())
        return Person(self, chat_id)

    async def push(self, raw: updates.Raw) -> int:
        """Let an update wait for the bot; return its number."""
        async with self._changed:
            self._pending[raw["update_id"]] = raw
            self._changed.notify_all()
        return int(raw["update_id"])

    def take(self, number: int) -> updates.Raw:
        """Hand out one update outside getUpdates, as a webhook would."""
        return self._pending.pop(number)

    def next_update_id(self) -> int:
        """Return the number of a new update."""
        self._next_update += 1
        return self._next_update

    def restart_numbers(self, first: int) -> None:
        """Number the next updates from here: the real one does so after a quiet week."""
        self._next_update = first

    def next_message_id(self) -> int:
        """Return the number of a new message."""
        self._next_message += 1
        return self._next_message

    @property
    def waiting(self) -> list[int]:
        """The numbers of updates that are not confirmed yet."""
        return sorted(self._pending)

    async def until(self, true: Callable[[], object], seconds: float = 20) -> None:
        """Return when this is true; looks whenever something changed."""
        async with asyncio.timeout(seconds), self._changed:
            while not true():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.25)

    # --- faults -----------------------------------------------------------------------------

    def will(self, fault: Fault, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """Let the next calls of this method go wrong."""
        self._faults[method] += [(fault, retry_after)] * times

    def sent(self, method: str) -> list[Fields]:
        """Return what the carried-out calls of a method held."""
        return [call.fields for call in self.calls if call.method == method and call.carried_out]

    # --- HTTP -------------------------------------------------------------------------------

    async def _answer(self, request: Request) -> StreamResponse:
        if request.match_info["token"] != self.token:
            return _json(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        method = request.match_info["method"]
        fields = await _read_fields(request)
        waiting = self._faults[method]
        fault, retry_after = waiting.pop(0) if waiting else (None, 0)
        try:
            if fault is not None and fault not in _CARRIED_OUT:
                return await self._go_wrong(request, method, fields, fault, retry_after)
            result = await self._carry_out(method, fields)
        except Refused as refused:
            return await self._refuse(method, fields, refused)
        await self._note(Call(method, fields, carried_out=True))
        if fault is not None:
            return await _break(request, fault)
        return _json(200, {"ok": True, "result": result})

    async def _go_wrong(
        self, request: Request, method: str, fields: Fields, fault: Fault, retry_after: int
    ) -> StreamResponse:
        if fault is Fault.TOO_FAST:
            description = f"Too Many Requests: retry after {retry_after}"
            raise Refused(429, description, retry_after=retry_after)
        if fault is Fault.FORBIDDEN:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if fault is Fault.SERVER_ERROR:
            raise Refused(500, "Internal Server Error")
        await self._note(Call(method, fields, carried_out=False))
        return await _break(request, fault)

    async def _refuse(self, method: str, fields: Fields, refused: Refused) -> Response:
        await self._note(Call(method, fields, carried_out=False))
        body: Fields = {
            "ok": False,
            "error_code": refused.code,
            "description": refused.description,
        }
        if refused.parameters:
            body["parameters"] = refused.parameters
        return _json(refused.code, body)

    async def _note(self, call: Call) -> None:
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    # --- the Bot API ------------------------------------------------------------------------

    async def _carry_out(self, method: str, fields: Fields) -> object:
        match method:
            case "getUpdates":
                return await self._get_updates(fields)
            case "getMe":
                return {**updates.BOT_USER, "can_join_groups": False}
            case "sendMessage":
                return self._send(fields, str(fields.get("text", "")), LONGEST_TEXT, None)
            case "sendPhoto":
                return self._send_photo(fields)
            case "editMessageText":
                return self._edit(fields, str(fields["text"]))
            case "editMessageReplyMarkup":
                return self._edit(fields, None)
            case "setWebhook":
                self.webhook = fields
                return True
            case "deleteWebhook":
                self.webhook = None
                return True
            case "answerCallbackQuery" | "sendChatAction" | "leaveChat":
                return True
            case "setMyCommands" | "setMyDescription" | "setMyShortDescription":
                return True
            case _:
                raise Refused(404, "Not Found: method not found")

    async def _get_updates(self, fields: Fields) -> list[updates.Raw]:
        if self.webhook is not None:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(fields.get("offset", 0))
        for number in [number for number in self.waiting if number < offset]:
            del self._pending[number]
            self.confirmed.append(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(float(fields.get("timeout", 0))), self._changed:
                await self._changed.wait_for(lambda: self._pending)
        numbers = sorted(self._pending, reverse=self.reverse_updates)
        batch = [self._pending[number] for number in numbers[: int(fields.get("limit", 100))]]
        return [raw for raw in batch for _ in range(2)] if self.repeat_updates else batch

    def _window(self, fields: Fields) -> tuple[int, ChatWindow]:
        chat_id = int(fields["chat_id"])
        if chat_id not in self.windows:
            raise Refused(400, "Bad Request: chat not found")
        return chat_id, self.windows[chat_id]

    def _send(self, fields: Fields, text: str, longest: int, picture: bytes | None) -> updates.Raw:
        chat_id, window = self._window(fields)
        if not text and picture is None:
            raise Refused(400, "Bad Request: message text is empty")
        if _units(text) > longest:
            raise Refused(400, "Bad Request: message is too long")
        bubble = Bubble(self.next_message_id(), True, text, _keyboard(fields), picture)
        return _as_message(chat_id, window.show(bubble))

    def _send_photo(self, fields: Fields) -> updates.Raw:
        photo = fields["photo"]
        if isinstance(photo, str) and photo.startswith("attach://"):
            photo = fields[photo.removeprefix("attach://")]
        if not isinstance(photo, bytes) or not photo.startswith(b"\x89PNG"):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return self._send(fields, str(fields.get("caption", "")), LONGEST_CAPTION, photo)

    def _edit(self, fields: Fields, text: str | None) -> updates.Raw:
        chat_id, window = self._window(fields)
        if text is not None and not 0 < _units(text) <= LONGEST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        try:
            bubble = window.change(int(fields["message_id"]), text, _keyboard(fields))
        except NotModified:
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            ) from None
        except NothingToEdit:
            raise Refused(400, "Bad Request: message to edit not found") from None
        except NoTextToEdit:
            raise Refused(400, "Bad Request: there is no text in the message to edit") from None
        return _as_message(chat_id, bubble)


@dataclass(frozen=True)
class Person:
    """Somebody with a phone. What they do returns the number of the update that it made."""

    server: TelegramServer
    chat_id: int

    @property
    def window(self) -> ChatWindow:
        """What their phone shows."""
        return self.server.windows[self.chat_id]

    async def opens(self, code: str) -> int:
        """Follow a deep link into the chat."""
        return await self.types(f"/start {code}")

    async def types(self, text: str) -> int:
        """Send words."""
        return await self.sends(text=text)

    async def sends(self, **content: Any) -> int:
        """Send a message of any kind: sticker=..., photo=..., caption=...."""
        number = self.server.next_message_id()
        self.window.show(Bubble(number, False, str(content.get("text", ""))))
        update_id = self.server.next_update_id()
        return await self.server.push(updates.message(update_id, self.chat_id, number, **content))

    async def edits(self, text: str) -> int:
        """Change the last message that they sent."""
        own = [bubble.number for bubble in self.window.bubbles.values() if not bubble.ours]
        update_id = self.server.next_update_id()
        return await self.server.push(updates.edited(update_id, self.chat_id, own[-1], text=text))

    async def taps(self, label: str) -> int:
        """Tap the newest button with these words."""
        bubble, key = self.window.find(label)
        return await self.taps_data(key.data, bubble)

    async def taps_data(self, data: str, bubble: Bubble | None = None) -> int:
        """Tap a button that sends this data."""
        update_id = self.server.next_update_id()
        where = bubble or self.window.last
        return await self.server.push(updates.tap(update_id, self.chat_id, where, data))


async def _read_fields(request: Request) -> Fields:
    if request.content_type == "application/json":
        found: Fields = await request.json()
        return found
    form = await request.post()
    return {
        name: value.file.read() if isinstance(value, FileField) else value
        for name, value in form.items()
    }


async def _break(request: Request, fault: Fault) -> StreamResponse:
    if fault in (Fault.HTML_PAGE, Fault.HTML_PAGE_BEFORE):
        page = "<html><body>502 Bad Gateway</body></html>"
        return Response(status=502, text=page, content_type="text/html")
    if fault in (Fault.SILENCE_AFTER, Fault.SILENCE_BEFORE):
        await asyncio.sleep(3600)
    if request.transport is not None:
        request.transport.abort()
    return Response()


def _json(status: int, body: Fields) -> Response:
    return Response(status=status, text=json.dumps(body), content_type="application/json")


def _keyboard(fields: Fields) -> Any:
    markup = fields.get("reply_markup")
    keyboard = keyboard_of(json.loads(markup) if isinstance(markup, str) else markup)
    for row in keyboard:
        for key in row:
            if not key.label:
                raise Refused(400, "Bad Request: inline keyboard button text is empty")
            if not key.url and not 1 <= len(key.data.encode()) <= LONGEST_DATA:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return keyboard


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _as_message(chat_id: int, bubble: Bubble) -> updates.Raw:
    body = {
        "message_id": bubble.number,
        "from": updates.BOT_USER,
        "chat": updates.private_chat(chat_id),
        "date": updates.WHEN,
        "text": bubble.text,
    }
    if bubble.picture is not None:
        body["photo"] = updates.PHOTO
    return body
