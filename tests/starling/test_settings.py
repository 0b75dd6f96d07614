"""What an operator sets is taken as it is meant, or refused with one clear sentence."""

from __future__ import annotations

import base64
import logging
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from starling.secret_keys import decode_keys, load_or_make_keys
from starling.settings import (
    Settings,
    SettingsRefused,
    load_settings,
    setting_name,
    write_env_example,
)
from tests.support.canary import CANARY_TOKEN

PROJECT = Path(__file__).parents[2]
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OLD_KEY = base64.urlsafe_b64encode(bytes(48)).decode().rstrip("=")
WEBHOOK_SECRET = "s" * 32


def refusal(**written: str) -> str:
    """Return what is said about settings that are written without their prefix."""
    with pytest.raises(SettingsRefused) as refused:
        load(**written)
    return str(refused.value)


def load(**written: str) -> Settings:
    return load_settings({setting_name(name): text for name, text in written.items()}, None)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings({}, None)
    assert settings.database_url == "sqlite:///var/starling.db"
    assert settings.telegram_token is None
    assert settings.telegram_api == "https://api.telegram.org"
    assert (settings.web_host, settings.web_port) == ("127.0.0.1", 8080)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.telegram_rate, settings.telegram_chat_rate) == (30, 1)
    assert settings.secret_keys == ()
    assert settings.zone == ZoneInfo("Europe/London")


