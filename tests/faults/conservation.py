"""What must hold when all is quiet again: nothing lost, nothing twice, nothing left lying.

Reads tables and the relay's memory only; each finding is a sentence, and none is the good answer.
"""

from collections import Counter
from collections.abc import Iterable
from subprocess import CalledProcessError

from tests.faults.relay import Relay
from tests.faults.running_desk import RunningDesk
from tests.faults.sender import Sender, envelope_sender

WAITING_MAILS = "SELECT count(*) FROM raw_mails WHERE state IN ('received', 'released')"
WAITING_LETTERS = "SELECT count(*) FROM outbound_messages WHERE status IN ('pending', 'sending')"
OPEN_JOBS = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE task_name IN ('take_mail', 'deliver_outbox') AND status IN ('todo', 'doing')
"""
RAW_MAILS = "SELECT envelope_sender, state, ticket_id, entry_id, cause FROM raw_mails"
OPENED = "SELECT id FROM tickets"
LETTERS = """
    SELECT ticket_id, message_ref, status, last_error FROM outbound_messages
    WHERE purpose = 'acknowledgement'
"""
ENTRIES = "SELECT id FROM entries WHERE author_kind = 'requester'"
USAGE = "SELECT ref_id, sum(quantity) FROM usage_entries GROUP BY ref_id"
OLD_JOBS = """
    SELECT task_name, status::text, attempts FROM procrastinate_jobs
    WHERE status = 'failed' OR status = 'doing' AND worker_id IS NULL
       OR status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '3 minutes'
"""


def is_quiet(desk: RunningDesk) -> bool:
    """Whether no mail waits to be taken, and no letter or job waits to leave."""
    questions = (WAITING_MAILS, WAITING_LETTERS, OPEN_JOBS)
    return all(desk.ask(question)[0][0] == 0 for question in questions)


def findings(desk: RunningDesk, relay: Relay, sender: Sender) -> list[str]:
    """Every loss, duplicate and leftover."""
    raw_mails = desk.ask(RAW_MAILS)
    tickets = [row[0] for row in desk.ask(OPENED)]
    return [
        *sender.refused,
        *_kept_once(raw_mails, sender.accepted),
        *_taken_once(raw_mails, tickets, [row[0] for row in desk.ask(ENTRIES)]),
        *_answered(desk.ask(LETTERS), tickets, relay.copies()),
        *_billed(desk.ask(USAGE), tickets),
        *(f"job left: {row}" for row in desk.ask(OLD_JOBS)),
        *_audit(desk),
    ]


def _kept_once(raw_mails: list[tuple], accepted: set[int]) -> Iterable[str]:
    kept = Counter(row[0] for row in raw_mails)
    for number in sorted(accepted):
        if kept[envelope_sender(number)] != 1:
            yield f"mail {number} got its 250 and is kept {kept[envelope_sender(number)]} times"
    if strangers := set(kept) - {envelope_sender(number) for number in accepted}:
        yield f"kept without an answer of 250, and never asked again: {strangers}"


def _taken_once(raw_mails: list[tuple], tickets: list[int], entries: list[int]) -> Iterable[str]:
    opened = Counter(ticket for _, state, ticket, *_ in raw_mails if state == "opened")
    written = Counter(entry for *_, entry, _cause in raw_mails if entry is not None)
    for name, state, _, entry, cause in raw_mails:
        if state not in {"opened", "appended", "held"}:
            yield f"{name} ended as {state} ({cause})"
        if (cause or "").startswith("unreadable"):
            yield f"{name} is a good mail and was not read: {cause}"
        if state != "held" and entry is None:
            yield f"{name} has no entry"
    if opened != Counter(tickets):
        yield f"mails opened {opened.total()} tickets, there are {len(tickets)}"
    if written != Counter(entries):
        yield f"mails wrote {written.total()} entries, there are {len(entries)}"


def _answered(letters: list[tuple], tickets: list[int], copies: Counter[str]) -> Iterable[str]:
    if Counter(letter[0] for letter in letters) != Counter(tickets):
        yield f"{len(letters)} acknowledgements were written for {len(tickets)} tickets"
    for ticket, message_ref, status, error in letters:
        if not 1 <= copies[message_ref] <= 2:
            times = f"{copies[message_ref]} times ({status}: {error})"
            yield f"ticket {ticket} was acknowledged {times}"
    if strangers := set(copies) - {letter[1] for letter in letters}:
        yield f"the relay has mails that we do not know: {strangers}"


def _billed(usage: list[tuple], tickets: list[int]) -> Iterable[str]:
    if {int(ref): int(quantity) for ref, quantity in usage} != dict.fromkeys(tickets, 1):
        yield f"{len(usage)} usage entries for {len(tickets)} tickets"


def _audit(desk: RunningDesk) -> Iterable[str]:
    try:
        desk.run("verify-audit")
    except CalledProcessError as error:
        yield f"the audit trail is broken: {error.stdout}"
