"""Letters leave to a real mail server: encrypted, once, in ten seconds; no log tells of them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from starling import mail
from starling.mail import Mailer, Server, open_post, read_server
from starling.settings import Settings, SettingsRefused, load_settings, setting_name
from tests.support.letterbox import Letterbox, open_letterbox
from usecases.letters import Fate, Letter, read_address

NOW = datetime(2026, 9, 22, 16, tzinfo=UTC)
LETTER = Letter("made-up@example.org", "Something is waiting", "It waits at http://a.test/chat")
SENDER = "hello@example.net"
LOGIN = ("bot@example.org", "open")


def mailer(box: Letterbox, encrypted: str = "no", trust: ssl.SSLContext | None = None) -> Mailer:
    server = Server("127.0.0.1", box.port, encrypted)
    return Mailer(server, SENDER, lambda: NOW, lambda size: b"\x01" * size, trust)


@pytest.fixture
async def box() -> AsyncIterator[Letterbox]:
    async with open_letterbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's own certificate, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "letterbox.test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    own = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file: Path = tmp_path_factory.mktemp("papers") / "server.pem"
    file.write_bytes(pem + own)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    return served, ssl.create_default_context(cadata=pem.decode())


# --- what travels ---------------------------------------------------------------------------------


async def test_a_letter_arrives_as_it_was_written(box: Letterbox) -> None:
    post = mailer(box)
    assert await post(LETTER) is Fate.SENT
    (letter,) = box.letters
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().strip() == LETTER.body
    assert dict(letter.items()) == {
        "From": SENDER,
        "To": "made-up@example.org",
        "Subject": "Something is waiting",
        "Date": "Tue, 22 Sep 2026 16:00:00 +0000",
        "Message-ID": f"<{'01' * 16}@example.net>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }
    assert (box.envelopes[0].mail_from, box.envelopes[0].rcpt_tos) == (SENDER, [LETTER.to])
    assert post.counts == {Fate.SENT: 1}


async def test_the_name_of_this_machine_is_not_told(box: Letterbox) -> None:
    await mailer(box)(LETTER)
    assert box.greeted_by == ["example.net"]


async def test_a_long_link_arrives_whole(box: Letterbox) -> None:
    link = f"https://starling.example.org/mail/{'0123456789' * 12}"
    await mailer(box)(Letter(LETTER.to, "Is this your address?", f"Open it.\n\n{link}\n"))
    assert link in box.everything


# --- encryption -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encrypted", ["at-once", "asked-for"])
async def test_another_machine_is_spoken_to_encrypted(
    papers: tuple[ssl.SSLContext, ssl.SSLContext], encrypted: str
) -> None:
    served, trust = papers
    wanted = {"at-once": "at_once", "asked-for": "asked_for"}[encrypted]
    async with open_letterbox(**{wanted: served}) as box:  # type: ignore[arg-type]  # one of two contexts
        assert await mailer(box, encrypted, trust)(LETTER) is Fate.SENT
        assert box.encrypted == [True]


@pytest.mark.parametrize("encrypted", ["at-once", "asked-for"])
async def test_a_server_that_is_not_trusted_gets_nothing(
    papers: tuple[ssl.SSLContext, ssl.SSLContext], encrypted: str
) -> None:
    wanted = {"at-once": "at_once", "asked-for": "asked_for"}[encrypted]
    async with open_letterbox(**{wanted: papers[0]}) as box:  # type: ignore[arg-type]  # as above
        assert await mailer(box, encrypted)(LETTER) is Fate.NOT_SENT
        assert box.letters == []


@pytest.mark.parametrize("encrypted", ["at-once", "asked-for"])
async def test_a_server_that_cannot_encrypt_gets_nothing(box: Letterbox, encrypted: str) -> None:
    assert await mailer(box, encrypted)(LETTER) is Fate.NOT_SENT
    assert box.letters == []


async def test_a_server_that_wants_a_password_gets_it(
    papers: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    served, trust = papers
    async with open_letterbox(asked_for=served, login=True) as box:
        server = Server("127.0.0.1", box.port, "asked-for", *LOGIN)
        post = Mailer(server, SENDER, lambda: NOW, bytes, trust)
        assert await post(LETTER) is Fate.SENT
        wrong = Server("127.0.0.1", box.port, "asked-for", LOGIN[0], "canary-token")
        assert await Mailer(wrong, SENDER, lambda: NOW, bytes, trust)(LETTER) is Fate.NOT_SENT
        assert len(box.letters) == 1


# --- when it goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("550 5.1.1 no such mailbox", Fate.REFUSED),
        ("553 no", Fate.REFUSED),
        ("550 5.7.1 relaying denied", Fate.NOT_SENT),
        ("450 4.2.0 greylisted", Fate.NOT_SENT),
        ("452 full", Fate.NOT_SENT),
    ],
)
async def test_only_an_address_that_does_not_exist_counts_as_refused(
    box: Letterbox, said: str, fate: Fate
) -> None:
    box.refusals[LETTER.to] = said
    post = mailer(box)
    assert await post(LETTER) is fate
    assert (post.counts, box.letters) == ({fate: 1}, [])


async def test_a_letter_that_is_not_taken_says_nothing_about_the_address(box: Letterbox) -> None:
    box.rejects = "554 5.7.1 looks like an advertisement"
    assert await mailer(box)(LETTER) is Fate.NOT_SENT


async def test_a_server_that_is_not_there_is_no_fault_of_ours(box: Letterbox) -> None:
    gone = Server("127.0.0.1", 1, "no")
    assert await Mailer(gone, SENDER, lambda: NOW, bytes)(LETTER) is Fate.NOT_SENT
    assert box.letters == []


async def test_a_server_that_stalls_is_given_up_in_time_and_holds_nobody_up(
    box: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.3)
    box.stalls = True
    loop = asyncio.get_running_loop()
    began = loop.time()
    sending = asyncio.ensure_future(mailer(box)(LETTER))
    longest = 0.0
    while not sending.done():
        before = loop.time()
        await asyncio.sleep(0)
        longest = max(longest, loop.time() - before)
    assert sending.result() is Fate.NOT_SENT
    assert loop.time() - began < 5
    assert longest < 0.25


async def test_no_log_line_holds_an_address_or_what_a_server_said(
    box: Letterbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.refusals["canary-token@example.org"] = "550 canary sentence"
    letter = Letter("canary-token@example.org", "Something is waiting", "canary sentence")
    assert await mailer(box)(letter) is Fate.REFUSED
    box.refusals.clear()
    box.rejects = "554 canary sentence"
    assert await mailer(box)(letter) is Fate.NOT_SENT
    assert "canary" not in repr(letter)
    assert [record.getMessage() for record in caplog.records if record.name == mail.__name__] == [
        "a mail server refused an address (refused)",
        "an e-mail was not sent: SMTPDataError 554",
    ]


# --- settings -------------------------------------------------------------------------------------


def load(**written: str) -> Settings:
    return load_settings({setting_name(name): text for name, text in written.items()}, None)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtps://mail.example.org", Server("mail.example.org", 465, "at-once")),
        ("smtp://mail.example.org", Server("mail.example.org", 587, "asked-for")),
        ("smtp://mail.example.org:25/", Server("mail.example.org", 25, "asked-for")),
        ("smtp://127.0.0.1:25", Server("127.0.0.1", 25, "no")),
        ("smtp://localhost", Server("localhost", 587, "no")),
        ("smtps://[::1]", Server("::1", 465, "at-once")),
        ("smtps://bot%40a.org@b.org", Server("b.org", 465, "at-once", "bot@a.org")),
    ],
)
def test_the_address_of_a_server_is_read_as_it_is_meant(address: str, server: Server) -> None:
    assert read_server(address) == server


def test_without_a_mail_server_there_is_no_post() -> None:
    assert open_post(load(), lambda: NOW, bytes) is None


def test_with_a_mail_server_there_is_one_and_no_secret_is_shown() -> None:
    settings = load(
        mail_server="smtps://canary-token@mail.example.org",
        mail_password="canary-token",
        mail_from="hello@example.org",
    )
    assert "canary-token" not in repr(settings)
    assert open_post(settings, lambda: NOW, bytes) is not None
    assert "canary" not in repr(read_server("smtps://canary@a.org", "canary"))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"mail_server": "mail.example.org"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "https://mail.example.org"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "smtp://"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "smtp://a.org/path"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "smtp://a.org?x=1"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "smtp://a.org:port"}, "MAIL_SERVER is not a mail server"),
        ({"mail_server": "smtps://u:canary@a.org"}, "MAIL_SERVER has a password in it"),
        ({"mail_from": "Starling <a@b.org>"}, "MAIL_FROM is not an e-mail address"),
        ({"mail_from": "a@b.org"}, "MAIL_SERVER is missing"),
        ({"mail_password": "canary"}, "MAIL_SERVER is missing"),
        ({"mail_server": "smtp://a.org"}, "MAIL_FROM is missing"),
        ({"mail_server": "smtp://u@a.org", "mail_from": "a@b.org"}, "MAIL_PASSWORD is missing"),
        (
            {"mail_server": "smtp://a.org", "mail_from": "a@b.org", "mail_password": "canary"},
            "MAIL_SERVER names no user",
        ),
    ],
)
def test_wrong_settings_are_named_without_what_was_written(
    written: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(**written)
    said = str(refused.value)
    assert said.startswith(f"STARLING_{sentence}")
    assert "canary" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "typed",
    ["a@b.org", " a.b+c@sub.example.org ", "o'neil@example.co.uk", f"{'a' * 64}@example.org"],
)
def test_an_ordinary_address_is_read(typed: str) -> None:
    assert read_address(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "a@b", "@b.org", "a@", "a b@c.org", "a@b.org, c@d.org", "a@b.org;c@d.org",
        "a@b.org\nBcc: c@d.org", "a@b.org\r\nSubject: x", "Name <a@b.org>", "a@b..org", ".a@b.org",
        "a..b@c.org", "ä@b.org", "a@bü.org", "a@[127.0.0.1]", "a@127.0.0.1", f"{'a' * 65}@b.org",
        f"a@{'b.' * 130}org", "a@b.org\x00",
    ],
)  # fmt: skip
def test_what_is_no_single_plain_address_is_not_read(typed: str) -> None:
    assert read_address(typed) is None


def test_a_day_later_is_another_date() -> None:
    post = Mailer(Server("a", 1, "no"), SENDER, lambda: NOW + timedelta(days=1), bytes)
    assert post._write(LETTER)["Date"] == "Wed, 23 Sep 2026 16:00:00 +0000"
