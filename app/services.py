"""What the running application holds: built once, handed down, never looked up below the edge."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from app.flows.correspondence import Correspondence
from app.gateways.blobs import Blobs, blobs_from_url
from app.gateways.mail import Mailer, mailer_from
from app.gateways.mail_parsing import MailParsing
from app.inbox.mail import ParsedMail
from app.inbox.wire import from_wire
from config import Config
from tenants.database import Database
from tenants.embedded_database import admin_url
from tenants.sealing import Sealer

OUTBOX = "outbox"  # the folder under `var` that takes the place of a relay


@dataclass(frozen=True, slots=True)
class Services:
    """Everything built at start. `parsing`: children that start when the first mail is read."""

    config: Config
    database: Database
    sealer: Sealer
    blobs: Blobs
    mailer: Mailer
    parsing: MailParsing[ParsedMail]
    correspondence: Correspondence
    registry: CollectorRegistry


def build_services(config: Config) -> Services:
    """Gateways and database for `config`. Raises EmbeddedDatabaseError with the mend."""
    url = admin_url(config.database_url, config.var, config.pg_bindir)
    return Services(
        config=config,
        database=Database(url, secret=config.secret_key),
        sealer=Sealer(config.encryption_keys),
        blobs=blobs_from_url(config.blob_url),
        mailer=mailer_from(config.smtp_url, folder=config.var / OUTBOX),
        parsing=MailParsing(from_wire),
        correspondence=Correspondence(config.secret_key, config.public_base_url),
        registry=CollectorRegistry(),
    )
