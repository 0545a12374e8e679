"""News releases of the Hong Kong exchange, and what they say of the Core Climate marketplace.

Facts of a release (events, statistics) are stated in up to three languages. Each fact is one
row, ranked so that the English statement is the current one; what each language says of it, in
its own words, is a row of the companion table (`..._quotes`), so that they can be compared.
"""

from __future__ import annotations

from schemas.core.facts import FactsShape
from schemas.core.prose import CONSERVED, ledger_columns
from schemas.core.table import Column, Kind, Table
from schemas.sources.hkex.rules import EVENT_RULES, STAT_RULES

LANGUAGES = ("en", "zh-HK", "zh-CN")
SECTIONS = (
    "News-Release",
    "Regulatory-Announcements",
    "Market-Communications",
    "Market-Consultations",
)
EVENT_KINDS = (
    "launch",
    "settlement",
    "trade",
    "mou",
    "product_added",
    "council",
    "participant",
    "listing",
    "guide",
    "commitment",
    "policy",
)
METRICS = ("participants", "projects", "cumulative_tonnes", "trades")
QUALIFIERS = (">=", "~", "<=")
TERMS = "Hong Kong Exchanges and Clearing Limited: facts and short quotes with their address"

_RELEASE_ID = Column("release_id", Kind.TEXT, "Id of the release, YYMMDD[n]news", nullable=False)
_LANGUAGE = Column(
    "language",
    Kind.TEXT,
    "Language of the page; zh-CN is converted from zh-HK, so no evidence of its own",
    nullable=False,
    one_of=LANGUAGES,
)
_RANK = Column(
    "language_rank",
    Kind.INT,
    "Ranks statements of one fact: 3 English, 2 traditional, 1 simplified Chinese",
    nullable=False,
    minimum=1,
)
_QUOTE = Column("quote", Kind.TEXT, "The sentence that states it, as printed", nullable=False)
_QUALIFIER = Column(
    "qualifier",
    Kind.TEXT,
    "How the figure is hedged: >= (more than, 逾), ~ (about, almost, 約), <= (up to); null: exact",
    one_of=QUALIFIERS,
)

HKEX_LISTINGS = Table(
    name="hkex_listings",
    says="One row per release in the lists of the exchange's news, as the list shows it",
    key=("release_id",),
    prune_by="release_id",
    terms=TERMS,
    own=(
        _RELEASE_ID,
        Column("section", Kind.TEXT, "Section of the site", nullable=False, one_of=SECTIONS),
        Column("categories", Kind.TEXT, "Categories of the list row, `; ` between them"),
        Column("published_on", Kind.DATE, "Day of the list, Hong Kong", nullable=False),
        Column("title", Kind.TEXT, "Title in the list, English", nullable=False),
        Column("reference", Kind.TEXT, "Reference number (circulars)"),
        Column("href", Kind.TEXT, "Where the row leads", nullable=False),
    ),
)

HKEX_RELEASES = Table(
    name="hkex_releases",
    says="One row per release: what its page says of it, English before Chinese",
    key=("release_id",),
    prune_by="release_id",
    order_by=("language_rank", "retrieved_at"),
    led_by="language_rank",
    terms=TERMS,
    own=(
        _RELEASE_ID,
        Column("section", Kind.TEXT, "Section of the site", nullable=False, one_of=SECTIONS),
        Column("number_of_day", Kind.INT, "n of the id: shared by all sections", minimum=1),
        Column("published_on", Kind.DATE, "Date of the page, Hong Kong calendar", nullable=False),
        Column("last_updated_at", Kind.INSTANT, "Last-updated stamp of the page, if it has one"),
        Column("title", Kind.TEXT, "Title", nullable=False),
        _LANGUAGE,
        _RANK,
        Column(
            "is_carbon",
            Kind.BOOL,
            "Whether it concerns carbon markets: texts and facts are kept of those only",
            nullable=False,
        ),
        Column(
            "carbon_reason",
            Kind.TEXT,
            "Why: where in the release, and the words that decided; null where it does not",
        ),
        Column("attachments", Kind.TEXT, "Addresses of linked files, `; ` between them"),
    ),
)

HKEX_RELEASE_TEXTS = Table(
    name="hkex_release_texts",
    says="One row per release on carbon and language: its own text",
    key=("release_id", "language"),
    prune_by="release_id",
    terms=TERMS,
    own=(
        _RELEASE_ID,
        _LANGUAGE,
        Column("published_on", Kind.DATE, "Date of the page, Hong Kong calendar", nullable=False),
        Column("last_updated_at", Kind.INSTANT, "Last-updated stamp of the page, if it has one"),
        Column("title", Kind.TEXT, "Title", nullable=False),
        Column("body", Kind.TEXT, "Paragraphs without notes and boilerplate", nullable=False),
        Column("notes", Kind.TEXT, "Notes to editors"),
        Column(
            "tables", Kind.TEXT, "Data tables: cells by tab, rows by line, a blank line between two"
        ),
    ),
)

