"""Profiles of emissions trading systems, as ICAP's ETS pages state them."""

from __future__ import annotations

from schemas.core.table import Column, Kind, Table
from schemas.sources.icap.prices import TERMS

MONEY_FIELDS = {
    "price_auction": "Average auction price",
    "price_secondary": "Average price on the secondary market",
    "revenue_total": "Revenue since the beginning",
    "revenue": "Revenue of a year",
}
"""Their means are ICAP's own (turnover by volume, as it seems), not those of the Explorer."""


def _money(name: str, says: str) -> tuple[Column, ...]:
    unit = "/t" if name.startswith("price") else ""
    year = Column(f"{name}_year", Kind.INT, f"{says}: the year, from the field's label")
    return (
        Column(f"{name}_raw", Kind.TEXT, f"{says}, as printed"),
        *(() if name == "revenue_total" else (year,)),
        Column(f"{name}_local", Kind.QUANTITY, says, minimum=0, unit=f"local currency{unit}"),
        Column(f"{name}_currency", Kind.TEXT, f"{says}: ISO code of the local currency"),
        Column(
            f"{name}_usd", Kind.QUANTITY, f"{says}, in US dollars", minimum=0, unit=f"USD{unit}"
        ),
    )


ICAP_PROFILES = Table(
    name="icap_profiles",
    says="One row per emissions trading system with a page on ICAP's map",
    key=("ets_id",),
    prune_by="ets_id",
    terms=TERMS,
    own=(
        Column(
            "ets_id", Kind.INT, "Number of the page (55 is China National; the Explorer's is 14)",
            nullable=False,
        ),
        Column("name", Kind.TEXT, "Name of the system", nullable=False),
        Column("official_name", Kind.TEXT, "Official name of the scheme"),
        Column("status", Kind.TEXT, "In force, under development ..."),
        Column("start_year", Kind.INT, "Year in which it began to operate"),
        Column("regions", Kind.TEXT, "All jurisdictions, `; ` between them; none is the main one"),
        Column("sectors", Kind.TEXT, "Sectors covered, `; ` between them"),
        Column("allocation", Kind.TEXT, "How allowances are allocated"),
        Column("ghgs", Kind.TEXT, "Gases covered"),
        Column("offsets", Kind.TEXT, "Offsets and credits"),
        Column("cap_raw", Kind.TEXT, "The cap, as printed"),
        Column(
            "cap_kind", Kind.TEXT, "What the cap is; null where its text is not understood",
            one_of=("stated", "flexible", "none"),
        ),
        Column(
            "cap_t", Kind.INT, "The cap where one amount is stated; several are in cap_parts",
            minimum=0, unit="t",
        ),
        Column("cap_year", Kind.INT, "Year of the cap, the last of several"),
        Column("cap_qualifier", Kind.TEXT, "about ...; null: exact"),
        Column("cap_scope", Kind.TEXT, "What it covers or leaves out, as printed beside it"),
        Column(
            "cap_parts", Kind.TEXT,
            "JSON array of all amounts in the cap: value (t), unit, years, scope, qualifier",
        ),
        *(column for name, says in MONEY_FIELDS.items() for column in _money(name, says)),
        Column(
            "summary_facts", Kind.INT, "Figures of its summary in icap_facts, as ets/NUMBER",
            nullable=False, minimum=0,
        ),
    ),
)  # fmt: skip
