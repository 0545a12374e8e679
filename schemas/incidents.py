"""What somebody has to look at: opened when it was first found, closed when it was over."""

from __future__ import annotations

from schemas.table import Column, Kind, Table

OPS_INCIDENTS = Table(
    name="ops_incidents",
    says="One row per turn of an incident; the view shows the present state of each",
    key=("incident_id",),
    order_by=("changed_at",),
    is_log=True,
    instant="changed_at",
    own=(
        Column("incident_id", Kind.TEXT, "Check, source and scope, and when it began", False),
        Column("changed_at", Kind.INSTANT, "When this state was booked", False),
        Column("opened_at", Kind.INSTANT, "When it was first found", False),
        Column("status", Kind.TEXT, "State", False, one_of=("open", "recovered")),
        Column("check_name", Kind.TEXT, "Check of `carbonmart check` that found it", False),
        Column("source", Kind.TEXT, "Source it is about; `store` for the store itself", False),
        Column("scope", Kind.TEXT, "What of it: a table, a day, a rule, an outcome", False),
        Column("told", Kind.TEXT, "What was found, in words", False),
        Column("next_step", Kind.TEXT, "What to do next, in words"),
        Column("opening_sent_to", Kind.TEXT, "Channels that took its opening", False),
        Column("recovery_sent_to", Kind.TEXT, "Channels that took its recovery", False),
    ),
)
