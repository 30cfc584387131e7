"""A small IMAP server on the loopback: one folder, as much of RFC 9051 as a poller needs."""

import re
import socketserver
import threading
from dataclasses import dataclass, field

_UIDS = re.compile(r"\d+")


@dataclass
class Folder:
    """What the server holds. `drops_at`: a number whose FETCH cuts the connection, once."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    validity: int = 1
    password: str = "correct"
    drops_at: int | None = None
    largest_fetch: int = 0

    def put(self, *contents: bytes) -> None:
        for content in contents:
            self.mails[max(self.mails, default=0) + 1] = content

    def renumber(self) -> None:
        """What a restored server does: other numbers, another validity."""
        first = max(self.mails, default=0) + 1
        was = list(self.mails.items())
        self.mails = {first + place: content for place, (_, content) in enumerate(was)}
        self.seen = {first + place for place, (number, _) in enumerate(was) if number in self.seen}
        self.validity += 1


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            if not self.answer(tag, rest):
                return

    def answer(self, tag: str, rest: str) -> bool:
        folder: Folder = self.server.folder
        words = rest.upper().split()
        command = words[1] if words[0] == "UID" else words[0]
        if command == "CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1")
        if command == "LOGIN" and folder.password not in rest:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] no".encode())
            return True
        if command == "SELECT":
            self.say(f"* {len(folder.mails)} EXISTS".encode())
            self.say(f"* OK [UIDVALIDITY {folder.validity}] valid".encode())
        if command == "SEARCH":
            new = [str(number) for number in folder.mails if number not in folder.seen]
            self.say(f"* SEARCH {' '.join(new)}".encode())
        if command == "FETCH" and not self.fetch(folder, rest):
            return False
        if command == "STORE":
            folder.seen.add(int(words[2]))
        self.say(f"{tag} OK done".encode())
        return command != "LOGOUT"

    def fetch(self, folder: Folder, rest: str) -> bool:
        numbers = [int(each) for each in _UIDS.findall(rest.split()[2])]
        folder.largest_fetch = max(folder.largest_fetch, len(numbers))
        for number in numbers:
            if folder.drops_at == number:
                folder.drops_at = None
                return False
            content = folder.mails.get(number)
            if content is not None:
                head = f"* {number} FETCH (UID {number} BODY[]<0> {{{len(content)}}}\r\n"
                self.wfile.write(head.encode() + content + b")\r\n")
        return True

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class ImapServer(socketserver.ThreadingTCPServer):
    """Serves `folder` until closed."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Folder) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.folder = folder
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]
