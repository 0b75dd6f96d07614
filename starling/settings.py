"""Reads what an operator set, once and typed, or refuses with a sentence: starts nothing.

It looks only at the mapping and the file that it is given, never at the process's environment, and
never shows a secret: neither in a refusal nor in a repr.
"""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from starling import setting_rules as rules
from starling.mail_settings import MailSettings
from starling.organisation_settings import OrganisationSettings

PREFIX = "STARLING_"

_EXAMPLE_HEAD = """\
# Settings of Starling. Copy this file to .env and take the # away from what you set.
# Everything has a default that works on one machine; variables of the environment win."""

_EXAMPLE_FOOT = """\
# Only for docker compose: the password of the PostgreSQL server that it starts.
# Letters and digits only, for example the output of openssl rand -hex 24
#POSTGRES_PASSWORD=
"""


class SettingsRefused(Exception):
    """The settings are wrong; the message has one sentence for each, without any secret."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        """Take one sentence for each wrong setting: its name, what is wrong, what to write."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _secret(check: Callable[[str], str]) -> AfterValidator:
    """Return a validator that checks a secret's text and keeps it hidden."""
    return AfterValidator(lambda secret: SecretStr(check(secret.get_secret_value())))


_Key = Annotated[SecretStr, _secret(rules.check_key)]


