"""The job queue's own tables; the application may add a job, only the workers read them."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(SchemaManager.get_schema())
    op.execute("GRANT INSERT, SELECT (id) ON procrastinate_jobs TO app_user")
    op.execute("GRANT INSERT ON procrastinate_events TO app_user")
    sequences = "procrastinate_jobs_id_seq, procrastinate_events_id_seq"
    op.execute(f"GRANT USAGE ON SEQUENCE {sequences} TO app_user")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, "
        "procrastinate_workers, procrastinate_periodic_defers TO app_ops"
    )
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_ops")


def downgrade() -> None:
    op.execute(
        "DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, "
        "procrastinate_workers CASCADE"
    )
    op.execute(
        "DO $$ DECLARE item record; BEGIN "
        "FOR item IN SELECT oid::regprocedure AS name FROM pg_proc "
        "WHERE proname LIKE 'procrastinate%' LOOP "
        "EXECUTE 'DROP FUNCTION ' || item.name || ' CASCADE'; END LOOP; "
        "FOR item IN SELECT oid::regtype AS name FROM pg_type "
        "WHERE typname LIKE 'procrastinate%' AND typtype IN ('e', 'c') LOOP "
        "EXECUTE 'DROP TYPE ' || item.name || ' CASCADE'; END LOOP; END $$"
    )
