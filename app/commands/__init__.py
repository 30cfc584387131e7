"""`flask …`: thin like pages, one file per topic, imported when its command is asked for."""

import importlib

import click
from flask.cli import AppGroup

TOPICS: dict[str, str] = {
    "add-operator": "provision",
    "add-tenant": "provision",
    "add-user": "provision",
    "check-url": "mail_tools",
    "clean-html": "mail_tools",
    "close-month": "billing",
    "demo": "demo",
    "doctor": "doctor",
    "due-at": "deadlines",
    "inspect-mail": "mail_tools",
    "jobs": "jobs",
    "mail": "mail",
    "migrate": "database",
    "parse-address": "mail_tools",
    "quote": "quote",
    "redeliver-invoices": "billing",
    "run-due": "deadlines",
    "serve": "serve",
    "set-password": "provision",
    "take-mail": "mail",
    "trim-reply": "mail_tools",
    "verify-audit": "provision",
    "web": "serve",
}


class Commands(AppGroup):
    """All commands by name; asking for one imports its topic and no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in order."""
        return sorted({*super().list_commands(ctx), *TOPICS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name in TOPICS and cmd_name not in self.commands:
            importlib.import_module(f"app.commands.{TOPICS[cmd_name]}").register(self)
        return super().get_command(ctx, cmd_name)
