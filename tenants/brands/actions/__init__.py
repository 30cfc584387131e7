"""Changes to brands and what belongs to them: one module per topic, called from here."""

from tenants.brands.actions.brands import (
    BrandDetails,
    NewBrand,
    add_brand,
    change_brand,
    drop_text,
    move_portal,
    set_text,
)
from tenants.brands.actions.mailboxes import (
    ImapAccess,
    add_alias,
    add_mailbox,
    add_polled_mailbox,
    note_poll,
    note_poll_failure,
)
from tenants.brands.actions.resealing import reseal_mail_secrets
from tenants.brands.actions.sender_domains import add_sender_domain, mark_domain_verified

__all__ = [
    "BrandDetails",
    "ImapAccess",
    "NewBrand",
    "add_alias",
    "add_brand",
    "add_mailbox",
    "add_polled_mailbox",
    "add_sender_domain",
    "change_brand",
    "drop_text",
    "mark_domain_verified",
    "move_portal",
    "note_poll",
    "note_poll_failure",
    "reseal_mail_secrets",
    "set_text",
]
