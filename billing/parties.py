"""Who sells and who buys, as a document names them.

Apart from the tables, because an issued document keeps its own copy: a later name leaves it alone.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

from billing.tax import TaxCategory


@dataclass(frozen=True, slots=True)
class SellerDetails:
    """The provider on its documents. `zone`: IANA zone of their dates; `country`: ISO 3166."""

    id: int
    name: str
    address: str
    country: str
    tax_ref: str
    bank_details: str
    email: str
    zone: str
    grace_days: int
    payment_days: int


@dataclass(frozen=True, slots=True)
class BuyerDetails:
    """A tenant on its documents. `email`: where they go; empty: to its administrators."""

    name: str
    address: str
    country: str
    tax_ref: str
    tax_category: TaxCategory
    email: str


def seller_copy(seller: SellerDetails) -> dict[str, Any]:
    """What a document keeps of its seller."""
    return asdict(seller)


def buyer_copy(buyer: BuyerDetails) -> dict[str, Any]:
    """What a document keeps of its buyer."""
    return {**asdict(buyer), "tax_category": buyer.tax_category.value}


def seller_of(kept: dict[str, Any]) -> SellerDetails:
    """The seller that a document kept."""
    return SellerDetails(**{field.name: kept[field.name] for field in fields(SellerDetails)})


def buyer_of(kept: dict[str, Any]) -> BuyerDetails:
    """The buyer that a document kept."""
    values = {field.name: kept[field.name] for field in fields(BuyerDetails)}
    return BuyerDetails(**{**values, "tax_category": TaxCategory(kept["tax_category"])})
