"""A mail as bytes. Pure: whatever a sender or an operator typed, no header can be broken out of.

Each text that goes into a header is one line without control characters first, and is then
encoded. What was meant is what a reader's program shows.
"""

from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from app.gateways.mail import MailFile, OutgoingMail

SUBJECT_MAX = 250
NAME_MAX = 120
REFERENCES_MAX = 2_000
LOOP_HEADER = "X-Loop-Id"


class WholePhrases(EmailPolicy):
    """Encodes a subject or a name that is not plain ASCII from its first letter to its last.

    The standard library encodes word by word and, up to Python 3.12, loses or adds spaces where
    plain and encoded words meet at the end of a line: "[HB-1] Доступ …" arrived misspelled.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header's lines, ended."""
        if str(value).isascii():
            return super().fold_binary(name, value)
        addresses = getattr(value, "addresses", ())
        if addresses:
            named = (self._with_name(name, each) for each in addresses)
            return self._lines(name, ", ".join(named))
        if name == "Subject":
            return self._lines(name, self._coded(name, str(value)))
        return super().fold_binary(name, value)

    def _with_name(self, name: str, address: Address) -> str:
        return f"{self._coded(name, address.display_name)}{self.linesep} <{address.addr_spec}>"

    def _coded(self, name: str, phrase: str) -> str:
        return Header(phrase, "utf-8", header_name=name).encode(linesep=self.linesep)

    def _lines(self, name: str, coded: str) -> bytes:
        return f"{name}: {coded}{self.linesep}".encode("ascii")


POLICY = WholePhrases(linesep="\r\n", max_line_length=76, cte_type="7bit")


def build_mail(mail: OutgoingMail) -> bytes:
    """`mail` as RFC 5322 bytes with CRLF line ends. Raises ValueError for an impossible address."""
    message = EmailMessage(policy=POLICY)
    message["Message-ID"] = f"<{one_line(mail.message_ref)}>"
    message["Date"] = format_datetime(mail.written_at)
    message["From"] = _address(mail.sender_name, mail.sender)
    message["To"] = _address(mail.recipient_name, mail.recipient)
    message["Subject"] = one_line(mail.subject)[:SUBJECT_MAX]
    if mail.reply_to:
        message["Reply-To"] = _address(mail.sender_name, mail.reply_to)
    for name, value in mail.headers.items():
        message[name] = one_line(value)[:REFERENCES_MAX]
    if mail.is_automatic:
        message[LOOP_HEADER] = one_line(mail.loop_id)
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_body(mail.text))
    if mail.html is not None:
        message.add_alternative(_body(mail.html), subtype="html")
    for file in mail.files:
        _attach(message, file)
    return bytes(message)


def one_line(text: str) -> str:
    """`text` as a header may carry it: one line, nothing that cannot be printed or encoded."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(
        "".join(letter if letter.isprintable() else " " for letter in encodable).split()
    )


def ascii_address(address: str) -> str:
    """`address` with its domain as DNS spells it. Raises ValueError where that is impossible."""
    local, at, domain = one_line(address).rpartition("@")
    if not at or not local or not domain or not local.isascii():
        raise ValueError("an address needs a plain local part and a domain")
    return f"{local}@{domain.encode('idna').decode() if not domain.isascii() else domain}"


def _address(name: str, address: str) -> Address:
    try:
        return Address(one_line(name)[:NAME_MAX], addr_spec=ascii_address(address))
    except (MessageError, IndexError) as error:  # what the parser raises on what is none
        raise ValueError("this cannot be read as an address") from error


def _body(text: str) -> str:
    """Line ends and letters as every mail program reads them."""
    encodable = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    return "\n".join(encodable.splitlines()) + "\n"


def _attach(message: EmailMessage, file: MailFile) -> None:
    main, _slash, sub = file.type.partition("/")
    is_type = main.isascii() and main.isalnum() and bool(sub) and main != "multipart"
    if not is_type or main == "message":
        main, sub = "application", "octet-stream"
    message.add_attachment(
        file.content, maintype=main, subtype=one_line(sub), filename=one_line(file.name) or "file"
    )
