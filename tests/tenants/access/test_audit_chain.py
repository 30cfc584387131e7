"""P13: every single-row change, deletion or swap in the audit trail is found."""

# ruff: noqa: S608 - the statements are those of a superuser who tampers

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.access.actions import record_audit
from tenants.access.audit import check_facts, link_facts, link_hash
from tenants.access.queries import audit_head, audit_trail, audited_tenants, verify_audit
from tests.cast import MONDAY

COLUMNS = {
    "id": "id + 100",
    "sequence": "sequence + 100",
    "at": "at + interval '1 microsecond'",
    "actor": "actor || 'x'",
    "action": "action || 'x'",
    "target": "'user:0'",
    "details": "jsonb_build_object('added', 1)",
    "previous_hash": "sha256(previous_hash)",
    "hash": "sha256(hash)",
}
ROWS = 6


def test_an_untouched_chain_is_sound(chain):
    assert chain.first_bad_row() is None


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("sequence", [1, 3, ROWS])
def test_a_changed_row_is_found(chain, column, sequence):
    chain.tamper(
        f"UPDATE audit_records SET {column} = {COLUMNS[column]} "
        f"WHERE tenant_id = {chain.tenant_id} AND sequence = {sequence}"
    )

    assert chain.first_bad_row().sequence == sequence


@pytest.mark.parametrize("sequence", range(1, ROWS + 1))
def test_a_deleted_row_is_found(chain, sequence):
    chain.tamper(
        f"DELETE FROM audit_records WHERE tenant_id = {chain.tenant_id} AND sequence = {sequence}"
    )

    assert chain.first_bad_row().sequence == sequence


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(1, ROWS + 1), 2)))
@pytest.mark.parametrize("with_hashes", [True, False])
def test_two_swapped_rows_are_found(chain, one, other, with_hashes):
    columns = ["at", "actor", "action", "target", "details"]
    columns += ["hash", "previous_hash"] if with_hashes else []
    sets = ", ".join(f"{name} = other.{name}" for name in columns)
    chain.tamper(
        f"UPDATE audit_records AS one SET {sets} FROM audit_records AS other "
        f"WHERE one.tenant_id = {chain.tenant_id} AND other.tenant_id = one.tenant_id "
        f"AND (one.sequence, other.sequence) IN (({one}, {other}), ({other}, {one}))"
    )

    assert chain.first_bad_row().sequence == one


def test_a_row_moved_to_another_tenant_is_found_in_both(chain, meadow):
    chain.tamper(
        f"UPDATE audit_records SET tenant_id = {meadow.tenant_id}, sequence = 900, id = 900 "
        f"WHERE tenant_id = {chain.tenant_id} AND sequence = 2"
    )

    assert chain.first_bad_row().sequence == 2
    with chain.harbour.database.across_tenants() as session:
        assert verify_audit(session, meadow.tenant_id) is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_heads SET sequence = sequence - 1 WHERE tenant_id = {tenant}",
        "UPDATE audit_heads SET hash = sha256(hash) WHERE tenant_id = {tenant}",
        "DELETE FROM audit_heads WHERE tenant_id = {tenant}",
        (
            "INSERT INTO audit_records SELECT tenant_id, id + 1, sequence + 1, at, actor, action, "
            "target, details, hash, sha256(hash) FROM audit_records "
            "WHERE tenant_id = {tenant} ORDER BY sequence DESC LIMIT 1"
        ),
    ],
)
def test_a_changed_head_or_an_added_row_is_found(chain, statement):
    chain.tamper(statement.format(tenant=chain.tenant_id))

    assert chain.first_bad_row() is not None


def test_writers_at_the_same_time_make_one_chain(harbour):
    def write(number):
        with harbour.transaction() as session:
            record_audit(session, actor=f"user:{number}", action="try", target="door", now=MONDAY)

    with harbour.transaction() as session:
        before = audit_head(session, harbour.tenant_id).sequence
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(40)))

    with harbour.transaction() as session:
        assert verify_audit(session, harbour.tenant_id) is None
        assert audit_head(session, harbour.tenant_id).sequence == before + 40


def test_a_record_that_was_rolled_back_leaves_no_gap(harbour):
    with harbour.transaction() as session:
        record_audit(session, actor="user:1", action="try", target="door", now=MONDAY)
        session.rollback()

    with harbour.transaction() as session:
        record_audit(session, actor="user:1", action="try", target="door", now=MONDAY)
        assert verify_audit(session, harbour.tenant_id) is None


def test_a_page_of_the_trail_begins_with_the_newest(chain):
    with chain.harbour.transaction() as session:
        newest = audit_trail(session, before=None, limit=2)
        older = audit_trail(session, before=newest[-1].sequence, limit=100)

    assert [link.sequence for link in (*newest, *older)] == list(range(ROWS, 0, -1))


def test_every_tenant_with_a_chain_is_verified(chain, meadow):
    with meadow.transaction() as session:
        record_audit(session, actor="user:1", action="try", target="door", now=MONDAY)

    with chain.harbour.database.across_tenants() as session:
        assert {chain.tenant_id, meadow.tenant_id} <= set(audited_tenants(session))


json_facts = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_facts, json_facts)
def test_other_details_have_another_hash_and_the_same_ones_the_same(one, other):
    def digest(details):
        facts = link_facts(1, actor="a", action="b", target="c", details={"x": details})
        return link_hash(bytes(32), sequence=1, at=MONDAY, facts=facts)

    stored = json.loads(json.dumps(one))
    assert digest(one) == digest(stored)
    assert (digest(one) == digest(other)) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


@pytest.mark.parametrize("facts", [1.5, "a\0b", "\ud800", {"at": MONDAY}, {1: "x"}, [b"x"]])
def test_what_would_not_come_back_as_it_went_in_is_not_recorded(facts):
    with pytest.raises(ValueError, match="audit record"):
        check_facts(facts)


class Chain:
    """Six records of Harbour, and a superuser who tampers with them."""

    def __init__(self, harbour, database_url):
        self.harbour, self.tenant_id = harbour, harbour.tenant_id
        self._url = database_url.replace("+psycopg", "")

    def tamper(self, statement):
        with psycopg.connect(self._url) as connection:
            assert connection.execute(statement).rowcount >= 1

    def first_bad_row(self):
        with self.harbour.transaction() as session:
            return verify_audit(session, self.tenant_id)


@pytest.fixture
def chain(harbour, database_url):
    chain = Chain(harbour, database_url)
    with harbour.transaction() as session:
        written = audit_head(session, harbour.tenant_id).sequence
        for number in range(written, ROWS):
            record_audit(
                session,
                actor=f"user:{number}",
                action="open_door",
                target=f"door:{number}",
                now=MONDAY + timedelta(minutes=number),
                details={"number": number, "words": ["ключ", "key"]},
            )
    return chain
