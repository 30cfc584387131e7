"""What happens on the demo's day: mails as they were written, and what the operators did."""

# ruff: noqa: RUF001 - Cyrillic letters are what these people write in

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.commands.demo.people import HARBOUR, MEADOW, DemoPartner
from app.tickets.lifecycle import TicketStatus


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to a partner. `minutes_ago`: when it arrives; `headers`: such as Auto-Submitted."""

    minutes_ago: int
    to: DemoPartner
    sender: str
    name: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    attachment: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An operator takes the ticket of the letter with this subject and answers it."""

    minutes_ago: int
    to: str  # the letter's subject
    operator: str
    text: str
    then: TicketStatus | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An operator keeps an internal note on the ticket of the letter with this subject."""

    minutes_ago: int
    to: str
    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The requester answers our newest letter on that ticket."""

    minutes_ago: int
    to: str
    text: str


DAY: tuple[Letter | Answer | Note | Reply, ...] = (
    Letter(
        470,
        HARBOUR,
        "olena.kovalenko@shipyard.example",
        "Olena Kovalenko",
        "VPS 4471 does not answer since the morning",
        "Good morning,\n\nour server 4471 does not answer to ping since about seven. The panel "
        "shows it as running. Could you have a look?\n\nOlena Kovalenko\nNorthern Shipyard",
    ),
    Answer(
        452,
        "VPS 4471 does not answer since the morning",
        "ada@provider.example",
        "Olena, you cannot reach server 4471 since seven in the morning.\n\nThe machine runs; its "
        "network card was down after the night's update. It is up again. Could you check from "
        "your side? Then we can be sure that nothing else holds it back.",
        TicketStatus.WAITING_FOR_REQUESTER,
    ),
    Reply(
        431,
        "VPS 4471 does not answer since the morning",
        "It answers again. Everything works, and the site is up.",
    ),
    Answer(
        425,
        "VPS 4471 does not answer since the morning",
        "ada@provider.example",
        "Olena, good to read that. I close the request now; if it happens again, answer this mail "
        "and we go on from here.",
        TicketStatus.RESOLVED,
    ),
    Letter(
        388,
        MEADOW,
        "ivan.petrenko@orchard.example",
        "Іван Петренко",
        "Рахунок 4471: двічі нараховано ПДВ",
        "Доброго дня!\n\nУ рахунку 4471 за жовтень ПДВ нараховано двічі. Прошу перевірити та "
        "надіслати виправлений рахунок.\n\nЗ повагою,\nІван Петренко",
        attachment=("рахунок-4471.txt", "Рахунок 4471 за жовтень\n".encode()),
    ),
    Note(
        371,
        "Рахунок 4471: двічі нараховано ПДВ",
        "olha@provider.example",
        "Ставку змінили в п'ятницю, у рахунку є обидва рядки.",
    ),
    Answer(
        365,
        "Рахунок 4471: двічі нараховано ПДВ",
        "olha@provider.example",
        "Іване, у рахунку 4471 ви бачите ПДВ двічі.\n\nПерший рядок зайвий. Виправлений рахунок "
        "готує бухгалтерія, ми надішлемо його вам у цьому листуванні.",
        TicketStatus.WITH_PARTNER,
    ),
    Letter(
        240,
        HARBOUR,
        "marta@quaybakery.example",
        "Marta Novak",
        "Access for a new colleague",
        "Hello,\n\nplease give Tomas Reed (tomas@quaybakery.example) access to our control "
        "panel, for invoices only.\n\nThank you\nMarta",
    ),
    Letter(
        180,
        HARBOUR,
        "olena.kovalenko@shipyard.example",
        "Olena Kovalenko",
        "Automatic reply: out of office until Monday",
        "I am out of the office until Monday.",
        headers=(("Auto-Submitted", "auto-replied"),),
    ),
    Letter(
        95,
        MEADOW,
        "taras.shevchuk@orchard.example",
        "Тарас Шевчук",
        "Чи безпечно оновити маршрутизатор сьогодні ввечері?",
        "Вітаю!\n\nПлануємо оновити прошивку маршрутизатора о 22:00. Чи не завадить це вашим "
        "роботам на лінії?\n\nТарас",
    ),
    Letter(
        42,
        HARBOUR,
        "jonas@newcomer.example",
        "Jonas Berg",
        "Mailbox is full, letters come back",
        "Hi,\n\nour shared mailbox info@newcomer.example is full since noon and letters to it "
        "come back. What can be deleted without harm?\n\nJonas",
    ),
    Letter(
        11,
        HARBOUR,
        "marta@quaybakery.example",
        "Marta Novak",
        "Card payments fail in the shop",
        "Hello,\n\ncustomers see an error after the card form, nobody can pay. It began at about "
        "ten minutes ago.\n\nMarta",
    ),
)


def mail_of(letter: Letter, *, at: object, message_id: str, answers: str = "") -> bytes:
    """The bytes of `letter` as its sender's program would send them."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{letter.name}" <{letter.sender}>'
    message["To"] = letter.to.mailbox
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)  # type: ignore[arg-type]
    message["Message-ID"] = f"<{message_id}>"
    if answers:
        message["In-Reply-To"] = f"<{answers}>"
        message["References"] = f"<{answers}>"
    for name, value in letter.headers:
        message[name] = value
    message.set_content(letter.text)
    if letter.attachment:
        name, content = letter.attachment
        message.add_attachment(content, maintype="text", subtype="plain", filename=name)
    return bytes(message)
