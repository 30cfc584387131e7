"""The plans, the tax rates and the example seller that an installation begins with.

Apart from the migration that calls it: rows are data, and its tables are long enough. Never edited:
other prices are another version of a plan, added by a later migration or by hand.
"""

import json
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

# In roubles without tax: slug, name, fee, first fee, tickets, per ticket, minutes, per minute.
PLANS = (
    ("start", "Start", 4_900, 4_900, 10, 350, 50, 9),
    ("optimum", "Optimum", 13_900, 4_900, 50, 300, 300, 8),
    ("all-inclusive", "All-inclusive", 39_900, 4_900, 200, 250, 1_000, 7),
)
PLANS_VALID_FROM = date(2024, 1, 1)
SEATS = 3
ENTITLEMENTS = {"classification_fields": 4, "diagnostic_parameters": 2}
VAT = (
    (Decimal(20), date(2019, 1, 1), date(2026, 1, 1)),
    (Decimal(22), date(2026, 1, 1), None),
)
UNTAXED = ("exempt", "reverse_charge")
SHIPPED_TYPES = {
    date: sa.Date(),
    Decimal: sa.Numeric(),
    int: sa.BigInteger(),
    str: sa.Text(),
    type(None): sa.Date(),
}


def ship_plans() -> None:
    """The three plans at the prices of their first version. Source: the published price list."""
    for position, (slug, name, fee, first_fee, tickets, ticket, minutes, minute) in enumerate(
        PLANS
    ):
        plan_id = position + 1
        _ship("plans", id=plan_id, slug=slug, name=name, position=position)
        meters = {
            "tickets": {"included": tickets, "overage": str(ticket)},
            "call_seconds": {"included": minutes * 60, "overage": str(minute)},
        }
        _ship(
            "plan_versions",
            plan_id=plan_id,
            valid_from=PLANS_VALID_FROM,
            currency="RUB",
            fee_minor=fee * 100,
            first_period_fee_minor=first_fee * 100,
            minute_rule="period_ceil_minute",
            meters=meters,
            entitlements=ENTITLEMENTS,
            seats=SEATS,
        )
    op.execute("ALTER TABLE plans ALTER COLUMN id RESTART WITH 100")


def ship_seller() -> None:
    """An example of a seller, to be put right in the office before the first real invoice."""
    _ship(
        "sellers",
        name="Example Service Desk LLC",
        address="1 Example Street, Moscow, 101000",
        country="RU",
        tax_ref="INN 7700000000",
        bank_details="Example Bank, account 40700000000000000000, BIC 044500000",
        email="billing@provider.example",
        zone="Europe/Moscow",
        grace_days=3,
        payment_days=10,
    )
    rates = [("standard", *rate) for rate in VAT]
    rates += [(category, Decimal(0), VAT[0][1], None) for category in UNTAXED]
    for category, percent, valid_from, valid_to in rates:
        _ship(
            "tax_rates",
            country="RU",
            category=category,
            percent=percent,
            valid_from=valid_from,
            valid_to=valid_to,
        )


def _ship(table: str, **values: object) -> None:
    """One shipped row, with the types said here so that the script is complete without a server."""
    columns = [sa.column(name, SHIPPED_TYPES.get(type(value))) for name, value in values.items()]
    shown = {
        name: sa.literal_column(f"'{json.dumps(value)}'::jsonb") if type(value) is dict else value
        for name, value in values.items()
    }
    op.execute(sa.table(table, *columns).insert().values(**shown))
