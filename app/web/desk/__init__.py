"""The operator's desk: one queue over all partners, a ticket beside it, held mail."""

from flask import Blueprint

desk_pages = Blueprint("desk", __name__, url_prefix="/desk")

from app.web.desk import files, frame, held_mail, queue, ticket, writing  # noqa: E402, F401 - routes
