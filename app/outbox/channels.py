"""The closed sets an outbound message is described with; apart so that pure modules name them."""

import enum


class OutboundChannel(enum.Enum):
    """By which gateway a message leaves."""

    MAIL = "mail"
    SMS = "sms"
    CALL = "call"
    WEBHOOK = "webhook"


class OutboundStatus(enum.Enum):
    """Where an outbound message stands. SENDING left over by a crash is evidence, not silence."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    CANCELLED = "cancelled"
