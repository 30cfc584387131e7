"""Which passwords are good enough, how they are kept, and whether one is right.

Pure and apart from people because the rules are the same wherever a password is chosen: no rules of
composition, only length and a list of what is tried first. Source: OWASP ASVS 5.0, 6.2.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.errors import Refused

MIN_LENGTH = 8
ADVISED_LENGTH = 15
MAX_LENGTH = 256  # far above any passphrase; keeps the cost of one try bounded
SALT_LENGTH = 16
_OWN_WORD_MIN_LENGTH = 4

# 19 MiB and two passes: OWASP's figures for Argon2id, small enough for two web workers.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Of no password anybody knows: an unknown account costs as much time as a known one.
_NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$"
    "arCs+b9YfEq4Zqj5YlQnjwR6xoEEV26o3T/1Z1AB3GU"
)


def check_password(password: str, *, own_words: Iterable[str] = ()) -> None:
    """Raise Refused, saying why, for a password that is too short, too long or tried first.

    `own_words`: what anybody would guess for this person, as their name and address.
    """
    if len(password) < MIN_LENGTH:
        raise Refused(
            "Use at least {least} characters; {advised} are better.",
            least=MIN_LENGTH,
            advised=ADVISED_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        raise Refused("Use at most {most} characters.", most=MAX_LENGTH)
    plain = password.casefold()
    if _is_common(plain):
        raise Refused("This password is among the first that are tried; choose another.")
    if any(_is_little_more_than(word, plain) for word in own_words):
        raise Refused("This password is easy to guess from your name or address; choose another.")


def hash_password(password: str, *, salt: bytes) -> str:
    """The text to keep for `password`. `salt`: 16 random bytes."""
    return _HASHER.hash(_normal(password), salt=salt)


def is_right_password(password: str, stored: str | None) -> bool:
    """Whether `password` is the one that `stored` was made of.

    None, an unknown account or one without a password, takes the same time and is never right.
    """
    try:
        _HASHER.verify(stored or _NOBODYS_HASH, _normal(password[: MAX_LENGTH + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _is_common(plain: str) -> bool:
    """Whether the password is on the list, also with a short ending such as "123!"."""
    stem = re.sub(r"[\d\W_]{1,4}$", "", plain)
    return (
        plain in common_passwords()
        or stem in common_passwords()
        or len(set(plain)) < MIN_LENGTH // 2
    )


def _is_little_more_than(word: str, plain: str) -> bool:
    parts = re.split(r"[^\w]+", word.casefold())
    return any(
        len(part) >= _OWN_WORD_MIN_LENGTH
        and part in plain
        and len(plain) - len(part) < MIN_LENGTH // 2 + 1
        for part in (*parts, word.casefold())
    )


@functools.cache
def common_passwords() -> frozenset[str]:
    """Lower-case passwords of eight characters and more that are found most often.

    Source: the frequency lists of zxcvbn, loaded only where somebody chooses a password.
    """
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - some megabytes of words

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)


def _normal(password: str) -> str:
    """One spelling of letters that keyboards write in several ways."""
    return unicodedata.normalize("NFKC", password)
