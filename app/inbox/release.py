"""What a held mail becomes once a person let it in.

Apart from the rules of matching, which never trust; here somebody of ours has looked.
"""

from app.inbox.matching import Decision, MailAction


def released(decision: Decision) -> Decision:
    """The decision on a mail that a person released: never held again, never answered by itself.

    It opens a ticket of its own, linked to the one it pointed to: who writes was not proved.
    """
    if decision.action is not MailAction.HELD:
        return decision
    return Decision(
        MailAction.OPENED,
        decision.reason,
        linked_ticket_id=decision.linked_ticket_id,
        changes_state=True,
        shows_attachments=True,
    )
