"""How a database is emptied between tests: every row but the shipped ones."""

import psycopg

KEPT = frozenset({"alembic_version", "plans", "plan_versions", "tax_rates", "sellers"})
EMPTY = """
DO $$ DECLARE item record; BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR item IN SELECT relname FROM pg_stat_user_tables WHERE relname <> ALL (ARRAY[{kept}]) LOOP
    EXECUTE format('DELETE FROM %I', item.relname);
  END LOOP;
  INSERT INTO tenants (id, slug, name, zone, language, state, created_at)
  VALUES (0, 'house', 'Provider', 'UTC', 'en', 'active', now());
END $$
"""


def empty(database_url: str) -> None:
    """Delete every row but the shipped ones, as the superuser."""
    kept = ", ".join(f"'{name}'" for name in KEPT)
    with psycopg.connect(
        database_url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True
    ) as connection:
        connection.execute(EMPTY.format(kept=kept))
