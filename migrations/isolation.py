"""What every migration says about a table: whose rows they are and who may do what with them.

Apart from the models, so that an old migration still means tomorrow what it meant when it ran.
"""

from collections.abc import Iterable

from alembic import op

TENANT = "nullif(current_setting('app.tenant_id', true), '')::bigint"
# A hashed list, read once per statement: as a bare array of 200 tenants it would be parsed for
# every row, and offered to each index lookup of a name as 200 more keys to try.
TENANTS = (
    "IN (SELECT unnest(string_to_array("
    "nullif(current_setting('app.tenant_ids', true), ''), ',')::bigint[]))"
)
ADDED_ONLY = "SELECT, INSERT"
CHANGED = "SELECT, INSERT, UPDATE"
REPLACED = "SELECT, INSERT, UPDATE, DELETE"


def updates(*columns: str) -> str:
    """Rows are added, and only `columns` of them ever change."""
    return f"SELECT, INSERT, UPDATE ({', '.join(columns)})"


def protect(table: str, grants: str, *, key: str = "tenant_id") -> None:
    """Rows of `table` are seen and written by their own tenant only, the owner included."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY of_tenant ON {table} TO app_user USING ({key} = {TENANT}) "
        f"WITH CHECK ({key} = {TENANT})"
    )
    op.execute(f"GRANT {grants} ON {table} TO app_user")
    op.execute(f"GRANT SELECT ON {table} TO app_ops")


def show_to_desk(tables: Iterable[str], *, key: str = "tenant_id") -> None:
    """The queue reads `tables` over the tenants an operator is assigned to."""
    for table in tables:
        op.execute(
            f"CREATE POLICY of_assigned_tenants ON {table} FOR SELECT TO app_desk "
            f"USING ({key} {TENANTS})"
        )
        op.execute(f"GRANT SELECT ON {table} TO app_desk")


def share(table: str, grants: str) -> None:
    """`table` belongs to no tenant: a directory, a counter, a list of the provider."""
    op.execute(f"GRANT {grants} ON {table} TO app_user")
    op.execute(f"GRANT SELECT ON {table} TO app_ops")


def claim_by_owner(table: str) -> None:
    """Everybody may look a name of `table` up; only its owner may add, change or drop it."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY looked_up ON {table} FOR SELECT TO app_user USING (true)")
    for verb, clause in (
        ("INSERT", f"WITH CHECK (owner_id = {TENANT})"),
        ("UPDATE", f"USING (owner_id = {TENANT}) WITH CHECK (owner_id = {TENANT})"),
        ("DELETE", f"USING (owner_id = {TENANT})"),
    ):
        op.execute(
            f"CREATE POLICY by_owner_{verb.lower()} ON {table} FOR {verb} TO app_user {clause}"
        )
    op.execute(f"GRANT {REPLACED} ON {table} TO app_user")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO app_ops")
