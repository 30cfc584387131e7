"""Clients and requesters are added and corrected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.clients.address_state import AddressState
from tenants.clients.models import Client, ClientDomain, Requester
from tenants.clients.queries import RequesterValue, client, requester_by_email
from tenants.clients.shared_domains import belongs_to_everybody
from tenants.database import acting_tenant
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused

_LOWEST_WEIGHT, _HIGHEST_WEIGHT = 1, 5
_NAME_LENGTH = 200
_REQUESTERS: Table = Requester.__table__  # type: ignore[assignment]
_ADD_REQUESTER = (
    insert(_REQUESTERS)
    .on_conflict_do_nothing(index_elements=[_REQUESTERS.c.tenant_id, _REQUESTERS.c.email])
    .returning(_REQUESTERS.c.id)
)


@dataclass(frozen=True, slots=True)
class NewClient:
    """A company to add. `weight`: 1 to 5."""

    name: str
    weight: int = _LOWEST_WEIGHT
    is_vip: bool = False


@dataclass(frozen=True, slots=True)
class NewRequester:
    """A person to add, as far as they are known. `telephone`: E.164."""

    name: str
    email: str | None = None
    client_id: int | None = None
    telephone: str | None = None
    language: str | None = None


def add_client(session: Session, request: NewClient, *, now: datetime) -> int:
    """The id of a new client. Raises Refused for a name that is taken, or a weight out of range."""
    name = _given(request.name, Refused("A client needs a name."))
    _check_weight(request.weight)
    added: int | None = session.scalar(
        insert(Client)
        .values(
            tenant_id=acting_tenant(session),
            name=name,
            weight=request.weight,
            is_vip=request.is_vip,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Client.id)
    )
    if added is None:
        raise Refused("There is a client “{name}” already.", name=name)
    return added


def change_client(session: Session, client_id: int, *, weight: int, is_vip: bool) -> None:
    """Say how much a client counts in the queue. Raises Refused, NotFound."""
    _check_weight(weight)
    changed = session.scalar(
        update(Client)
        .where(Client.tenant_id == acting_tenant(session), Client.id == client_id)
        .values(weight=weight, is_vip=is_vip)
        .returning(Client.id)
    )
    if changed is None:
        raise NotFound("There is no such client.")


def confirm_domain(session: Session, client_id: int, domain: str) -> None:
    """Let senders of a mail domain count as people of the client. Safe to repeat.

    Raises Refused for a domain of another client or where anybody gets an address, NotFound.
    """
    tenant_id, host = acting_tenant(session), spelled(NameKind.HOST, domain)
    client(session, client_id)
    if belongs_to_everybody(host):
        raise Refused(
            "Anybody may have an address at {host}; name the people one by one.", host=host
        )
    session.execute(
        insert(ClientDomain)
        .values(tenant_id=tenant_id, client_id=client_id, domain=host)
        .on_conflict_do_nothing()
    )
    owner_id = session.scalar(
        select(ClientDomain.client_id).where(
            ClientDomain.tenant_id == tenant_id, ClientDomain.domain == host
        )
    )
    if owner_id != client_id:
        raise Refused("{host} is a domain of another client.", host=host)


def withdraw_domain(session: Session, client_id: int, domain: str) -> None:
    """Stop taking senders of a mail domain for people of the client."""
    session.execute(
        delete(ClientDomain).where(
            ClientDomain.tenant_id == acting_tenant(session),
            ClientDomain.client_id == client_id,
            ClientDomain.domain == spelled(NameKind.HOST, domain),
        )
    )


def add_requester(session: Session, request: NewRequester, *, now: datetime) -> RequesterValue:
    """The new requester, or the one who has the address already: two mails at once make one."""
    email = request.email.strip().lower() if request.email else None
    values = {
        "tenant_id": acting_tenant(session),
        "client_id": request.client_id,
        "name": (request.name.strip() or email or "")[:_NAME_LENGTH],
        "email": email,
        "telephone": request.telephone,
        "language": request.language,
        "address_state": AddressState.GOOD,
        "created_at": now,
    }
    added = session.execute(_ADD_REQUESTER, values).one_or_none()
    if added is None and email is not None:
        return _existing(session, email)
    if added is None:
        raise Refused("A requester could not be added.")
    return RequesterValue(
        id=added.id,
        client_id=request.client_id,
        name=str(values["name"]),
        email=email,
        telephone=request.telephone,
        language=request.language,
        address_state=AddressState.GOOD,
    )


def change_requester(session: Session, requester_id: int, request: NewRequester) -> None:
    """Correct what is known of a person; the address stays. Raises Refused, NotFound."""
    if request.client_id is not None:
        client(session, request.client_id)
    _change_requester(
        session,
        requester_id,
        {
            "name": _given(request.name, Refused("A requester needs a name."))[:_NAME_LENGTH],
            "client_id": request.client_id,
            "telephone": request.telephone,
            "language": request.language,
        },
    )


def mark_address(session: Session, email: str, state: AddressState) -> bool:
    """Whether a requester has this address; what was learnt of its deliveries is kept."""
    marked = session.scalar(
        update(Requester)
        .where(
            Requester.tenant_id == acting_tenant(session),
            Requester.email == email.strip().lower(),
        )
        .values(address_state=state)
        .returning(Requester.id)
    )
    return marked is not None


def _existing(session: Session, email: str) -> RequesterValue:
    existing = requester_by_email(session, email)
    if existing is None:
        raise NotFound("There is no such requester.")
    return existing


def _change_requester(session: Session, requester_id: int, values: dict[str, object]) -> None:
    changed = session.scalar(
        update(Requester)
        .where(Requester.tenant_id == acting_tenant(session), Requester.id == requester_id)
        .values(values)
        .returning(Requester.id)
    )
    if changed is None:
        raise NotFound("There is no such requester.")


def _check_weight(weight: int) -> None:
    if not _LOWEST_WEIGHT <= weight <= _HIGHEST_WEIGHT:
        raise Refused(
            "A client's weight is from {least} to {most}.",
            least=_LOWEST_WEIGHT,
            most=_HIGHEST_WEIGHT,
        )


def _given(text: str, refusal: Refused) -> str:
    if not text.strip():
        raise refusal
    return text.strip()
