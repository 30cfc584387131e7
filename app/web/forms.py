"""How forms are read: lines without control signs, members of closed sets, why a value fails."""

import enum
from collections.abc import Callable
from typing import TypeVar

from flask import request

from app.web.refusals import said
from tenants.errors import Refused

UNPROCESSABLE = 422

E = TypeVar("E", bound=enum.Enum)


def line(name: str) -> str:
    """What was typed into a field of one line, blanks joined; "" where it is missing."""
    typed = " ".join(request.form.get(name, "").split())
    return "".join(sign for sign in typed if sign.isprintable())


def paragraphs(name: str) -> str:
    """What was typed into a field of many lines, without other control signs; "" if missing."""
    typed = request.form.get(name, "").replace("\r\n", "\n")
    return "".join(sign for sign in typed if sign.isprintable() or sign in "\n\t").strip()


def chosen(kind: type[E], value: str) -> E | None:
    """The member of `kind` with this value; None for a value that the form never offered."""
    return next((member for member in kind if member.value == value), None)


def complaint(check: Callable[..., object], *values: object) -> str:
    """Why `check` refuses `values`, for the line beside the field; "" where it does not."""
    try:
        check(*values)
    except Refused as refused:
        return said(refused)
    return ""


def complaints(found: dict[str, str]) -> dict[str, str]:
    """`found` without the fields that nothing is wrong with."""
    return {field: error for field, error in found.items() if error}
