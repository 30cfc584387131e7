"""DKIM: each sender domain signs its own mail, so that receivers believe whose it is."""

from app.gateways.mail import SigningKey
from tenants.errors import GatewayError

SIGNED_HEADERS = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"in-reply-to",
    b"references",
    b"auto-submitted",
    b"content-type",
    b"mime-version",
)


def signed(raw: bytes, key: SigningKey) -> bytes:
    """`raw` with its DKIM-Signature in front. Source: RFC 6376; relaxed/relaxed, rsa-sha256.

    Raises GatewayError for a key that cannot sign: unsigned mail is taken for a forgery.
    """
    import dkim  # noqa: PLC0415 - brings a DNS library; pages, which import this, sign nothing

    try:
        signature: bytes = dkim.sign(
            raw,
            selector=key.selector.encode(),
            domain=key.domain.encode("idna"),
            privkey=key.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(SIGNED_HEADERS),
        )
    except (dkim.DKIMException, UnicodeError) as error:
        raise GatewayError("the domain's key cannot sign", permanent=False) from error
    return signature + raw
