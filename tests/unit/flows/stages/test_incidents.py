"""What opens an incident, what closes it, and who is still owed word of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows.stages.monitor.incidents import Incident, turned
from flows.stages.monitor.model import Finding

NOW = datetime(2026, 3, 3, 14, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
WALL = Finding("run", "seee", "blocked", "fail", "blocked: wall", "Save the page in a browser.")
RUN = ("run", "seee")


def only(turns: list[Incident]) -> Incident:
    (turn,) = turns
    return turn


def test_an_incident_is_opened_once_and_closed_once() -> None:
    opened = only(turned([], [WALL], {RUN}, NOW))
    assert (opened.status, opened.key, opened.opened_at) == ("open", WALL.key, NOW)
    assert (opened.told, opened.next_step) == (WALL.told, WALL.next_step)
    reworded = replace(WALL, told="blocked, 5 h ago")
    assert turned([opened], [reworded], {RUN}, LATER) == []
    over = only(turned([opened], [], {RUN}, LATER))
    assert (over.incident_id, over.status, over.changed_at) == (
        opened.incident_id,
        "recovered",
        LATER,
    )
    assert turned([over], [], {RUN}, LATER) == []
    again = only(turned([over], [WALL], {RUN}, LATER))
    assert again.incident_id != opened.incident_id


def test_what_was_not_looked_at_stays_open() -> None:
    opened = only(turned([], [WALL], {RUN}, NOW))
    assert turned([opened], [], {("run", "mee"), ("coverage", "seee")}, LATER) == []


def test_another_cause_is_another_incident() -> None:
    opened = only(turned([], [WALL], {RUN}, NOW))
    drifted = replace(WALL, scope="drifted")
    news, over = turned([opened], [drifted], {RUN}, LATER)
    assert (news.scope, news.status) == ("drifted", "open")
    assert (over.scope, over.status) == ("blocked", "recovered")


def test_a_channel_is_owed_the_opening_and_then_the_end() -> None:
    opened = only(turned([], [WALL], {RUN}, NOW))
    assert opened.is_owed("webhook")
    told = opened.sent("webhook")
    assert not told.is_owed("webhook")
    assert told.is_owed("slack-webhook/ops")
    over = only(turned([told], [], {RUN}, LATER))
    assert over.is_owed("webhook")
    assert not over.is_owed("slack-webhook/ops"), "it never heard of it"
    assert not over.sent("webhook").is_owed("webhook")


def test_an_incident_that_comes_to_be_about_more_days_goes_on() -> None:
    lacking = Finding("coverage", "seee", "", "fail", "lacks 1 day", is_listing=True)
    opened = only(turned([], [lacking], {("coverage", "seee")}, NOW))
    assert opened.is_new
    more = replace(lacking, told="lacks 2 days")
    grown = only(turned([opened.sent("webhook")], [more], {("coverage", "seee")}, LATER))
    assert (grown.incident_id, grown.told) == (opened.incident_id, "lacks 2 days")
    assert not grown.is_new
    assert not grown.is_owed("webhook"), "it was told once"
    assert turned([grown], [more], {("coverage", "seee")}, LATER) == []