def test_figures_are_protected_by_a_policy_that_there_is() -> None:
    assert load().disclosure_policy == "nhs5"
    assert load(disclosure_policy="dfe_c").disclosure_policy == "dfe_c"
    said = refusal(disclosure_policy="moon")
    assert said.startswith("STARLING_DISCLOSURE_POLICY names no disclosure policy that there is")
    assert "write one of nhs5, dfe_c" in said


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ({"database_url": "sqlite:////srv/starling.db"}, "sqlite:////srv/starling.db"),
        ({"database_url": "postgresql://u:p@db/x"}, "postgresql+psycopg://u:p@db/x"),
        ({"database_url": "postgresql+psycopg://u@db/x"}, "postgresql+psycopg://u@db/x"),
        ({"database_url": "postgresql://u@/x?host=/s"}, "postgresql+psycopg://u@/x?host=/s"),
        ({"telegram_api": "http://127.0.0.1:8081/"}, "http://127.0.0.1:8081"),
        ({"telegram_bot_name": "@StarlingBot"}, "StarlingBot"),
        ({"web_host": "::1"}, "::1"),
        ({"web_port": "0"}, 0),
        ({"web_port": " 8000 "}, 8000),
        ({"public_url": "https://starling.example.org/"}, "https://starling.example.org"),
        ({"public_url": "http://localhost:8080"}, "http://localhost:8080"),
        ({"public_url": "http://127.0.0.5"}, "http://127.0.0.5"),
        ({"public_url": "http://[::1]:8080"}, "http://[::1]:8080"),
        (
            {"trusted_proxies": "10.0.0.5, 172.18.0.0/16,::1"},
            (ip_network("10.0.0.5/32"), ip_network("172.18.0.0/16"), ip_network("::1/128")),
        ),
        ({"telegram_rate": "25"}, 25.0),
        ({"telegram_chat_rate": "0.5"}, 0.5),
        ({"timezone": "Europe/Belfast"}, "Europe/Belfast"),
    ],
)
def test_a_setting_is_taken_in_the_form_the_service_works_with(
    written: dict[str, str], taken: object
) -> None:
    (name,) = written
    assert getattr(load(**written), name) == taken


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"database_url": "mysql://u:p@db/x"}, "is neither a SQLite nor a PostgreSQL address"),
        ({"database_url": "sqlite://"}, "is neither a SQLite nor a PostgreSQL address"),
        ({"database_url": "sqlite:///:memory:"}, "names no file"),
        ({"database_url": "sqlite:///"}, "names no file"),
        ({"database_url": "postgresql://u:p@db"}, "is not a whole PostgreSQL address"),
        ({"database_url": "postgresql://u:p@db:port/x"}, "is not a whole PostgreSQL address"),
        ({"telegram_token": "my-bot"}, "is not a bot token"),
        ({"telegram_api": "api.telegram.org"}, "is not a web address"),
        ({"telegram_api": "ftp://api.telegram.org"}, "is not a web address"),
        ({"telegram_api": "https://api.telegram.org?x=1"}, "has more than a host and a path"),
        ({"telegram_webhook_url": "http://starling.example.org"}, "is not encrypted"),
        ({"telegram_webhook_secret": "short"}, "cannot be used as a secret"),
        ({"telegram_webhook_secret": "a space " * 8}, "cannot be used as a secret"),
        ({"telegram_webhook_secret": "s" * 257}, "cannot be used as a secret"),
        ({"telegram_bot_name": "Star"}, "is not a bot's user name"),
        ({"web_host": "http://127.0.0.1"}, "is not a host to listen on"),
        ({"web_host": "127.0.0.1:8080"}, "is not a host to listen on"),
        ({"web_port": "65536"}, "is not a port"),
        ({"web_port": "-1"}, "is not a port"),
        ({"web_port": "eighty"}, "is not a port"),
        ({"web_port": "9" * 5000}, "is not a port"),
        ({"public_url": "starling.example.org"}, "is not a web address"),
        ({"public_url": "http://starling.example.org"}, "is no https address"),
        ({"public_url": "http://192.168.1.5:8080"}, "is no https address"),
        ({"public_url": "http://127.0.0.1.example.org"}, "is no https address"),
        ({"trusted_proxies": "proxy.example.org"}, "does not say which proxies are trusted"),
        ({"trusted_proxies": "10.0.0.1/8"}, "does not say which proxies are trusted"),
        ({"trusted_proxies": "10.0.0.1,"}, "does not say which proxies are trusted"),
        ({"trusted_proxies": "0.0.0.0/0"}, "does not say which proxies are trusted"),
        ({"trusted_proxies": "::/0"}, "does not say which proxies are trusted"),
        ({"secret_keys": "tooshort"}, "has a key that is not url-safe base64"),
        ({"secret_keys": f"{KEY},"}, "has a key that is not url-safe base64"),
        ({"secret_keys": KEY.replace("A", "+")}, "has a key that is not url-safe base64"),
        ({"telegram_rate": "0"}, "is not a number of messages a second"),
        ({"telegram_rate": "many"}, "is not a number of messages a second"),
        ({"telegram_rate": "1000.1"}, "is not a number of messages a second"),
        ({"telegram_chat_rate": "-1"}, "is not a number of messages a second"),
        ({"telegram_chat_rate": "1e3"}, "is not a number of messages a second"),
        ({"timezone": "Derby"}, "is not a time zone"),
        ({"timezone": "../../etc/passwd"}, "is not a time zone"),
        ({"timezone": "Europe"}, "is not a time zone"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong_and_what_to_write(
    written: dict[str, str], sentence: str
) -> None:
    (name,) = written
    said = refusal(**written)
    assert said.startswith(f"{setting_name(name)} {sentence}")
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    "written",
    [
        {"database_url": "postgres://u:canary@db/x"},
        {"telegram_token": "canary"},
        {"telegram_webhook_secret": "canary"},
        {"secret_keys": "canary"},
        {"public_url": "https://u:canary@starling.example.org"},
    ],
)
def test_a_refusal_never_repeats_a_secret(written: dict[str, str]) -> None:
    assert "canary" not in refusal(**written)


def test_every_wrong_setting_is_named_at_once() -> None:
    said = refusal(web_port="x", timezone="Derby", databse_url="sqlite:///x.db")
    assert [line.split()[0] for line in said.splitlines()] == [
        "STARLING_DATABSE_URL",
        "STARLING_WEB_PORT",
        "STARLING_TIMEZONE",
    ]


def test_a_misspelt_setting_is_refused_with_the_one_that_was_meant() -> None:
    assert "did you mean STARLING_DATABASE_URL?" in refusal(databse_url="sqlite:///x.db")
    with pytest.raises(SettingsRefused, match="did you mean STARLING_WEB_PORT"):
        load_settings({"starling_web_port": "8080"}, None)


def test_other_peoples_variables_are_none_of_our_business() -> None:
    assert load_settings({"PATH": "/bin", "WEB_PORT": "x", "TELEGRAM_TOKEN": "x"}, None)


