"""`starling doctor` says at which address people reach the service, and what keeps it from that."""

from __future__ import annotations

import json

from tests.support.command_line import Run


def test_an_address_that_others_could_listen_to_is_refused_with_what_to_write(run: Run) -> None:
    refused = run("doctor", STARLING_PUBLIC_URL="http://starling.example.org")
    assert refused.exit_code == 1
    assert "STARLING_PUBLIC_URL is no https address" in refused.stderr
    assert "https://starling.example.org" in refused.stderr


def test_a_machine_of_its_own_is_told_what_others_need(run: Run) -> None:
    (found,) = [
        each for each in json.loads(run("doctor --json").stdout) if each["check"] == "web address"
    ]
    assert found["fine"]
    assert "set STARLING_PUBLIC_URL" in found["note"]


def test_behind_a_proxy_that_nobody_named_the_doctor_says_what_follows(run: Run) -> None:
    settings = {"STARLING_PUBLIC_URL": "https://starling.example.org"}
    assert "STARLING_TRUSTED_PROXIES" in run("doctor", **settings).stdout
    settings["STARLING_TRUSTED_PROXIES"] = "10.0.0.5"
    assert "STARLING_TRUSTED_PROXIES" not in run("doctor", **settings).stdout
