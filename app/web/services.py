"""How a page reaches what the application built at start."""

from typing import cast

from flask import current_app

from app.flows.correspondence import Correspondence
from app.services import Services
from tenants.database import Database

EXTENSION = "firstline"


def services() -> Services:
    """Everything built at start."""
    return cast("Services", current_app.extensions[EXTENSION])


def correspondence() -> Correspondence:
    """What letters about tickets are made with."""
    return services().correspondence


def database() -> Database:
    """The only way of a page to a session."""
    return services().database
