"""From what people quote to the row it means, for those who may see it; 404 for everybody else."""

from dataclasses import dataclass

from app.tickets.refs import parse_ref
from app.web.auth import signed_in_user
from app.web.services import database
from tenants.directory.names import NameKind
from tenants.directory.queries import find_name
from tenants.errors import NotFound


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """A ticket's tenant and its number there."""

    tenant_id: int
    number: int


def ticket_place(ref: str) -> TicketPlace:
    """Where HB-10481 is. Raises NotFound for no such prefix and for tenants not served alike."""
    parsed = parse_ref(ref)
    if parsed is None:
        raise NotFound
    with database().directory() as session:
        found = find_name(session, NameKind.PREFIX, parsed.prefix)
    if found is None:
        raise NotFound
    return TicketPlace(served(found.tenant_id), parsed.number)


def served(tenant_id: int) -> int:
    """`tenant_id`, when this operator is assigned to it. Raises NotFound otherwise."""
    if tenant_id not in signed_in_user().served_tenant_ids:
        raise NotFound
    return tenant_id