def test_an_empty_value_counts_as_not_set() -> None:
    assert load(telegram_token="", web_port=" ") == load()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_webhook_on_this_machine_needs_no_encryption(host: str) -> None:
    settings = load(
        telegram_token=CANARY_TOKEN,
        telegram_webhook_url=f"http://{host}:8080/telegram/webhook",
        telegram_webhook_secret=WEBHOOK_SECRET,
    )
    assert settings.telegram_webhook_url == f"http://{host}:8080/telegram/webhook"


def test_a_webhook_host_alone_gets_the_path_that_the_service_listens_on() -> None:
    settings = load(
        telegram_token=CANARY_TOKEN,
        telegram_webhook_url="https://starling.example.org/",
        telegram_webhook_secret=WEBHOOK_SECRET,
    )
    assert settings.telegram_webhook_url == "https://starling.example.org/telegram/webhook"


def test_a_webhook_needs_a_secret_and_a_bot() -> None:
    address = "https://starling.example.org/telegram/webhook"
    without_secret = refusal(telegram_webhook_url=address, telegram_token=CANARY_TOKEN)
    assert without_secret.startswith("STARLING_TELEGRAM_WEBHOOK_SECRET is missing")
    without_bot = refusal(telegram_webhook_url=address, telegram_webhook_secret=WEBHOOK_SECRET)
    assert without_bot.startswith("STARLING_TELEGRAM_WEBHOOK_URL has no bot to call")


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("0.0.0.0", "80", "http://127.0.0.1:80"),  # noqa: S104 - nothing listens
        ("::", "8080", "http://127.0.0.1:8080"),
        ("::1", "8080", "http://[::1]:8080"),
        ("localhost", "8000", "http://localhost:8000"),
    ],
)
def test_links_point_to_where_the_service_listens_unless_set(
    host: str, port: str, address: str
) -> None:
    assert load(web_host=host, web_port=port).public_url == address


@pytest.mark.parametrize("host", ["starling.local", "192.168.1.5"])
def test_whoever_listens_on_a_network_says_at_which_https_address(host: str) -> None:
    assert refusal(web_host=host).startswith("STARLING_PUBLIC_URL is no https address")
    assert load(web_host=host, public_url="https://starling.example.org").web_host == host


def test_keys_keep_their_order_newest_first() -> None:
    settings = load(secret_keys=f"{KEY}, {OLD_KEY}")
    assert decode_keys(settings.secret_keys) == (bytes(range(32)), bytes(48))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# ours\nexport STARLING_WEB_PORT=1\nSTARLING_TIMEZONE='Europe/Paris' # there\nOTHER=$x\n"
    )
    settings = load_settings({"STARLING_WEB_PORT": "2"}, file)
    assert (settings.web_port, settings.timezone) == (2, "Europe/Paris")


def test_only_the_given_mapping_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARLING_WEB_PORT", "1")
    monkeypatch.setenv("STARLING_NONSENSE", "1")
    assert load_settings({}, None).web_port == 8080
    assert Settings().web_port == 8080


def test_a_file_that_is_not_there_is_as_good_as_none(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path / ".env") == load_settings({}, None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"STARLING_WEB_PORT=80\n'STARLING\n", "line 2 is not a setting: write NAME=value."),
        (b"STARLING_TIMEZONE=\xff\n", "cannot be read: make it a readable text file in UTF-8"),
        (b"STARLING_PORT=80\n", "STARLING_PORT is not a setting"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, content: bytes, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(SettingsRefused, match=sentence):
        load_settings({}, file)
    assert caplog.record_tuples == []


def test_secrets_are_never_shown() -> None:
    settings = load(
        database_url="postgresql://starling:canary-token@db/x",
        telegram_token=CANARY_TOKEN,
        telegram_webhook_secret="canary-token" * 4,
        secret_keys=KEY,
    )
    assert "canary-token" not in f"{settings} {settings!r}"
    assert KEY not in f"{settings} {settings!r}"
    logging.getLogger("starling").warning("started with %s", settings)


@given(
    field=st.sampled_from(sorted(Settings.model_fields)),
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=9),
)
def test_whatever_is_written_is_taken_or_refused_and_never_repeated(field: str, text: str) -> None:
    said = ""
    try:
        load_settings({setting_name(field): text}, None)
    except SettingsRefused as refused:
        said = str(refused)
    assert text.strip() not in said or not text.strip()


