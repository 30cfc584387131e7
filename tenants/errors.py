"""The three kinds of error, known to every floor and translated once at the edge.

Apart from everything else because each room raises them and none may own them.
"""


class Refused(Exception):
    """A rule says no. The message is shown to the person who asked.

    `message`: English, with a `{name}` for each of `values`, so that a page can say it in the
    reader's language. As text it is English: what commands print and logs keep.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        # Without values the message may hold words of a person, braces and all.
        return self.message.format(**self.values) if self.values else self.message


class NotFound(Exception):
    """No such thing, or a thing this person may not see: both look the same from outside."""


class GatewayError(Exception):
    """An outside party did not do what was asked.

    `permanent`: trying again cannot help; stop and tell someone.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent
