"""`flask …`: thin like pages, one file per topic."""

import importlib

import click

TOPICS = (
    "billing",
    "database",
    "deadlines",
    "demo",
    "doctor",
    "jobs",
    "mail",
    "mail_tools",
    "provision",
    "quote",
    "serve",
)


def register_commands(cli: click.Group) -> None:
    """Add every topic's commands to `flask`."""
    for topic in TOPICS:
        importlib.import_module(f"app.commands.{topic}").register(cli)
