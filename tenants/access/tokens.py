"""What is handed out and what is kept of it: sessions, single-use links, recovery codes, logins.

Pure and apart from rows because only digests are stored: a stolen table opens nothing. A token
names its tenant, so that one transaction of that tenant finds all; the digest covers the name too.
"""

import base64
import hashlib
import hmac

RANDOM_LENGTH = 32  # bytes: twice the 128 bits that may not be guessed
RECOVERY_LENGTH = 10  # bytes: 16 letters in four groups
RECOVERY_CODES = 10
_GROUP = 4
_MAX_TENANT_DIGITS = 18


def token_text(tenant_id: int, random: bytes) -> str:
    """A token of a tenant, safe in cookies and addresses: "12.Zk3…"."""
    return f"{tenant_id}.{base64.urlsafe_b64encode(random).decode().rstrip('=')}"


def token_owner(token: str) -> int | None:
    """The tenant that `token` claims to be of; None for a text that is no token."""
    number, _, random = token.partition(".")
    is_number = number.isascii() and number.isdigit() and len(number) <= _MAX_TENANT_DIGITS
    return int(number) if is_number and random else None


def token_digest(token: str) -> bytes:
    """What is kept of a token. It needs no key: nobody guesses 256 random bits."""
    return hashlib.sha256(b"token:" + token.encode(errors="replace")).digest()


def login_digest(email: str, *, secret: str) -> bytes:
    """What the directory of logins keeps of an address, under a key: addresses can be guessed."""
    return _keyed(f"login:{email.strip().lower()}", secret)


def throttle_key(purpose: str, subject: str, *, secret: str) -> str:
    """The name of a counter; it tells nobody whose it is. `purpose`: "login", "reset" or such."""
    return f"{purpose}:{_keyed(f'throttle:{subject.lower()}', secret).hex()}"


def recovery_code_text(random: bytes) -> str:
    """A recovery code as it is printed: "abcd-efgh-ijkl-mnop"."""
    letters = base64.b32encode(random).decode().lower()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def recovery_digest(code: str, *, tenant_id: int, user_id: int) -> bytes:
    """What is kept of a recovery code, however it was typed; bound to its person."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"recovery:{tenant_id}:{user_id}:{letters}".encode()).digest()


def _keyed(text: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(errors="replace"), hashlib.sha256).digest()
