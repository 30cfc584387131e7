"""People, roles, permissions, sign-in sessions and the audit trail."""
