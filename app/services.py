"""What the running application holds: built once, handed down, never looked up below the edge."""

from dataclasses import dataclass

from config import Config
from tenants.database import Database
from tenants.embedded_database import admin_url
from tenants.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Services:
    """Everything built at start."""

    config: Config
    database: Database
    sealer: Sealer
