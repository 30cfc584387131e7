"""Changes to people, their sign-ins and the audit trail: one module per topic, called from here."""

from tenants.access.actions.assignments import assign_operator, end_assignment
from tenants.access.actions.audit import record_audit
from tenants.access.actions.invitations import accept_invitation, invite
from tenants.access.actions.people import (
    NewUser,
    add_user,
    change_role,
    change_settings,
    change_state,
    set_password,
)
from tenants.access.actions.resealing import reseal_second_factors
from tenants.access.actions.second_factor import (
    begin_totp,
    confirm_totp,
    remove_totp,
    take_recovery_code,
    take_totp,
)
from tenants.access.actions.sessions import (
    Browser,
    complete_session,
    end_all_sessions,
    end_session,
    forget_old_sign_ins,
    start_session,
    touch_session,
)
from tenants.access.actions.throttles import lift_throttle, throttle

__all__ = [
    "Browser",
    "NewUser",
    "accept_invitation",
    "add_user",
    "assign_operator",
    "begin_totp",
    "change_role",
    "change_settings",
    "change_state",
    "complete_session",
    "confirm_totp",
    "end_all_sessions",
    "end_assignment",
    "end_session",
    "forget_old_sign_ins",
    "invite",
    "lift_throttle",
    "record_audit",
    "remove_totp",
    "reseal_second_factors",
    "set_password",
    "start_session",
    "take_recovery_code",
    "take_totp",
    "throttle",
    "touch_session",
]
