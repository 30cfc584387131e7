"""Mail domains at which anybody gets an address: they say nothing about a sender's company.

Pure and apart because it is a list that grows, not a rule that changes.
"""

SHARED_DOMAINS = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "ymail.com", "icloud.com", "me.com", "aol.com", "gmx.com", "gmx.de",
        "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "zoho.com",
        "mail.com", "fastmail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru",
        "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "ukr.net", "i.ua", "meta.ua",
        "bigmir.net", "wp.pl", "o2.pl", "onet.pl", "seznam.cz", "qq.com", "163.com",
    }
)  # fmt: skip


def belongs_to_everybody(domain: str) -> bool:
    """Whether `domain`, in lower case, hands out addresses to the public."""
    return domain in SHARED_DOMAINS
