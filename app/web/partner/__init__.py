"""A partner's own pages: what is said and promised in its name, its people, what they did."""

from flask import Blueprint

partner_pages = Blueprint("partner", __name__, url_prefix="/partner")

from app.web.partner import (  # noqa: E402, F401 - routes
    audit,
    brands,
    home,
    hours,
    members,
    promises,
    texts,
)
