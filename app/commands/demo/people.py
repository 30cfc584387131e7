"""Who is in the demo: two partners, the provider's people and theirs, and clients who write."""

# ruff: noqa: RUF001 - Cyrillic letters are what these people are called in

from dataclasses import dataclass

from tenants.access.roles import UserRole


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A partner with one brand. `texts`: language to greeting."""

    slug: str
    name: str
    names: dict[str, str]
    prefix: str
    zone: str
    language: str
    colour: str
    telephone: str
    plan: str
    clients: dict[str, str]  # name to mail domain

    @property
    def host(self) -> str:
        """Where its pages are in development."""
        return f"{self.slug}.localhost"

    @property
    def mailbox(self) -> str:
        """Where its clients write."""
        return f"support@{self.slug}.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who signs in. `partner`: None for the provider's people; `language` of pages."""

    email: str
    name: str
    role: UserRole
    partner: str | None = None
    language: str = "en"


HARBOUR = DemoPartner(
    slug="harbour",
    name="Harbour Hosting",
    names={"ru": "Харбор Хостинг", "uk": "Гарбор Хостинг"},
    prefix="HB",
    zone="Europe/Kyiv",
    language="en",
    colour="#1f6feb",
    telephone="+380445550101",
    plan="optimum",
    clients={"Northern Shipyard": "shipyard.example", "Bakery on the Quay": "quaybakery.example"},
)
MEADOW = DemoPartner(
    slug="meadow",
    name="Meadow Telecom",
    names={"ru": "Медоу Телеком", "uk": "Медоу Телеком"},
    prefix="MD",
    zone="Europe/Kyiv",
    language="uk",
    colour="#146c37",
    telephone="+380445550202",
    plan="start",
    clients={"Orchard LLC": "orchard.example"},
)
PARTNERS = (HARBOUR, MEADOW)

PEOPLE = (
    DemoPerson("ada@provider.example", "Ada Byron", UserRole.OPERATOR),
    DemoPerson("olha@provider.example", "Ольга Мельник", UserRole.OPERATOR, language="uk"),
    DemoPerson("sue@provider.example", "Sue Ellis", UserRole.SUPERVISOR),
    DemoPerson("pat@provider.example", "Pat Novak", UserRole.PROVIDER_ADMINISTRATOR),
    DemoPerson("kim@provider.example", "Kim Larsen", UserRole.BILLING_CLERK),
    DemoPerson("hana@harbour.example", "Hana Weiss", UserRole.TENANT_ADMINISTRATOR, "harbour"),
    DemoPerson("ben@harbour.example", "Ben Carter", UserRole.ENGINEER, "harbour"),
    DemoPerson("vera@harbour.example", "Vera Lind", UserRole.VIEWER, "harbour"),
    DemoPerson(
        "maria@meadow.example", "Марія Коваль", UserRole.TENANT_ADMINISTRATOR, "meadow", "uk"
    ),
    DemoPerson("cleo@meadow.example", "Cleo Marsh", UserRole.ENGINEER, "meadow"),
)
OPERATORS = frozenset({UserRole.OPERATOR, UserRole.SUPERVISOR})
WITH_SECOND_FACTOR = UserRole.SUPERVISOR
