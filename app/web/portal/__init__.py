"""What a partner's requesters see, on the partner's own host: no account, no script needed."""

from flask import Blueprint

portal_pages = Blueprint("portal", __name__)

from app.web.portal import home, my_request, new_request  # noqa: E402, F401 - routes
