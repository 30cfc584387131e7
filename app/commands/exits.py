"""How commands end: exit codes that scripts rely on, and one line instead of a traceback.

The codes are those of BSD's sysexits.h, which mail servers know too.
"""

import click

USAGE = 64
BAD_INPUT = 65
TRY_AGAIN_LATER = 75

_LONGEST_MESSAGE = 300


class OneLineError(click.ClickException):
    """Ends a command with one line on standard error, whatever the message holds."""

    def format_message(self) -> str:
        """The message on one line that any terminal can show."""
        line = " ".join(self.message.split())[:_LONGEST_MESSAGE]
        return line.encode("utf-8", "backslashreplace").decode()


class BadInput(OneLineError):
    """What was given cannot be read; exit code 65."""

    exit_code = BAD_INPUT


class TryAgainLater(OneLineError):
    """Nothing is wrong with the input, but it could not be taken now; exit code 75."""

    exit_code = TRY_AGAIN_LATER


class WrongUse(click.UsageError):
    """The command was called wrongly: unknown option, missing argument; exit code 64."""

    exit_code = USAGE


class Command(click.Command):
    """A command that ends with 64 when it is called wrongly, where click would say 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line. Raises WrongUse."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as wrong:
            raise WrongUse(wrong.format_message(), ctx=ctx) from wrong
