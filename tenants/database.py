"""One session, one tenant: the code's half of isolation, and the only place that opens sessions.

The database's half is row-level security (migrations). Each half is tested without the other.
"""

import enum
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Engine,
    Enum,
    ForeignKey,
    Identity,
    MetaData,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)

from tenants.connections import check_rested_connections
from tenants.errors import Refused

HOUSE_ID = 0  # the provider itself: its staff and their assignments are rows of tenant 0
SIGNALS_CHANNEL = "signals"
_NOTIFY = select(func.pg_notify(SIGNALS_CHANNEL, bindparam("payload", type_=Text)))
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Role(enum.Enum):
    """The database logins of the application; what each may do stands in the migrations."""

    USER = "app_user"  # one tenant, under row-level security
    DESK = "app_desk"  # reads the queue of the assigned tenants
    OPS = "app_ops"  # listed jobs across tenants


POOL_SIZES = {Role.USER: (8, 12), Role.DESK: (4, 8), Role.OPS: (2, 4)}


class Base(DeclarativeBase):
    """All tables. Texts are unbounded, instants aware, enums stored by value."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        int: BigInteger,
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=40,
            create_constraint=False,
            values_callable=lambda members: [str(member.value) for member in members],
        ),
    }


class TenantOwned:
    """A row that belongs to one tenant; its key begins with the tenant."""

    tenant_id: Mapped[int] = mapped_column(
        ForeignKey("tenants.id"), primary_key=True, autoincrement=False, sort_order=-2
    )
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-1)


class Database:
    """Engines for the application's roles and the only ways to open a transaction."""

    def __init__(self, admin_url: str | Callable[[], str], *, secret: str) -> None:
        """`admin_url`: asked for at the first transaction when it is a function."""
        self._admin_url = admin_url
        self._secret = secret
        self._engines: dict[Role, Engine] = {}
        self._opening = threading.Lock()
        self._sessions = sessionmaker(expire_on_commit=False)

    @contextmanager
    def transaction(self, tenant_id: int) -> Iterator[Session]:
        """A transaction as `tenant_id`: commits at the end, rolls back on an error."""
        with self._sessions(bind=self.engine(Role.USER)) as session:
            session.info["tenant_id"] = int(tenant_id)
            with session.begin():
                yield session

    @contextmanager
    def directory(self) -> Iterator[Session]:
        """A transaction without a tenant: directory, throttles and sign-in sessions only."""
        with self._sessions(bind=self.engine(Role.USER)) as session, session.begin():
            yield session

    @contextmanager
    def desk_reading(self, tenant_ids: Iterable[int]) -> Iterator[Session]:
        """A read over the queue of `tenant_ids`, the tenants an operator is assigned to."""
        with self._sessions(bind=self.engine(Role.DESK)) as session:
            session.info["tenant_ids"] = tuple(int(tenant_id) for tenant_id in tenant_ids)
            with session.begin():
                yield session

    @contextmanager
    def across_tenants(self) -> Iterator[Session]:
        """A transaction over all tenants for the listed jobs; hand back ids, never rows."""
        with self._sessions(bind=self.engine(Role.OPS)) as session, session.begin():
            yield session

    def engine(self, role: Role) -> Engine:
        """The engine of `role`, for the job queue, the signal listener and health checks."""
        if role not in self._engines:
            with self._opening:
                if role not in self._engines:
                    self._engines[role] = _engine(self._url(role), role)
        return self._engines[role]

    def _url(self, role: Role) -> URL:
        if callable(self._admin_url):
            self._admin_url = self._admin_url()
        return role_url(self._admin_url, role, secret=self._secret)

    def dispose(self) -> None:
        """Drop all pooled connections without touching the sockets of a parent process."""
        for engine in self._engines.values():
            engine.dispose(close=False)


def role_url(admin_url: str, role: Role, *, secret: str) -> URL:
    """Where `role` signs in: the same server, a password derived from the secret key."""
    return make_url(admin_url).set(username=role.value, password=role_password(role, secret))


def role_password(role: Role, secret: str) -> str:
    """The password of a database login, derived so that only the secret key needs keeping."""
    return hmac.new(secret.encode(), f"database:{role.value}".encode(), hashlib.sha256).hexdigest()


def acting_tenant(session: Session) -> int:
    """The tenant this session belongs to. Raises LookupError in a session without one."""
    tenant_id = session.info.get("tenant_id")
    if tenant_id is None:
        raise LookupError("this session belongs to no tenant")
    return int(tenant_id)


def announce(session: Session, payload: dict[str, Any]) -> None:
    """Tell listening pages, at commit, that ids changed. Ids only: a channel has no isolation."""
    session.execute(_NOTIFY, {"payload": json.dumps(payload)})


def _engine(url: URL, role: Role) -> Engine:
    size, overflow = POOL_SIZES[role]
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=5,
        hide_parameters=True,  # errors are logged, and values are words of people
        connect_args={
            "connect_timeout": 5,
            "application_name": role.value,
            "options": "-c idle_in_transaction_session_timeout=60s -c statement_timeout=30s",
        },
    )
    check_rested_connections(engine)
    return engine


@event.listens_for(Session, "after_begin")
def _set_tenant(session: Session, transaction: SessionTransaction, connection: Any) -> None:
    """Transaction-local and a literal: nothing survives on a pooled connection."""
    if transaction.nested:
        return  # a savepoint is inside the transaction that set it
    if "tenant_id" in session.info:
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{session.info['tenant_id']:d}'")
    if "tenant_ids" in session.info:
        ids = ",".join(f"{tenant_id:d}" for tenant_id in session.info["tenant_ids"])
        connection.exec_driver_sql(f"SET LOCAL app.tenant_ids = '{ids}'")


@event.listens_for(Session, "do_orm_execute")
def _only_this_tenant(state: ORMExecuteState) -> None:
    """Filter every statement over tenant rows, also where somebody forgot the condition."""
    if state.is_column_load or state.is_relationship_load or not state.is_orm_statement:
        return  # plain tables carry no entity to filter: such statements name the tenant themselves
    info = state.session.info
    if "tenant_id" in info:
        state.statement = state.statement.options(_of_tenants((info["tenant_id"],)))
    elif "tenant_ids" in info:
        state.statement = state.statement.options(_of_tenants(info["tenant_ids"]))


def _of_tenants(tenant_ids: Sequence[int]) -> Any:
    if len(tenant_ids) == 1:
        tenant_id = tenant_ids[0]
        return with_loader_criteria(
            TenantOwned, lambda cls: cls.tenant_id == tenant_id, include_aliases=True
        )
    # One array instead of a value each: every operator has the same statement.
    among = literal(list(tenant_ids), ARRAY(BigInteger))
    return with_loader_criteria(
        TenantOwned, lambda cls: cls.tenant_id == any_(among), include_aliases=True
    )


@event.listens_for(Session, "before_flush")
def _writes_stay_home(session: Session, _context: object, _instances: object) -> None:
    """Refuse to write a row of another tenant, whatever the database would say."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantOwned) and row.tenant_id != session.info.get("tenant_id"):
            raise Refused("a row of another tenant cannot be written here")
