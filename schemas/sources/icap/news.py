"""News of the International Carbon Action Partnership, and the figures in it."""

from __future__ import annotations

from schemas.core.facts import FactsShape, has_begun
from schemas.core.prose import CONSERVED, ledger_columns
from schemas.core.table import Column, Kind, Rule, Table
from schemas.sources.icap.prices import TERMS

NEWS_KINDS = (
    "launch",
    "draft_plan",
    "final_plan",
    "scope_expansion",
    "guideline",
    "offset_market",
    "linkage",
    "cbam",
    "law",
    "price_path",
    "publication",
    "auction",
    "cap",
    "suspension",
    "institution",
    "membership",
)
LANGUAGES = ("en", "zh", "fr", "es", "de")
METRICS = (
    "allowances",
    "auction_share",
    "banking_limit",
    "benchmark",
    "benchmark_level",
    "bidders",
    "bids",
    "cap",
    "change",
    "classes",
    "cover_ratio",
    "credits",
    "deadline",
    "effective",
    "emissions",
    "emissions_share",
    "entities",
    "free_allocation_share",
    "linear_factor",
    "milestone",
    "multiple",
    "offset_limit",
    "price",
    "purchase_limit",
    "reduction",
    "reserve_intake",
    "reserve_share",
    "reserve_threshold",
    "sectors",
    "share",
    "size_limit",
    "systems",
    "threshold",
    "turnover",
    "volume",
)

NO_SHARES = ("change", "cover_ratio")
"""Metrics in percent that may pass 100."""

ICAP_NEWS = Table(
    name="icap_news",
    says="One row per news item. Each text that stood at its address is a revision",
    key=("article_key",),
    prune_by="article_key",
    terms=TERMS,
    own=(
        Column(
            "article_key",
            Kind.TEXT,
            "node/NUMBER where the page tells it, else the path: one item under all its slugs",
            nullable=False,
        ),
        Column("url_path", Kind.TEXT, "Its canonical path", nullable=False),
        Column("node", Kind.INT, "Number of the page in the publisher's system"),
        Column("language_path", Kind.TEXT, "Language that the address claims"),
        Column(
            "language",
            Kind.TEXT,
            "Language that the text is in",
            one_of=LANGUAGES,
        ),
        Column("title", Kind.TEXT, "Title as printed", nullable=False),
        Column("kind", Kind.TEXT, "What it tells of; null where no kind fits", one_of=NEWS_KINDS),
        Column("jurisdictions", Kind.TEXT, "ISO codes, `; ` between them"),
        Column("schemes", Kind.TEXT, "Schemes named, `; ` between them"),
        Column("category", Kind.TEXT, "News category as printed"),
        Column("published_on", Kind.DATE, "Day of publication, as the page dates itself"),
        Column(
            "event_on",
            Kind.DATE,
            "Day of the event, where the text names day, month, year; it may be announced",
            ahead_days=731,
        ),
        Column("event_printed", Kind.TEXT, "The event's date as the text opens with it"),
        Column(
            "event_precision",
            Kind.TEXT,
            "What of the date the text names",
            one_of=("day", "month", "no_year"),
        ),
        Column("event_month", Kind.TEXT, "YYYY-MM where the text names only the month"),
        Column(
            "is_event_doubtful",
            Kind.BOOL,
            "Event and publication lie more than 120 days apart",
            nullable=False,
        ),
        Column("updated_on", Kind.DATE, "Day of the note that the page was updated"),
        Column("originally_published_on", Kind.DATE, "First publication, by that note"),
        Column("lead", Kind.TEXT, "First sentence, at most 300 characters", nullable=False),
        Column("characters", Kind.INT, "Length of the text", nullable=False, minimum=1),
        Column("body_sha256", Kind.TEXT, "Digest of the text", nullable=False),
        Column("facts", Kind.INT, "Figures taken from it", nullable=False, minimum=0),
    ),
)

ICAP_FACTS = Table(
    name="icap_facts",
    says="One row per figure in a news item. Figures of different scope are different things: "
    "1,500 additional entities and 3,700 in all are never added up",
    key=("article_key", "metric", "fact_no"),
    prune_by="article_key",
    terms=TERMS,
    rules=(
        Rule(
            "share_within_100",
            "a share is at most 100 %",
            ("metric", "unit", "value"),
            lambda frame: (frame["value"] <= 100).where(
                (frame["unit"] == "%").fillna(False) & ~frame["metric"].isin(NO_SHARES)
            ),
        ),
        has_begun(("price", "turnover", "bids")),
        Rule(
            "figure_or_date",
            "a fact has a value, a date or a period",
            ("value", "date", "period"),
            lambda frame: frame["value"].notna() | frame["date"].notna() | frame["period"].notna(),
        ),
    ),
    own=(
        Column("article_key", Kind.TEXT, "The news item", nullable=False),
        Column("metric", Kind.TEXT, "What is told", nullable=False, one_of=METRICS),
        Column("fact_no", Kind.INT, "Count within item and metric", nullable=False, minimum=1),
        Column("value", Kind.QUANTITY, "In `unit`; of a range its first figure", minimum=0),
        Column("value_to", Kind.QUANTITY, "Second figure of a range", minimum=0),
        Column("unit", Kind.TEXT, "t, %, entities, CNY/t, date ...", nullable=False),
        Column("printed", Kind.TEXT, "The figure with its words", nullable=False),
        Column("qualifier", Kind.TEXT, "about, more than, up to ...; null: exact"),
        Column("scope", Kind.TEXT, "additional, total, global emissions, closing ..."),
        Column("subject", Kind.TEXT, "Words that say of what"),
        Column("period", Kind.TEXT, "Year, month or range of years it is about"),
        Column(
            "date",
            Kind.DATE,
            "Of a deadline: its day, where the text names one",
            ahead_days=3660,
        ),
        Column("jurisdictions", Kind.TEXT, "ISO codes of the item"),
        Column("schemes", Kind.TEXT, "Schemes that the item names"),
        Column("quote", Kind.TEXT, "The sentence that carries it", nullable=False),
    ),
)

ICAP_PROSE = Table(
    name="icap_prose",
    says="One row per English text, of a news item or a system's page: every printed figure, and "
    "what became of it",
    key=("article_key",),
    prune_by="article_key",
    terms=TERMS,
    rules=(CONSERVED,),
    own=ledger_columns(
        Column("article_key", Kind.TEXT, "The news item, or `ets/NUMBER`", nullable=False)
    ),
)

FACTS = FactsShape(ICAP_FACTS, {"document": "article_key", "number": "fact_no", "due_on": "date"})
