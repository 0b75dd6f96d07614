"""The files for a council's IT stay true: what they copy, set and start exists, and no more."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from starling.settings import PREFIX, Settings, load_settings
from tests.support.tracked import PROJECT
from tests.test_architecture import CHAPTERS

PASSWORD = "a-made-up-password"
PINNED = re.compile(r"[\w./-]+:\d+(\.\d+)*(-[\w.]+)*")
STARLING_IMAGE = re.compile(r"starling:\d+\.\d+\.\d+")
SECRETS = [
    name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)
]


def dockerfile() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in order: name and the rest of the line."""
    text = re.sub(r"\\\n\s*", "", (PROJECT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def instructions(name: str) -> list[str]:
    return [rest for found, rest in dockerfile() if found == name]


def image_settings() -> dict[str, str]:
    """Return the environment that the image brings with it."""
    pairs = [pair for line in instructions("ENV") for pair in shlex.split(line)]
    return dict(pair.split("=", 1) for pair in pairs)


def compose() -> dict[str, Any]:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


def services() -> dict[str, dict[str, Any]]:
    found = compose()["services"]
    assert set(found) == {"app", "migrate", "database"}
    return dict(found)


def starting_commands() -> list[list[str]]:
    """Return the commands that the image and the services start."""
    of_image = [yaml.safe_load(line) for line in instructions("CMD")]
    return of_image + [each["command"] for each in services().values() if "command" in each]


def test_the_image_builds_on_a_python_that_is_pinned_and_supported() -> None:
    (base,) = instructions("FROM")
    assert PINNED.fullmatch(base)
    assert base.startswith(("python:3.11", "python:3.12", "python:3.13"))


def test_the_image_copies_all_chapters_and_only_what_is_there() -> None:
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}
    assert {"pyproject.toml", "constraints.txt", *CHAPTERS} <= copied
    assert [source for source in sorted(copied) if not (PROJECT / source).exists()] == []
    ignore = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert "*" in ignore
    assert sent == copied


def test_the_image_installs_exactly_the_pinned_packages() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert "--constraint constraints.txt" in installs[0]
    assert "--no-deps" in installs[1]
    assert image_settings()["PIP_CONSTRAINT"] == "/build/constraints.txt"


def test_the_image_asks_for_the_dependencies_of_the_project() -> None:
    program = re.search(r'python -c "(.*?)" >', instructions("RUN")[0])
    assert program is not None
    done = subprocess.run(
        [sys.executable, "-c", program[1]],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = re.findall(r"^([\w-]+)", done.stdout, re.MULTILINE)
    assert {"aiogram", "SQLAlchemy", "fastapi", "uvicorn"} <= set(listed)
    assert "pytest" not in listed


def test_the_image_runs_as_an_ordinary_user() -> None:
    names = [name for name, _ in dockerfile()]
    assert instructions("USER") == ["starling"]
    assert names.index("USER") < names.index("CMD")
    assert "RUN" not in names[names.index("USER") :]


def test_the_image_brings_settings_that_are_right_and_no_secret() -> None:
    brought = image_settings()
    settings = load_settings(brought, None)
    assert settings.web_host == "0.0.0.0"  # noqa: S104 - inside a container
    assert [str(settings.web_port)] == instructions("EXPOSE")
    assert [name for name in SECRETS if PREFIX + name.upper() in brought] == []


def test_the_image_looks_after_its_own_health() -> None:
    (check,) = instructions("HEALTHCHECK")
    port = image_settings()["STARLING_WEB_PORT"]
    assert f"http://127.0.0.1:{port}/healthz" in check
    pages = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "web").glob("*.py"))
    assert "/healthz" in pages


@pytest.mark.parametrize("command", starting_commands(), ids=" ".join)
def test_what_is_started_is_a_command_of_starling(command: list[str]) -> None:
    assert command[0] == "starling"
    done = subprocess.run(
        [sys.executable, "-m", "starling", *command[1:], "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["app", "migrate"])
def test_the_services_get_settings_that_are_right(name: str) -> None:
    service = services()[name]
    filled = {
        key: re.sub(r"\$\{POSTGRES_PASSWORD:[^}]*\}", PASSWORD, text)
        for key, text in service["environment"].items()
    }
    settings = load_settings(image_settings() | filled, None)
    database = services()["database"]["environment"]
    address = f"{database['POSTGRES_USER']}:{PASSWORD}@database:5432/{database['POSTGRES_DB']}"
    assert settings.database_url == f"postgresql+psycopg://{address}"
    assert service["env_file"] == ".env"


def test_the_app_is_published_to_this_machine_only_and_the_database_not_at_all() -> None:
    port = image_settings()["STARLING_WEB_PORT"]
    assert services()["app"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert [name for name, each in services().items() if "ports" in each] == ["app"]
    assert services()["database"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_no_password_is_written_down_or_has_a_default() -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    used = re.findall(r"\$\{(\w+)(:?[-?+]?)", text)
    assert set(used) == {("POSTGRES_PASSWORD", ":?")}
    assert services()["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${")
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    assert "\n#POSTGRES_PASSWORD=\n" in example
    assert [name for name in SECRETS if PREFIX + name.upper() + ":" in text] == []


def test_images_are_pinned() -> None:
    images = {name: each["image"] for name, each in services().items()}
    assert images["database"].startswith("postgres:18")
    assert PINNED.fullmatch(images["database"])
    assert STARLING_IMAGE.fullmatch(images["app"])
    assert f'version = "{images["app"].split(":")[1]}"' in (PROJECT / "pyproject.toml").read_text()


def test_nothing_is_started_before_what_it_needs() -> None:
    assert services()["app"]["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }
    assert "pg_isready" in services()["database"]["healthcheck"]["test"][1]


def test_data_outlives_its_container_and_everything_else_is_read_only() -> None:
    assert {name: each["read_only"] for name, each in services().items()} == dict.fromkeys(
        services(), True
    )
    mounted = {mount for each in services().values() for mount in each["volumes"]}
    assert mounted == {"keys:/srv/starling/var", "database:/var/lib/postgresql"}
    assert set(compose()["volumes"]) == {"keys", "database"}
    assert instructions("VOLUME") == ["/srv/starling/var"]
    scratch = {mount.split(":")[0] for mount in services()["app"]["tmpfs"]}
    assert str(Path(image_settings()["MPLCONFIGDIR"]).parent) in scratch
