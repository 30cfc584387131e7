from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.matching import (
    Candidate,
    Decision,
    FoundBy,
    MailAction,
    MailFacts,
    Reason,
    Sender,
    Standing,
    decide,
)

CANDIDATES = st.builds(
    Candidate,
    ticket_id=st.integers(1, 9),
    found_by=st.sampled_from(FoundBy),
    sender=st.sampled_from(Sender),
    standing=st.sampled_from(Standing),
    token_is_for_sender=st.booleans(),
    last_outgoing_was_internal=st.booleans(),
    may_reopen=st.booleans(),
)
FACTS = st.builds(
    MailFacts,
    **{
        name: st.booleans()
        for name in (
            "is_own_loop",
            "is_from_own_mailbox",
            "is_bounce",
            "is_automatic",
            "is_sender_ambiguous",
            "is_thanks_only",
            "accepts_unknown_senders",
        )
    },
    sender=st.sampled_from(Sender),
    candidates=st.lists(CANDIDATES, max_size=3).map(tuple),
)


def test_a_new_request_opens_a_ticket_that_is_answered():
    assert decide(MailFacts()) == Decision(
        MailAction.OPENED,
        Reason.NEW_REQUEST,
        changes_state=True,
        may_be_answered=True,
        shows_attachments=True,
    )


def test_a_reply_joins_its_ticket():
    decision = decide(answering())

    assert (decision.action, decision.ticket_id) == (MailAction.APPENDED, 7)
    assert decision.changes_state
    assert not decision.reopens


@pytest.mark.parametrize(
    ("standing", "may_reopen", "action", "reason"),
    [
        (Standing.RESOLVED, True, MailAction.APPENDED, Reason.REOPENED),
        (Standing.CLOSED_IN_WINDOW, True, MailAction.APPENDED, Reason.REOPENED),
        (Standing.RESOLVED, False, MailAction.APPENDED, Reason.REOPENING_LIMITED),
        (Standing.CLOSED_LATER, True, MailAction.OPENED, Reason.FOLLOW_UP),
    ],
    ids=str,
)
def test_a_reply_to_an_ended_ticket_reopens_it_within_its_window(
    standing, may_reopen, action, reason
):
    decision = decide(answering(standing=standing, may_reopen=may_reopen))

    assert (decision.action, decision.reason) == (action, reason)
    assert decision.reopens is (reason is Reason.REOPENED)


def test_thanks_do_not_reopen():
    decision = decide(answering(is_thanks_only=True, standing=Standing.RESOLVED, may_reopen=True))

    assert (decision.action, decision.reopens) == (MailAction.APPENDED, False)
    assert not decision.changes_state


def test_an_answer_to_an_internal_entry_is_internal():
    assert decide(answering(last_outgoing_was_internal=True)).is_internal


def test_a_token_in_other_hands_counts_as_an_unknown_sender():
    decision = decide(answering(token_is_for_sender=False))

    assert (decision.action, decision.reason) == (MailAction.HELD, Reason.UNKNOWN_SENDER)


def test_somebody_else_the_tenant_knows_gets_a_linked_ticket():
    decision = decide(answering(sender=Sender.KNOWN, of_tenant=Sender.KNOWN))

    assert (decision.action, decision.ticket_id) == (MailAction.OPENED, None)
    assert decision.linked_ticket_id == 7
    assert not decision.shows_attachments


def test_the_strongest_clue_counts():
    weak = Candidate(1, FoundBy.SUBJECT_NUMBER, Sender.REQUESTER, Standing.OPEN)
    strong = Candidate(2, FoundBy.MESSAGE_ID, Sender.REQUESTER, Standing.OPEN)

    assert decide(MailFacts(candidates=(weak, strong))).ticket_id == 2


@pytest.mark.parametrize(("is_loop", "is_bounce"), list(product([True, False], repeat=2)))
def test_our_own_mail_is_dropped_before_anything_else(is_loop, is_bounce):
    facts = MailFacts(is_own_loop=is_loop, is_from_own_mailbox=True, is_bounce=is_bounce)

    assert decide(facts).action is MailAction.IGNORED


@given(facts=FACTS)
def test_whatever_the_facts_the_promises_hold(facts):
    decision = decide(facts)

    is_machine = facts.is_bounce or facts.is_automatic
    assert not (is_machine and (decision.may_be_answered or decision.changes_state))
    assert not (is_machine and decision.action is MailAction.OPENED)
    assert not (facts.is_sender_ambiguous and decision.reopens)
    if decision.action is MailAction.APPENDED:
        assert not facts.is_sender_ambiguous
        assert facts.candidate.token_is_for_sender
        assert facts.candidate.sender not in {Sender.KNOWN, Sender.UNKNOWN}
    if decision.reopens:
        assert facts.candidate.may_reopen
    if decision.action is MailAction.HELD:
        assert not decision.shows_attachments
        assert not decision.changes_state


def answering(
    *, is_thanks_only: bool = False, of_tenant: Sender = Sender.REQUESTER, **about: object
) -> MailFacts:
    """A mail that answers ticket 7."""
    values = {
        "ticket_id": 7,
        "found_by": FoundBy.REPLY_TOKEN,
        "sender": Sender.REQUESTER,
        "standing": Standing.OPEN,
    }
    candidate = Candidate(**(values | about))
    return MailFacts(is_thanks_only=is_thanks_only, sender=of_tenant, candidates=(candidate,))