class Settings(MailSettings, OrganisationSettings):
    """What an operator may set, each field as STARLING_ and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(rules.check_database_url)] = Field(
        default="sqlite:///var/starling.db",
        repr=False,
        description="Where everything is kept: one SQLite file (in the folder that the service "
        "starts in), or a PostgreSQL server when the service outgrows one machine.",
        examples=["postgresql://starling:a-password@db.example.org:5432/starling"],
    )
    telegram_token: Annotated[SecretStr, _secret(rules.check_token)] | None = Field(
        default=None,
        description="The bot's token from @BotFather: a number, a colon, letters and digits. "
        "Without one only the web chat runs.",
    )
    telegram_api: Annotated[str, AfterValidator(rules.check_web_address)] = Field(
        default="https://api.telegram.org",
        description="Base address of the Bot API server; change it for a self-hosted one.",
        examples=["http://127.0.0.1:8081"],
    )
    telegram_webhook_url: Annotated[str, AfterValidator(rules.check_webhook_url)] | None = Field(
        default=None,
        description="Where Telegram sends updates (https). Without it the bot asks for them.",
        examples=["https://starling.example.org/telegram/webhook"],
    )
    telegram_webhook_secret: Annotated[SecretStr, _secret(rules.check_webhook_secret)] | None = (
        Field(
            default=None,
            description="Proves that an update comes from Telegram; needed with a webhook "
            "address. 32 to 256 letters, digits, _ or -.",
            examples=["the output of openssl rand -hex 32"],
        )
    )
    telegram_bot_name: Annotated[str, AfterValidator(rules.check_bot_name)] | None = Field(
        default=None,
        description="The bot's user name for t.me links. Without it the bot asks Telegram.",
        examples=["StarlingBot"],
    )
    telegram_rate: Annotated[float, BeforeValidator(rules.check_rate)] = Field(
        default=30,
        description="Messages a second that the bot sends to all chats together at most. Telegram "
        "allows about 30.",
    )
    telegram_chat_rate: Annotated[float, BeforeValidator(rules.check_rate)] = Field(
        default=1,
        description="Messages a second that the bot sends to one chat, short bursts aside. "
        "Telegram allows about one.",
    )
    web_host: Annotated[str, AfterValidator(rules.check_host)] = Field(
        default="127.0.0.1",
        description="The network address to listen on: 127.0.0.1 is this machine only.",
        examples=["0.0.0.0"],  # noqa: S104 - shown, not bound
    )
    web_port: Annotated[int, BeforeValidator(rules.check_port)] = Field(
        default=8080,
        description="The port to listen on. 0 takes any port that is free.",
        examples=["8000"],
    )
    public_url: Annotated[str, AfterValidator(rules.check_public_url)] = Field(
        validate_default=True,
        default_factory=lambda data: rules.own_address(
            data.get("web_host", "127.0.0.1"), data.get("web_port", 8080)
        ),
        description="The address that people open, used in links and QR codes: https, unless only "
        "this machine opens it. Without it: http:// with the host and the port above.",
        examples=["https://starling.example.org"],
    )
    trusted_proxies: Annotated[tuple[rules.Network, ...], BeforeValidator(rules.split_networks)] = (
        Field(
            default=(),
            description="The proxies in front of the service, addresses or networks with commas: "
            "what they write into X-Forwarded-For is believed. Without any, many wrong tries to "
            "sign in slow everybody down, as nobody knows where they come from.",
            examples=["127.0.0.1,172.18.0.0/16"],
        )
    )
    secret_keys: Annotated[tuple[_Key, ...], BeforeValidator(rules.split_keys)] = Field(
        default=(),
        description="Keys that lock people's words and addresses, newest first, with commas "
        "between them; an old key stays in the list until nothing is locked with it. Each is at "
        "least 32 bytes in url-safe base64. Without any, one is made and kept in secret.keys "
        "beside the SQLite database (var/secret.keys with PostgreSQL): several machines need "
        "the same keys, so set them there.",
        examples=["a-new-key,an-old-key"],
    )
    backup_key: _Key | None = Field(
        default=None,
        description="The key that backups are locked with: 32 bytes or more in url-safe base64, "
        "another one than those above. Without it one is made with the first backup and kept in "
        "backup.key beside the other keys: keep a copy of it apart from the backups.",
        examples=["the output of openssl rand -base64 32 | tr +/ -_"],
    )
    timezone: Annotated[str, AfterValidator(rules.check_timezone)] = Field(
        default="Europe/London",
        description="The time zone that people live in: it decides what is school time and night.",
        examples=["Europe/London"],
    )
    duty_line: Annotated[str, AfterValidator(rules.check_phone)] | None = Field(
        default=None,
        description="The number of your own duty phone, shown to grown-ups wherever help is.",
        examples=["01632 960123"],
    )
    rhythms_file: Path | None = Field(
        default=None,
        description="Your own rhythms: who is asked what and when, for each kind of support. Begin "
        "with a copy of followups/rhythms.yaml; starling rhythms check FILE tells what is wrong.",
        examples=["/etc/starling/rhythms.yaml"],
    )
    hours_file: Path | None = Field(
        default=None,
        description="Your own hours: when people of which age may be asked, and when somebody "
        "reads. Begin with a copy of followups/hours.yaml.",
        examples=["/etc/starling/hours.yaml"],
    )
    retention_file: Path | None = Field(
        default=None,
        description="Your own rules for how long what is kept. Begin with a copy of "
        "usecases/retention.yaml; starling retention show tells what holds.",
        examples=["/etc/starling/retention.yaml"],
    )
    agreement_required: bool = Field(
        default=True,
        description="Whether staff say who agreed, and whether a young person understands, before "
        "anybody is invited on the staff pages. false: they may leave it out.",
        examples=["false"],
    )
    disclosure_policy: Annotated[str, AfterValidator(rules.check_policy)] = Field(
        default="nhs5",
        description="How figures for commissioners protect small numbers, on the staff page and "
        "for starling release compile: nhs5 or dfe_c, see docs/releases.md. Agree on it before the "
        "first release and stay with it.",
        examples=["dfe_c"],
    )
    terms_file: Path | None = Field(
        default=None,
        description="Your own school terms, council by council. Begin with a copy of "
        "followups/terms.yaml.",
        examples=["/etc/starling/terms.yaml"],
    )
    alerts_file: Path | None = Field(
        default=None,
        description="Who is told when a message must be read, and who next when nobody takes it. "
        "Begin with a copy of usecases/ladder.yaml. Without it nobody is told: alerts stand on the "
        "staff page alone. It may hold secret addresses, so let only the service read it.",
        examples=["/etc/starling/ladder.yaml"],
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.telegram_webhook_url is None:
            return self
        if self.telegram_token is None:
            raise rules.NO_BOT_FOR_WEBHOOK.fault()
        if self.telegram_webhook_secret is None:
            raise rules.NO_WEBHOOK_SECRET.fault()
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that people live in."""
        return ZoneInfo(self.timezone)

    @property
    def keys_file(self) -> Path:
        """Where a key is kept that the service made for itself; see starling.secret_keys."""
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///")).parent / "secret.keys"
        return Path("var/secret.keys")

    @property
    def last_seen_file(self) -> Path:
        """Where it is remembered until when the database was in use; see starling.last_seen."""
        return self.keys_file.with_name("last-seen.json")

    @property
    def erased_file(self) -> Path:
        """Where it is remembered who was forgotten, for restores; see storage.erased_file."""
        return self.keys_file.with_name("erased.log")

    @property
    def backup_key_file(self) -> Path:
        """Where the key of the backups is kept that was made with the first one."""
        return self.keys_file.with_name("backup.key")

    @property
    def audit_heads_file(self) -> Path:
        """Where the audit's head is written every day, outside the database; see anchors."""
        return self.keys_file.with_name("audit-heads.log")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what is handed over: load_settings says where values come from."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def load_settings(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """Return the settings of a mapping (wins) and of a file of NAME=value lines (may be missing).

    An empty value counts as not set, as compose files pass those. Raises SettingsRefused for a
    setting that is wrong, a STARLING_ name that is none, or a file that cannot be read.
    """
    written = {**_read_env_file(env_file), **_ours(environ)}
    names = {setting_name(field): field for field in Settings.model_fields}
    unknown = tuple(_unknown(name, names) for name in sorted(written) if name not in names)
    values = {names[name]: text.strip() for name, text in written.items() if name in names}
    try:
        settings = Settings.model_validate({field: text for field, text in values.items() if text})
    except ValidationError as error:
        raise SettingsRefused(unknown + _sentences(error)) from None
    if unknown:
        raise SettingsRefused(unknown)
    return settings


def setting_name(field: str) -> str:
    """Return the name that an operator writes for a field."""
    return PREFIX + field.upper()


def write_env_example() -> str:
    """Return the text of .env.example: every setting, what it means and what it is without."""
    # Parts of their own, which fewer need, come last.
    parts = MailSettings.model_fields.keys() | OrganisationSettings.model_fields.keys()
    fields = sorted(Settings.model_fields, key=lambda field: field in parts)
    return "\n\n".join([_EXAMPLE_HEAD, *map(_example, fields), _EXAMPLE_FOOT])


def _ours(written: Mapping[str, str]) -> dict[str, str]:
    """Return what is meant for us; a name in the wrong case is meant too, and then refused."""
    return {name: text for name, text in written.items() if name.upper().startswith(PREFIX)}


def _read_env_file(path: Path | None) -> dict[str, str]:
    if path is None or not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as lines:
            bindings = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError):
        sentence = f"{path} cannot be read: make it a readable text file in UTF-8, or remove it."
        raise SettingsRefused((sentence,)) from None
    broken = [binding.original.line for binding in bindings if binding.error]
    if broken:
        sentence = f"{path} line {broken[0]} is not a setting: write NAME=value."
        raise SettingsRefused((sentence,))
    return _ours({line.key: line.value or "" for line in bindings if line.key is not None})


def _unknown(name: str, known: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(name.upper(), list(known), n=1, cutoff=0.8)
    instead = f"did you mean {close[0]}" if close else "take it away"
    return f"{name} is not a setting: {instead}? All settings are listed in .env.example."


def _sentences(error: ValidationError) -> tuple[str, ...]:
    """Return one sentence for each wrong setting; only our own words, never a value."""
    details = error.errors(include_url=False, include_input=False)
    own = [detail for detail in details if detail["type"] != "default_factory_not_called"]
    return tuple(dict.fromkeys(_sentence(detail) for detail in own))


def _sentence(detail: ErrorDetails) -> str:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] != "refused":
        return f"{setting_name(field)} cannot be read: write it as .env.example shows."
    context = detail["ctx"]
    return f"{setting_name(context['setting'] or field)} {context['wrong']}: {context['instead']}."


def _example(field: str) -> str:
    info = Settings.model_fields[field]
    description = textwrap.wrap(info.description or "", width=96)
    default = info.default if isinstance(info.default, str | int) else ""
    example = f"For example: {info.examples[0]}" if info.examples else ""
    comments = [f"# {line}" for line in [*description, example] if line]
    return "\n".join([*comments, f"#{setting_name(field)}={default}"])
