"""Files that a crash left without a row that refers to them are deleted, a day later.

A file is stored before the transaction that refers to it. Which rows those are is asked last: a
key is only looked at once it is older than any transaction can be.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from app.clock import utc_now
from app.services import Services
from app.tickets.queries import file_keys
from billing.queries import document_keys
from tenants.directory.queries import all_tenants

log = logging.getLogger(__name__)

LEFT_FOR = timedelta(hours=24)


def sweep_files(services: Services) -> None:
    """Delete the files of each tenant that nothing refers to; those of nobody known stay."""
    before = utc_now() - LEFT_FOR
    with services.database.across_tenants() as session:
        known = {str(tenant.id): tenant.id for tenant in all_tenants(session)}
    for owner, keys in groupby(services.blobs.old_keys(before), _owner):
        if owner not in known:
            log.warning("files of no tenant", extra={"folder": owner})
            continue
        unused = _unused(services, known[owner], keys)
        for key in unused:
            services.blobs.delete_old(key, before)
        if unused:
            log.info("unused files deleted", extra={"tenant_id": owner, "files": len(unused)})


def _owner(key: str) -> str:
    return key.partition("/")[0]


def _unused(services: Services, tenant_id: int, keys: Iterable[str]) -> list[str]:
    with services.database.transaction(tenant_id) as session:
        used = file_keys(session) | document_keys(session)
    return [key for key in keys if key not in used]
