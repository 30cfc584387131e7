"""Who is writing: requesters, their clients, and what an address tells."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from tenants.clients.address_state import AddressState
from tenants.clients.models import Client, ClientDomain, Requester
from tenants.database import acting_tenant
from tenants.directory.models import DirectoryName
from tenants.directory.names import NameKind
from tenants.errors import NotFound


@dataclass(frozen=True, slots=True)
class ClientValue:
    """A company served by the tenant. `weight`: 1 to 5."""

    id: int
    name: str
    weight: int
    is_vip: bool


@dataclass(frozen=True, slots=True)
class RequesterValue:
    """A person who asks for help. `email`: lower case."""

    id: int
    client_id: int | None
    name: str
    email: str | None
    telephone: str | None
    language: str | None
    address_state: AddressState


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of a mail address before its ticket exists.

    `client`: the requester's own, otherwise the one that confirmed the address's domain.
    `is_own_mailbox`: whether it is a mailbox of this installation, of whichever tenant.
    """

    requester: RequesterValue | None
    client: ClientValue | None
    is_own_mailbox: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the person or their company was known before this mail."""
        return self.requester is not None or self.client is not None


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as lists show it. `domains`: confirmed mail domains, in order."""

    id: int
    name: str
    weight: int
    is_vip: bool
    domains: tuple[str, ...]


def _sender_statement() -> Select[Requester, Client, bool]:
    asked = select(bindparam("of_tenant", type_=BigInteger).label("tenant_id")).subquery("asked")
    own = Requester.tenant_id == asked.c.tenant_id
    of_domain = ClientDomain.tenant_id == asked.c.tenant_id
    client_id = func.coalesce(Requester.client_id, ClientDomain.client_id)
    mailbox = exists().where(
        DirectoryName.kind == NameKind.MAILBOX, DirectoryName.name == bindparam("mailbox")
    )
    return (
        select(Requester, Client, mailbox.label("is_own_mailbox"))
        .select_from(asked)
        .outerjoin(Requester, and_(own, Requester.email == bindparam("email")))
        .outerjoin(ClientDomain, and_(of_domain, ClientDomain.domain == bindparam("domain")))
        .outerjoin(Client, and_(Client.tenant_id == asked.c.tenant_id, Client.id == client_id))
    )


_SENDER = _sender_statement()  # built once: the mail path asks it for every message


def sender(session: Session, email: str) -> Sender:
    """What is known of `email`, in one statement: the mail path asks it for every message."""
    address = email.strip().lower()
    local, _, domain = address.rpartition("@")
    values = {
        "of_tenant": acting_tenant(session),
        "email": address,
        "domain": domain,
        "mailbox": f"{local.partition('+')[0]}@{domain}",
    }
    row = session.execute(_SENDER, values).one()
    return Sender(
        requester=_requester(row.Requester) if row.Requester else None,
        client=_client(row.Client) if row.Client else None,
        is_own_mailbox=row.is_own_mailbox,
    )


def is_known(session: Session, email: str) -> bool:
    """Whether the person or their company was known before."""
    return sender(session, email).is_known


def requester_by_email(session: Session, email: str) -> RequesterValue | None:
    """The requester with this address."""
    row = session.scalar(
        select(Requester).where(
            Requester.tenant_id == acting_tenant(session),
            Requester.email == email.strip().lower(),
        )
    )
    return _requester(row) if row else None


def requester(session: Session, requester_id: int) -> RequesterValue:
    """One requester. Raises NotFound."""
    row = session.scalar(
        select(Requester).where(
            Requester.tenant_id == acting_tenant(session), Requester.id == requester_id
        )
    )
    if row is None:
        raise NotFound("There is no such requester.")
    return _requester(row)


def client_by_domain(session: Session, domain: str) -> ClientValue | None:
    """The client that confirmed this mail domain as its own."""
    row = session.scalar(
        select(Client)
        .join(
            ClientDomain,
            and_(ClientDomain.tenant_id == Client.tenant_id, ClientDomain.client_id == Client.id),
        )
        .where(
            Client.tenant_id == acting_tenant(session),
            ClientDomain.domain == domain.strip().lower(),
        )
    )
    return _client(row) if row else None


def client(session: Session, client_id: int) -> ClientValue:
    """One client. Raises NotFound."""
    row = session.scalar(
        select(Client).where(Client.tenant_id == acting_tenant(session), Client.id == client_id)
    )
    if row is None:
        raise NotFound("There is no such client.")
    return _client(row)


def clients(session: Session) -> list[ClientRow]:
    """The clients of the session's tenant with their domains, by name."""
    tenant_id = acting_tenant(session)
    rows = session.execute(
        select(Client, ClientDomain.domain)
        .outerjoin(
            ClientDomain,
            and_(ClientDomain.tenant_id == Client.tenant_id, ClientDomain.client_id == Client.id),
        )
        .where(Client.tenant_id == tenant_id)
        .order_by(Client.name, Client.id, ClientDomain.domain)
    ).all()
    domains: dict[int, list[str]] = {}
    for row in rows:
        domains.setdefault(row.Client.id, []).extend([row.domain] if row.domain else [])
    known = {row.Client.id: row.Client for row in rows}
    return [
        ClientRow(row.id, row.name, row.weight, row.is_vip, tuple(domains[number]))
        for number, row in known.items()
    ]


def find_requesters(session: Session, words: str, *, limit: int = 20) -> list[RequesterValue]:
    """Requesters whose name or address begins with `words`, for a form that completes."""
    start = words.strip().lower()
    rows = session.scalars(
        select(Requester)
        .where(
            Requester.tenant_id == acting_tenant(session),
            or_(
                Requester.email.startswith(start, autoescape=True),
                func.lower(Requester.name).startswith(start, autoescape=True),
            ),
        )
        .order_by(Requester.name, Requester.id)
        .limit(limit)
    )
    return [_requester(row) for row in rows]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _requester(row: Requester) -> RequesterValue:
    return RequesterValue(
        id=row.id,
        client_id=row.client_id,
        name=row.name,
        email=row.email,
        telephone=row.telephone,
        language=row.language,
        address_state=row.address_state,
    )


def _client(row: Client) -> ClientValue:
    return ClientValue(id=row.id, name=row.name, weight=row.weight, is_vip=row.is_vip)
