"""Every table, gathered for the comparison of models and migrations."""

import app.deadlines.models
import app.inbox.models
import app.outbox.models
import app.tickets.models
import billing.models
import tenants.access.models
import tenants.brands.models
import tenants.clients.models
import tenants.directory.models
import tenants.promises.models  # noqa: F401 - imported for the tables they declare
from tenants.database import Base

metadata = Base.metadata
