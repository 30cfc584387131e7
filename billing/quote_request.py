"""The JSON of a quote, read into values or refused with the place that is wrong.

Apart from the quote itself because everything here distrusts its input, and nothing there has to.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from billing.meters import Meter, MinuteRule, UsageFact
from billing.money import exponent, rounded
from billing.periods import Period, period_named
from billing.rating import FeeRule, MeterPrice, PlanTerms
from billing.tax import TaxCategory, TaxRule
from tenants.errors import Refused

Fields = Mapping[str, object]
Choice = TypeVar("Choice", bound=StrEnum)

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,10})?")
_LARGEST_QUANTITY = 10**12
_LONGEST_KEY = 500
_DEFAULT_ZONE = "UTC"

# What a plan calls the included units and the price of one more, per meter.
_PRICE_FIELDS: dict[Meter, tuple[str, str]] = {
    Meter.TICKETS: ("included", "overage"),
    Meter.CALL_SECONDS: ("included_s", "overage_per_minute"),
}


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """A plan, the usage of one period, and the tax on the document."""

    terms: PlanTerms
    facts: tuple[UsageFact, ...]
    period: Period
    fee_rule: FeeRule
    tax: TaxRule


def quote_request(document: object) -> QuoteRequest:
    """The request in a parsed JSON document. Raises Refused naming the field that is wrong.

    Shape and defaults: the command `quote` in the interfaces that stay stable. `zone` (IANA) may
    name the zone of the period; it is UTC otherwise.
    """
    fields = _fields(document, "the input")
    plan = _fields(_present(fields, "plan"), "plan")
    period = period_named(_text(fields, "period"), _text(fields, "zone", _DEFAULT_ZONE))
    return QuoteRequest(
        terms=_terms(plan),
        facts=tuple(_fact(entry, place) for place, entry in enumerate(_list(fields, "usage"))),
        period=period,
        fee_rule=FeeRule.FIRST_PERIOD if _flag(fields, "first") else FeeRule.REGULAR,
        tax=TaxRule(TaxCategory.STANDARD, _decimal(_present(plan, "tax_percent"), "tax_percent")),
    )


def _terms(plan: Fields) -> PlanTerms:
    currency = _text(plan, "currency")
    exponent(currency)
    first_fee = plan.get("first_period_fee")
    meters = _fields(_present(plan, "meters"), "meters")
    return PlanTerms(
        fee=rounded(_decimal(_present(plan, "fee"), "fee"), currency),
        first_period_fee=(
            None
            if first_fee is None
            else rounded(_decimal(first_fee, "first_period_fee"), currency)
        ),
        minute_rule=_choice(
            MinuteRule, _text(plan, "rounding", MinuteRule.PERIOD_CEIL_MINUTE), "rounding"
        ),
        prices=tuple(_price(_choice(Meter, name, "meters"), meters[name]) for name in meters),
    )


def _price(meter: Meter, value: object) -> MeterPrice:
    fields = _fields(value, meter)
    included_field, overage_field = _PRICE_FIELDS[meter]
    included = _whole(_present(fields, included_field), included_field)
    if included < 0:
        raise Refused(f"{included_field}: expected a number that is not negative.")
    return MeterPrice(meter, included, _decimal(_present(fields, overage_field), overage_field))


def _fact(value: object, place: int) -> UsageFact:
    where = f"usage[{place}]"
    fields = _fields(value, where)
    key = _text(fields, "key", where=where)
    if not 0 < len(key) <= _LONGEST_KEY:
        raise Refused(f"{where}.key: expected 1 to {_LONGEST_KEY} characters.")
    return UsageFact(
        meter=_choice(Meter, _text(fields, "meter", where=where), f"{where}.meter"),
        key=key,
        at=_instant(_text(fields, "at", where=where), f"{where}.at"),
        quantity=_whole(_present(fields, "quantity", where), f"{where}.quantity"),
        voids=None if fields.get("voids") is None else _text(fields, "voids", where=where),
    )


def _fields(value: object, where: str) -> Fields:
    if not isinstance(value, dict):
        raise Refused(f"{where}: expected an object.")
    return value


def _present(fields: Fields, name: str, where: str = "") -> object:
    if fields.get(name) is None:
        raise Refused(f"{_path(where, name)}: is missing.")
    return fields[name]


def _list(fields: Fields, name: str) -> list[object]:
    value = _present(fields, name)
    if not isinstance(value, list):
        raise Refused(f"{name}: expected a list.")
    return value


def _text(fields: Fields, name: str, default: str | None = None, where: str = "") -> str:
    if default is not None and fields.get(name) is None:
        return default
    value = _present(fields, name, where)
    if not isinstance(value, str):
        raise Refused(f"{_path(where, name)}: expected text.")
    return value


def _flag(fields: Fields, name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise Refused(f"{name}: expected true or false.")
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"{where}: expected a whole number.")
    if abs(value) > _LARGEST_QUANTITY:
        raise Refused(f"{where}: the number is too large.")
    return value


def _decimal(value: object, where: str) -> Decimal:
    is_number = isinstance(value, int | Decimal | str) and not isinstance(value, bool)
    if not is_number or not _DECIMAL.fullmatch(str(value)):
        raise Refused(f'{where}: expected a decimal as text, such as "350.00", not negative.')
    return Decimal(str(value))


def _instant(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as malformed:
        raise Refused(f"{where}: expected an instant such as 2026-11-03T10:00:00Z.") from malformed
    if at.tzinfo is None:
        raise Refused(f"{where}: the instant needs an offset, such as Z.")
    return at


def _choice(kind: Callable[[str], Choice], text: str, where: str) -> Choice:
    try:
        return kind(text)
    except ValueError as unknown:
        raise Refused(f"{where}: “{text}” is not known here.") from unknown


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
