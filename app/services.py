"""What the running application holds: built once, handed down, never looked up below the edge."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from app.flows.correspondence import Correspondence
from app.gateways.blobs import Blobs
from app.gateways.folder_blobs import FolderBlobs
from app.gateways.folder_mail import FolderMail
from app.gateways.mail import Mailer
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
    """Gateways and database for `config`; the first transaction starts a server of our own."""
    return Services(
        config=config,
        database=Database(
            lambda: admin_url(config.database_url, config.var, config.pg_bindir),
            secret=config.secret_key,
        ),
        sealer=Sealer(config.encryption_keys),
        blobs=_blobs(config.blob_url),
        mailer=_mailer(config),
        parsing=MailParsing(from_wire),
        correspondence=Correspondence(config.secret_key, config.public_base_url),
        registry=CollectorRegistry(),
    )


def _blobs(url: str) -> Blobs:
    """The store that `url` names: `file:/folder` or `s3://bucket/prefix`."""
    if not url.startswith("s3:"):
        return FolderBlobs(Path(url.removeprefix("file:")))
    from app.gateways.s3_blobs import S3Blobs  # noqa: PLC0415 - heavy; only where it is used

    place = urlsplit(url)
    return S3Blobs(bucket=place.netloc, prefix=place.path.strip("/"))


def _mailer(config: Config) -> Mailer:
    """The relay of SMTP_URL; without one, a folder of files."""
    if config.smtp_url is None:
        return FolderMail(config.var / OUTBOX)
    from app.gateways.smtp_mail import SmtpMail, relay_from_url  # noqa: PLC0415 - one of two

    return SmtpMail(relay_from_url(config.smtp_url))
