"""Time-based one-time codes: the second factor.

Pure: the secret and the instant come in, the step a code belongs to comes out. A step is taken
once, which the person's row remembers. Source: RFC 6238, with pyotp.
"""

import base64
import hmac
from datetime import datetime

import pyotp

SECRET_LENGTH = 20  # bytes, as RFC 4226 advises
STEP_S = 30
_STEPS_AROUND = (0, -1, 1)  # telephones are seldom off by more than half a minute


def secret_text(random: bytes) -> str:
    """`random` as authenticators take it, by hand or from a picture: base32."""
    return base64.b32encode(random).decode()


def enrolment_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the picture to scan says. `issuer`: the name shown beside the code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, *, now: datetime, last_step: int | None) -> int | None:
    """The step `code` belongs to, or None where it is wrong, too old or was taken before.

    `last_step`: the newest step taken so far; it and all before it are used up.
    """
    typed = code.replace(" ", "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    codes = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_S
    for around in _STEPS_AROUND:
        step = current + around
        is_fresh = last_step is None or step > last_step
        if is_fresh and hmac.compare_digest(codes.generate_otp(step), typed):
            return step
    return None
