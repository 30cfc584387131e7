"""How outside names are written down, so that one name has one spelling.

Pure and apart from the directory's rows: forms check a name before anything is claimed.
"""

import enum
import re

from tenants.errors import Refused


class NameKind(enum.Enum):
    """What kind of outside name a directory row holds."""

    SLUG = "slug"  # commands and addresses of pages
    HOST = "host"  # portal host name, lower case
    MAILBOX = "mailbox"  # envelope recipient, lower case
    PREFIX = "prefix"  # ticket prefix of a brand, upper case


_SLUG = re.compile("[a-z][a-z0-9-]{1,39}")
_PREFIX = re.compile("[A-Z][A-Z0-9]{1,7}")
_HOST = re.compile(
    "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_LOCAL_PART = re.compile("[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")

# Pages, commands and other systems use these words themselves.
RESERVED_SLUGS = frozenset({"house", "provider", "all", "none", "admin", "office", "desk", "api"})


def spelled(kind: NameKind, name: str) -> str:
    """`name` as the directory keeps it. Raises Refused for one that cannot be of this kind."""
    return _SPELLING[kind](name.strip())


def _slug(name: str) -> str:
    slug = name.lower()
    if not _SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise Refused(
            "“{name}” cannot be a short name: use 2 to 40 letters, digits and hyphens, "
            "a letter first.",
            name=name,
        )
    return slug


def _prefix(name: str) -> str:
    prefix = name.upper()
    if not _PREFIX.fullmatch(prefix):
        raise Refused(
            "“{name}” cannot be a ticket prefix: use 2 to 8 letters or digits.", name=name
        )
    return prefix


def _host(name: str) -> str:
    host = _ascii_domain(name).rstrip(".")
    if not _HOST.fullmatch(host):
        raise Refused("“{name}” is no host name: write it as help.example.com.", name=name)
    return host


def _mailbox(name: str) -> str:
    local, at, domain = name.lower().rpartition("@")
    host = _ascii_domain(domain)
    if not at or not _LOCAL_PART.fullmatch(local) or not _HOST.fullmatch(host):
        raise Refused("“{name}” is no mail address: write it as support@example.com.", name=name)
    return f"{local}@{host}"


def _ascii_domain(name: str) -> str:
    import idna  # noqa: PLC0415 - large tables, needed for names outside ASCII only

    lower = name.lower()
    if lower.isascii():
        return lower
    try:
        return idna.encode(lower, uts46=True).decode()
    except idna.IDNAError:
        return ""


_SPELLING = {
    NameKind.SLUG: _slug,
    NameKind.HOST: _host,
    NameKind.MAILBOX: _mailbox,
    NameKind.PREFIX: _prefix,
}