def test_a_made_up_field_is_refused_in_code_too_and_its_value_is_hidden() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"telegram_token": "canary-token"})
    assert "canary-token" not in str(refused.value)
    with pytest.raises(ValidationError):
        Settings.model_validate({"no_such_field": 1})


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        load().web_port = 1  # type: ignore[misc]  # the refusal is what is tested


def test_the_example_file_is_the_one_that_is_generated() -> None:
    """Run scripts/format to write it anew."""
    assert (PROJECT / ".env.example").read_text(encoding="utf-8") == write_env_example()


def test_the_example_file_works_as_it_is_and_says_what_the_defaults_are(tmp_path: Path) -> None:
    assert load_settings({}, PROJECT / ".env.example") == load()
    file = tmp_path / ".env"
    file.write_text(write_env_example().replace("\n#STARLING", "\nSTARLING"), encoding="utf-8")
    assert load_settings({}, file) == load()


def test_reading_settings_loads_neither_telegram_nor_sql() -> None:
    program = (
        "import sys, starling.settings, starling.secret_keys\n"
        "print({'aiogram', 'sqlalchemy', 'alembic', 'fastapi', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret.keys"
    keys = load_or_make_keys(file, lambda size: b"k" * size)
    assert decode_keys(keys) == (b"k" * 32,)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["secret.keys"]
    assert load_or_make_keys(file, lambda size: b"n" * size) == keys


def test_a_new_key_is_written_above_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "secret.keys"
    file.write_text(f"{KEY}\n{OLD_KEY}\n")
    file.chmod(0o600)
    assert load_or_make_keys(file, bytes) == (SecretStr(KEY), SecretStr(OLD_KEY))


def test_services_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    numbers = iter(range(1, 100))
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(
                lambda _: load_or_make_keys(
                    tmp_path / "secret.keys", lambda size: bytes([next(numbers)]) * size
                ),
                range(16),
            )
        )
    assert len(set(made)) == 1


@pytest.mark.parametrize("content", [b"", b"not a key\n", f"{KEY}\nshort\n".encode(), b"\xff"])
def test_a_spoilt_key_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret.keys"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(SettingsRefused, match=r"secret\.keys"):
        load_or_make_keys(file, bytes)
    assert file.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "secret.keys"
    file.write_text(f"{KEY}\n")
    file.chmod(mode)
    with pytest.raises(SettingsRefused, match="chmod 600"):
        load_or_make_keys(file, bytes)


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where the folder should be")
    with pytest.raises(SettingsRefused, match="STARLING_SECRET_KEYS"):
        load_or_make_keys(tmp_path / "var" / "secret.keys", bytes)


@pytest.mark.parametrize(
    ("database", "file"),
    [
        ("sqlite:///var/starling.db", "var/secret.keys"),
        ("sqlite:////srv/data/starling.db", "/srv/data/secret.keys"),
        ("postgresql://db/x", "var/secret.keys"),
    ],
)
def test_the_key_file_lies_outside_the_database(database: str, file: str) -> None:
    assert load(database_url=database).keys_file == Path(file)


def test_the_duty_phone_is_taken_as_people_read_it() -> None:
    assert load(duty_line="01632  960123").duty_line == "01632 960123"
    assert load().duty_line is None


@pytest.mark.parametrize(
    "number", ["ring us", "0", "01632-960123", "+", "0163 2960 1231 2345 678901"]
)
def test_what_is_no_phone_number_is_refused(number: str) -> None:
    assert "STARLING_DUTY_LINE is not a phone number" in refusal(duty_line=number)


def test_a_service_may_keep_rhythms_hours_and_terms_of_its_own() -> None:
    settings = load(rhythms_file="/etc/rhythms.yaml", terms_file="terms.yaml")
    assert (settings.rhythms_file, settings.hours_file) == (Path("/etc/rhythms.yaml"), None)
    assert settings.terms_file == Path("terms.yaml")
