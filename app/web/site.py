"""Whose pages a request asks for: the host name decides, never a parameter or a header.

The provider's own host serves sign-in, desk and office; a partner's host serves the portal of one
brand and the settings of its tenant, and nothing on it names the provider.
"""

from dataclasses import dataclass

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound as PageNotFound

from app.web.services import database, services
from tenants.brands.brand import Brand
from tenants.brands.queries import brand_words
from tenants.database import HOUSE_ID
from tenants.directory.names import NameKind
from tenants.directory.queries import find_name, tenant

PRODUCT = "Firstline"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Site:
    """`brand`: None on the provider's own host. `zone`: IANA name of the zone of its pages."""

    tenant_id: int
    brand: Brand | None
    zone: str

    @property
    def is_provider(self) -> bool:
        """Whether this is the provider's own host."""
        return self.brand is None


def current_site() -> Site:
    """The site of this request, found once. Raises a 404 for a host nobody has claimed."""
    if "site" not in g:
        g.site = None  # and it stays so where nobody claimed the host, or the database is away
        g.site = _find_site(request.host.rsplit(":", 1)[0].lower().strip("[]"))
    found: Site | None = g.site
    if found is None:
        raise PageNotFound
    return found


def site_or_none() -> Site | None:
    """The site of this request, or None where it cannot be known: for pages of errors."""
    try:
        return current_site()
    except (PageNotFound, SQLAlchemyError):
        return None


def find_site() -> None:
    """Before every request but probes and built files: an unknown host gets a bare 404."""
    if request.endpoint not in {"static", "probes.live", "probes.ready", "probes.metrics"}:
        current_site()


def brand_base_url(host: str | None) -> str:
    """Where a brand's pages are reached from outside: its own host, or the provider's."""
    base = services().config.public_base_url
    if not host:
        return base
    scheme, _, place = base.partition("://")
    _, colon, port = place.partition(":")
    return f"{scheme}://{host}{colon}{port}"


def _find_site(host: str) -> Site:
    config = services().config
    if host == config.public_host or (not config.is_production and host in LOCAL_HOSTS):
        return Site(tenant_id=HOUSE_ID, brand=None, zone="UTC")
    with database().directory() as session:
        found = find_name(session, NameKind.HOST, host)
    if found is None or found.target_id is None:
        raise PageNotFound
    with database().transaction(found.tenant_id) as session:
        brand = brand_words(session, found.target_id)
        owner = tenant(session, found.tenant_id)
    return Site(found.tenant_id, brand, owner.zone if owner else "UTC")
