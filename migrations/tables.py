"""Every table, gathered for the comparison of models and migrations."""

import importlib

from tenants.database import Base

MODELS = (
    "app.deadlines.models",
    "app.inbox.models",
    "app.outbox.models",
    "app.tickets.models",
    "billing.models",
    "tenants.access.models",
    "tenants.brands.models",
    "tenants.clients.models",
    "tenants.directory.models",
    "tenants.promises.models",
)

for name in MODELS:
    importlib.import_module(name)

metadata = Base.metadata
