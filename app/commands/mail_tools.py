"""`flask inspect-mail`, `trim-reply`, `clean-html`, `check-url`, `parse-address`: no database."""

import json
from collections.abc import Callable, Iterable
from typing import IO, Any

import click

from app.commands.exits import BadInput, WrongUse
from app.gateways.mail_parsing import FailureReason, MailParsing
from app.inbox.addresses import read_addresses
from app.inbox.limits import MESSAGE_BYTES, Defect, Limit
from app.inbox.mail import ParsedMail
from app.inbox.sanitising import clean_html
from app.inbox.trimming import trim_reply
from app.inbox.urls import check_url
from app.inbox.wire import addresses_json, from_wire, to_json


def register(cli: click.Group) -> None:
    """Add the commands to `flask`."""
    for command in (inspect_mail, trim_reply_command, clean_html_command, check_url_command):
        cli.add_command(command)
    cli.add_command(parse_address)


@click.command("inspect-mail")
@click.argument("files", nargs=-1, type=click.Path())
def inspect_mail(files: tuple[str, ...]) -> None:
    """Print what is read from each mail, one JSON object a line."""
    parsing = MailParsing(from_wire, children=1)
    try:
        for raw in _contents(files):
            if len(raw) > MESSAGE_BYTES:
                raise BadInput(f"A mail has at most {MESSAGE_BYTES} bytes.")
            _print(to_json(_parsed(parsing, raw)))
    finally:
        parsing.close()


@click.command("trim-reply")
@click.argument("files", nargs=-1, type=click.Path())
def trim_reply_command(files: tuple[str, ...]) -> None:
    """Print each text without its quotes, the quotes, and how sure that is."""
    for text in _texts(files):
        trimmed = trim_reply(text)
        _print(
            {
                "visible": trimmed.visible,
                "quoted": trimmed.quoted,
                "confidence": trimmed.confidence,
            }
        )


@click.command("clean-html")
@click.argument("files", nargs=-1, type=click.Path())
def clean_html_command(files: tuple[str, ...]) -> None:
    """Print the safe form of each piece of markup, one JSON object a line."""
    for text in _texts(files):
        _print({"html": clean_html(text)})


@click.command("check-url")
@click.argument("urls", nargs=-1)
def check_url_command(urls: tuple[str, ...]) -> None:
    """Print whether each URL may be called by us."""
    for url in _given(urls, "URL"):
        verdict = check_url(url)
        _print({"url": verdict.url, "allowed": verdict.allowed, "reason": verdict.reason})


@click.command("parse-address")
@click.argument("texts", nargs=-1)
def parse_address(texts: tuple[str, ...]) -> None:
    """Print whom each text names, as a mail's header would."""
    for text in _given(texts, "TEXT"):
        reading = read_addresses(text)
        _print({"ambiguous": reading.ambiguous, "addresses": addresses_json(reading.addresses)})


def _parsed(parsing: MailParsing[ParsedMail], raw: bytes) -> ParsedMail:
    """The mail, or an empty one that says which limit it broke."""
    parsed = parsing.parse(raw)
    if not isinstance(parsed, FailureReason):
        return parsed
    if parsed is FailureReason.CRASH:
        return ParsedMail(defects=(Defect.UNREADABLE,))
    return ParsedMail(defects=(Defect.UNREADABLE,), limits_hit=(Limit(parsed),))


def _contents(files: tuple[str, ...]) -> Iterable[bytes]:
    """The bytes of each file, or of standard input when none is named or the name is `-`."""
    for name in files or ("-",):
        try:
            with click.open_file(name, "rb") as file:
                yield _read(file)
        except OSError as refused:
            raise BadInput(f"{name}: {refused.strerror}") from None


def _read(file: IO[bytes]) -> bytes:
    return file.read()


def _texts(files: tuple[str, ...]) -> Iterable[str]:
    return (content.decode("utf-8", errors="replace") for content in _contents(files))


def _given(values: tuple[str, ...], name: str) -> tuple[str, ...]:
    if not values:
        raise WrongUse(f"Give at least one {name}.")
    return values


def _print(value: dict[str, Any], echo: Callable[[str], None] = click.echo) -> None:
    # Escaped: an argument may hold bytes that are no text, and one line must stay one line.
    echo(json.dumps(value, ensure_ascii=True))
