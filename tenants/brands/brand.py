"""A brand: what it is called, what it says to whom, and what fills the gaps in its words.

Pure: the row became a value; texts are chosen and filled in without another look at the database.
Texts of a tenant are no templates: known placeholders are replaced, once, and nothing else happens.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tenants.brands.neutral_texts import NEUTRAL_TEXTS
from tenants.directory.languages import FALLBACK_LANGUAGE
from tenants.errors import Refused

PLACEHOLDERS = ("operator", "requester", "brand", "ticket", "task", "promise")
_PLACEHOLDER = re.compile(r"(?P<before>,? ?)\{(?P<name>" + "|".join(PLACEHOLDERS) + r")\}")
_ANY_BRACES = re.compile(r"\{([^{}]*)\}")


class Tone(enum.Enum):
    """How a text addresses people."""

    NEUTRAL = "neutral"
    PERSONAL = "personal"


class TextKind(enum.Enum):
    """What a brand text is for."""

    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"
    CLARIFYING = "clarifying"
    SIGNATURE = "signature"


class TextChannel(enum.Enum):
    """Where a brand text is said or written; ANY is the fallback for every channel."""

    ANY = "any"
    MAIL = "mail"
    WEB = "web"
    TELEPHONE = "telephone"
    SMS = "sms"


class Hours(enum.Enum):
    """When a brand text applies."""

    ALWAYS = "always"
    IN_HOURS = "in_hours"
    OUT_OF_HOURS = "out_of_hours"


@dataclass(frozen=True, slots=True)
class BrandText:
    """One text of a brand, and where it is said."""

    kind: TextKind
    channel: TextChannel
    language: str
    hours: Hours
    tone: Tone
    body: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A face of a tenant. `names`: language to name; `colour`: "#rrggbb"; `prefix`: of tickets."""

    id: int
    tenant_id: int
    slug: str
    name: str
    names: Mapping[str, str]
    colour: str
    tone: Tone
    language: str
    prefix: str
    portal_host: str | None
    telephone: str | None
    sender_address: str
    pronunciation: str | None
    texts: tuple[BrandText, ...] = ()

    def name_in(self, language: str) -> str:
        """What the brand is called in `language`."""
        return self.names.get(language) or self.name


@dataclass(frozen=True, slots=True)
class Occasion:
    """For which words are sought. `is_open`: whether it is within the service hours."""

    kind: TextKind
    channel: TextChannel
    language: str
    is_open: bool

    @property
    def hours(self) -> Hours:
        """The hour of the day as texts name it."""
        return Hours.IN_HOURS if self.is_open else Hours.OUT_OF_HOURS


def text_for(brand: Brand, occasion: Occasion) -> str:
    """The words for `occasion`, placeholders unfilled: the brand's own, or the neutral ones.

    The reader's language goes before the brand's wording: what one understands is better.
    """
    for language in (occasion.language, brand.language, FALLBACK_LANGUAGE):
        words = _own_text(brand, occasion, language) or neutral_text(occasion, language)
        if words:
            return words
    return ""


def neutral_text(occasion: Occasion, language: str) -> str | None:
    """The shipped words for `occasion`; None in a language that none are shipped in."""
    texts = NEUTRAL_TEXTS.get(language, {})
    kind = occasion.kind.value
    return texts.get((kind, occasion.hours.value)) or texts.get((kind, Hours.ALWAYS.value))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced by `values`.

    What is not known leaves no gap: "Hello, {requester}." becomes "Hello." Values are not looked
    through for placeholders, and unknown ones stay as they are written.
    """

    def replacement(found: re.Match[str]) -> str:
        value = values.get(found["name"], "").strip()
        return found["before"] + value if value else ""

    return _PLACEHOLDER.sub(replacement, text).lstrip(", ")


def check_text(text: str) -> None:
    """Raise Refused for a text that is empty or names a placeholder that does not exist."""
    if not text.strip():
        raise Refused("A text needs words.")
    unknown = [name for name in _ANY_BRACES.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(map(_braced, PLACEHOLDERS))
        raise Refused(
            "“{name}” is no placeholder; these are: {known}.", name=_braced(unknown[0]), known=known
        )


def _braced(name: str) -> str:
    return f"{{{name}}}"


def _own_text(brand: Brand, occasion: Occasion, language: str) -> str | None:
    """The most fitting of the brand's texts in one language: by channel, then hour, then tone."""
    fitting = [text for text in brand.texts if _fits(text, brand, occasion, language)]
    best = min(
        fitting,
        key=lambda text: (
            text.channel is TextChannel.ANY,
            text.hours is Hours.ALWAYS,
            text.tone is not brand.tone,
        ),
        default=None,
    )
    return best.body if best else None


def _fits(text: BrandText, brand: Brand, occasion: Occasion, language: str) -> bool:
    return (
        text.kind is occasion.kind
        and text.language == language
        and text.channel in (occasion.channel, TextChannel.ANY)
        and text.hours in (occasion.hours, Hours.ALWAYS)
        and text.tone in (brand.tone, Tone.NEUTRAL)
    )
