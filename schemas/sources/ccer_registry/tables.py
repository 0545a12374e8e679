"""Projects and reductions of the voluntary market (CCER), as the national registry lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table

if TYPE_CHECKING:
    import pandas as pd

TABS = ("1", "2", "3", "4", "5", "6", "7")
"""Projects on display, registered; reductions on display, registered, issued; display ended,
cancelled."""
TERMS = "Registration system of voluntary reductions: terms unknown, to be credited by name"
_DATA_TYPE = Column(
    "data_type",
    Kind.TEXT,
    "Tab: 1 project on display, 2 project registered, 3 reduction on display, 4 reduction "
    "registered, 5 reduction issued, 6 display ended, 7 cancelled",
    nullable=False,
    one_of=TABS,
)
_APPLICATION = (
    Column("apply_id", Kind.TEXT, "Application, 19 digits: a text, no number", nullable=False),
    _DATA_TYPE,
    Column(
        "secondary_id",
        Kind.TEXT,
        "What of the application the tab lists: id of the project registered (2), of the reduction "
        "registered (4), of the credits issued (5); of any other tab the last of these that there "
        "is; empty where there is none",
        nullable=False,
    ),
)


def _whole(*columns: str) -> tuple[Rule, ...]:
    def rule(name: str) -> Rule:
        def holds(frame: pd.DataFrame) -> pd.Series[Any]:
            return frame[name].str.fullmatch("[1-9][0-9]{16,18}")

        says = f"{name} is an id with all its digits"
        return Rule(f"{name}_is_whole", says, (name,), holds)

    return tuple(map(rule, columns))


_IDS = ("project_info_id", "certification_id", "ccer_id")

CCER_TABS = Table(
    name="ccer_tabs",
    says="One row per page of a tab of the registry and day on which it was first seen so: dated "
    "snapshots, that tell what is listed, and what left a tab and when",
    key=("data_type", "page_number", "published_on"),
    prune_by="published_on",
    terms=TERMS,
    own=(
        _DATA_TYPE,
        Column("page_number", Kind.INT, "Page of the tab, from 1", nullable=False, minimum=1),
        Column("total_items", Kind.INT, "Items of the tab as it says itself", minimum=0),
        Column("shown_items", Kind.INT, "Items on the page", nullable=False, minimum=0),
        Column(
            "items",
            Kind.TEXT,
            "JSON list of the items on the page, each the list [apply_id, secondary_id]",
            nullable=False,
        ),
        Column(
            "published_on",
            Kind.DATE,
            "Day on which the page was first seen so: the registry dates nothing itself",
            nullable=False,
        ),
    ),
)

CCER_APPLICATIONS = Table(
    name="ccer_applications",
    says="One row per application, tab that lists it and what of it is listed. It stays when the "
    "tab lists it no longer, which is an event and no deletion: `ccer_tabs` says what is listed",
    key=("apply_id", "data_type", "secondary_id"),
    prune_by="apply_id",
    terms=TERMS,
    sparse=("status_code", "status", *_IDS),
    rules=_whole("apply_id", *_IDS),
    own=(
        *_APPLICATION,
        Column("project_name", Kind.TEXT, "Name of the project as printed", nullable=False),
        Column("owner_name", Kind.TEXT, "Company that applied"),
        Column("project_type_code", Kind.TEXT, "Code of the project's type (`N0101`)"),
        Column("project_type", Kind.TEXT, "Type of the project in words"),
        Column("status_code", Kind.TEXT, "Status of the application; null once registered"),
        Column("status", Kind.TEXT, "Status in words"),
        Column("project_info_id", Kind.TEXT, "Registered project: an id, no number"),
        Column("certification_id", Kind.TEXT, "Registered reduction: an id, no number"),
        Column("ccer_id", Kind.TEXT, "Issued credits: an id, no number"),
    ),
)

CCER_DETAILS = Table(
    name="ccer_details",
    says="One row per application, tab and what of it is listed: its detail",
    key=("apply_id", "data_type", "secondary_id"),
    prune_by="apply_id",
    terms=TERMS,
    sparse=("certified_reduction_t", "expected_reduction_t_a", "display_from", "display_until"),
    rules=(
        *_whole("apply_id"),
        Rule(
            "display_has_two_ends",
            "a display ends on its first day or later",
            ("display_from", "display_until"),
            lambda frame: frame["display_from"] <= frame["display_until"],
        ),
    ),
    own=(
        *_APPLICATION,
        Column("methodology_num", Kind.TEXT, "Methodology (`CCER-14-001-V01`)"),
        Column("methodology_name", Kind.TEXT, "Its name as printed"),
        Column("province", Kind.TEXT, "Province of the project as printed"),
        Column(
            "expected_reduction_t_a",
            Kind.INT,
            "Reduction expected of the project in a year",
            minimum=0,
            unit="tCO2e/a",
        ),
        Column(
            "certified_reduction_t",
            Kind.INT,
            "Certified tonnes of this reduction; credits trade many times, so they are no bound of "
            "what was traded",
            minimum=0,
            unit="tCO2e",
        ),
        Column(
            "display_from",
            Kind.DATE,
            "First day of public display; null once registered",
            ahead_days=31,
        ),
        Column(
            "display_until",
            Kind.DATE,
            "Last day of public display; null once registered",
            ahead_days=92,
        ),
    ),
)

CCER_METHODOLOGIES = Table(
    name="ccer_methodologies",
    says="One row per methodology that the registry lists",
    key=("methodology_num",),
    prune_by="methodology_num",
    terms=TERMS,
    rules=(
        Rule(
            "known_form_of_number",
            "methodology_num is CCER-, two, three digits, V and two digits",
            ("methodology_num",),
            lambda frame: frame["methodology_num"].str.fullmatch(r"CCER-\d{2}-\d{3}-V\d{2}"),
        ),
    ),
    own=(
        Column("methodology_num", Kind.TEXT, "Number (`CCER-14-001-V01`)", nullable=False),
        Column("methodology_name", Kind.TEXT, "Name as printed", nullable=False),
        Column("published_on", Kind.DATE, "Day of publication", nullable=False),
    ),
)

TABLES: tuple[Table, ...] = (CCER_TABS, CCER_APPLICATIONS, CCER_DETAILS, CCER_METHODOLOGIES)
SPOKEN_IN = CCER_TABS
