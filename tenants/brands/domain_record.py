"""The DNS record by which receivers check the signature of a sender domain.

Pure and apart because its format is a standard's. Source: RFC 6376, 3.6.1, and RFC 8301.
"""

import base64

SELECTOR = "first1"  # the next key is published beside it under another selector


def domain_record(public_der: bytes) -> str:
    """The text to publish. `public_der`: an RSA key as SubjectPublicKeyInfo."""
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public_der).decode()}"


def record_name(domain: str, selector: str = SELECTOR) -> str:
    """The name in the DNS at which the record is published."""
    return f"{selector}._domainkey.{domain}"
