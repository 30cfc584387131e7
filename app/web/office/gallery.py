"""Every part of our pages in every state, for those who build and check them."""

from flask import render_template

from app.web.auth import permits
from app.web.office import office_pages
from tenants.access.roles import Action


@office_pages.get("/ui")
@permits(Action.MANAGE_INSTALLATION)
def ui() -> str:
    """The parts that pages are put together from."""
    return render_template("ui/gallery.html")


@office_pages.get("/ui/desk")
@permits(Action.MANAGE_INSTALLATION)
def ui_desk() -> str:
    """The desk, filled with examples."""
    return render_template("ui/desk.html")