_EVENT_KEY = (
    _RELEASE_ID,
    Column("kind", Kind.TEXT, "What happened", nullable=False, one_of=EVENT_KINDS),
    Column(
        "event_no",
        Kind.INT,
        "1; higher where a release tells of several of a kind (two clients that settle)",
        nullable=False,
        minimum=1,
    ),
)
_EVENT = (
    Column(
        "event_date",
        Kind.DATE,
        "Day of the event, Hong Kong calendar; of a launch or listing it may be announced",
        nullable=False,
        ahead_days=366,
    ),
    Column("parties", Kind.TEXT, "Canonical names beside HKEX itself, sorted, `; ` between them"),
    Column("tonnes", Kind.INT, "Tonnes of CO2 equivalent of the event", minimum=0, unit="t"),
    _QUALIFIER,
    Column("carbon_neutral_by", Kind.INT, "Of a commitment: the year it names", minimum=2020),
    Column("net_zero_by", Kind.INT, "Of a commitment: the year it names", minimum=2020),
    Column("stock_codes", Kind.TEXT, "Of a listing: its codes, `; ` between them"),
    _QUOTE,
)
_STAT_KEY = (
    _RELEASE_ID,
    Column("metric", Kind.TEXT, "What is counted", nullable=False, one_of=METRICS),
)
_STAT = (
    Column("value", Kind.INT, "The figure: a number, or tonnes", nullable=False, minimum=0),
    _QUALIFIER,
    Column("as_of_start", Kind.DATE, "First day of what was counted, where it is said"),
    Column("as_of", Kind.DATE, "Day up to which it was counted", nullable=False),
    _QUOTE,
)

CORE_CLIMATE_EVENTS = Table(
    name="core_climate_events",
    says="One row per event of a release on carbon, however many languages tell of it",
    key=tuple(c.name for c in _EVENT_KEY),
    prune_by="release_id",
    order_by=("language_rank", "retrieved_at"),
    led_by="language_rank",
    terms=TERMS,
    rules=EVENT_RULES,
    told_in="core_climate_event_quotes",
    own=(*_EVENT_KEY, *_EVENT, _LANGUAGE, _RANK),
)

CORE_CLIMATE_EVENT_QUOTES = Table(
    name="core_climate_event_quotes",
    says="One row per event and language: what that language's page says of it",
    key=(*(c.name for c in _EVENT_KEY), "language"),
    prune_by="release_id",
    terms=TERMS,
    rules=EVENT_RULES,
    own=(*_EVENT_KEY, _LANGUAGE, *_EVENT),
)

CORE_CLIMATE_STATS = Table(
    name="core_climate_stats",
    says="One row per release and figure about the Core Climate marketplace",
    key=tuple(c.name for c in _STAT_KEY),
    prune_by="release_id",
    order_by=("language_rank", "retrieved_at"),
    led_by="language_rank",
    terms=TERMS,
    rules=STAT_RULES,
    told_in="core_climate_stat_quotes",
    own=(*_STAT_KEY, *_STAT, _LANGUAGE, _RANK),
)

CORE_CLIMATE_STAT_QUOTES = Table(
    name="core_climate_stat_quotes",
    says="One row per figure and language: what that language's page says of it",
    key=(*(c.name for c in _STAT_KEY), "language"),
    prune_by="release_id",
    terms=TERMS,
    rules=STAT_RULES,
    own=(*_STAT_KEY, _LANGUAGE, *_STAT),
)

HKEX_PROSE = Table(
    name="hkex_prose",
    says="One row per release on carbon and language: every printed figure, and what became of it",
    key=("release_id", "language"),
    prune_by="release_id",
    terms=TERMS,
    rules=(CONSERVED,),
    own=ledger_columns(_RELEASE_ID, _LANGUAGE),
)

FACTS = FactsShape(CORE_CLIMATE_STATS, {"document": "release_id"})

TABLES: tuple[Table, ...] = (
    HKEX_LISTINGS,
    HKEX_RELEASES,
    HKEX_RELEASE_TEXTS,
    CORE_CLIMATE_EVENTS,
    CORE_CLIMATE_EVENT_QUOTES,
    CORE_CLIMATE_STATS,
    CORE_CLIMATE_STAT_QUOTES,
    HKEX_PROSE,
)
SPOKEN_IN = HKEX_RELEASES
