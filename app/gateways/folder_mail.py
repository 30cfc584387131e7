"""Mail written to a folder, where no relay is set. Each file opens in a mail program."""

import hashlib
import secrets
from pathlib import Path

from app.gateways.mail import OutgoingMail, SigningKey
from app.gateways.mail_building import build_mail
from app.gateways.signing import signed
from tenants.errors import GatewayError


class FolderMail:
    """`folder`: where the files go; made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: OutgoingMail, key: SigningKey | None) -> None:
        """Write `mail`; the same message again replaces its file, as one mail."""
        try:
            raw = build_mail(mail)
        except ValueError as error:
            raise GatewayError(str(error), permanent=True) from error
        content = signed(raw, key) if key else raw
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / file_name(mail)
            fresh = path.with_name(f".{secrets.token_hex(4)}.part")
            fresh.touch(mode=0o600, exist_ok=False)  # links in it open pages of requesters
            fresh.write_bytes(content)
            fresh.replace(path)
        except OSError as error:
            raise GatewayError(f"the outbox folder: {error.strerror}", permanent=False) from error


def file_name(mail: OutgoingMail) -> str:
    """A name that sorts by time and is the same for the same message."""
    written = mail.written_at.strftime("%Y%m%dT%H%M%S")
    return f"{written}-{hashlib.sha256(mail.message_ref.encode()).hexdigest()[:12]}.eml"
