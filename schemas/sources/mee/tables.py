"""The ministry's documents, their files, and the figures and penalties they state."""

from __future__ import annotations

from schemas.core.facts import FactsShape, has_begun
from schemas.core.prose import CONSERVED, ledger_columns
from schemas.core.table import Column, Kind, Table
from schemas.sources.mee.metrics import METRICS, OF_THE_PAST, SCOPES, UNITS
from schemas.sources.mee.rules import STATES_SOMETHING, ordered

TERMS = "Ministry of Ecology and Environment: public notices; cite the page"
TEMPLATES = ("formal", "library", "news", "state_council")
LIFECYCLES = ("consultation", "adopted_in_principle", "issued", "amended", "repealed", "news")
QUALIFIERS = (
    *(
        "约",
        "约为",
        "大约",
        "接近",
        "近",
        "将近",
        "超过",
        "超",
        "逾",
        "高于",
        "突破",
        "达到",
        "达",
        "高达",
    ),
    *("不超过", "不低于", "至少", "多达", "最多", "首破", "首超", "不足"),
    *("余", "多", "几", "以上", "以下", "左右", "上下"),
)
BASES = (
    *("stated", "year said before it", "sentence before", "counted from publication"),
    *("latest before publication", "next after publication"),
)
FILE_TYPES = ("pdf", "doc", "docx", "xls", "xlsx", "zip", "unknown")

AHEAD_DAYS = 3660
"""So far may a deadline, or a day from which a rule is in force, lie ahead of its page."""
DATED_AHEAD_DAYS = 184
"""So far may a document date itself ahead of its capture: a notice that is put out with the day on
which it will be sent is read and told of (check `mee_dated_ahead`), one beyond that is refused."""
_KEY = Column(
    "document_key",
    Kind.TEXT,
    "Document number, else index number, else title and date; of a figure in an attached file "
    "the file's name (see mee_attachment_links)",
    nullable=False,
)
_FILE = Column("file_name", Kind.TEXT, "Attached file; empty for the body", nullable=False)
_RANK = Column(
    "rank",
    Kind.INT,
    "Standing of the page among the copies of its document; the greatest is read",
    nullable=False,
    minimum=0,
)

MEE_NOTICES = Table(
    name="mee_notices",
    says="One row per document of the ministry, however many pages carry it",
    key=("document_key",),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    own=(
        _KEY,
        Column("title", Kind.TEXT, "Title", nullable=False),
        Column("document_number", Kind.TEXT, "文号, its brackets as 〔〕"),
        Column(
            "published_on",
            Kind.DATE,
            "Day of publication that the page states",
            ahead_days=DATED_AHEAD_DAYS,
        ),
        Column("lifecycle", Kind.TEXT, "Stage", nullable=False, one_of=LIFECYCLES),
        Column("is_relevant", Kind.BOOL, "About the carbon market", nullable=False),
        Column("relevance", Kind.TEXT, "Why it is relevant, or not", nullable=False),
        Column("index_number", Kind.TEXT, "索引号"),
        Column("issuer", Kind.TEXT, "发布机关, or the source that the page names"),
        Column("category", Kind.TEXT, "分类"),
        Column("subject_words", Kind.TEXT, "主题词"),
        Column("signed_on", Kind.DATE, "Day of signature, below the text"),
        Column("generated_on", Kind.DATE, "生成日期", ahead_days=DATED_AHEAD_DAYS),
        Column("url_dated_on", Kind.DATE, "Day in the page's address", ahead_days=DATED_AHEAD_DAYS),
        Column(
            "effective_on",
            Kind.DATE,
            "Day from which it is in force, as the text says",
            ahead_days=AHEAD_DAYS,
        ),
        Column("adopted_on", Kind.DATE, "Day of adoption, as the text says"),
        Column(
            "matter",
            Kind.TEXT,
            "Title without the marks of a draft: a draft and its final share it",
            nullable=False,
        ),
        Column("channel", Kind.TEXT, "Folder of the page that is read", nullable=False),
        Column("template", Kind.TEXT, "Template", nullable=False, one_of=TEMPLATES),
        _RANK,
        Column("attachments", Kind.TEXT, "Names of attached files, in order, `; ` between"),
        Column("title_sha256", Kind.TEXT, "Digest of title and metadata", nullable=False),
        Column("body_sha256", Kind.TEXT, "Digest of the text, blanks left out", nullable=False),
        Column(
            "body",
            Kind.TEXT,
            "Text without chrome and without personal data; null where the "
            "document is not about the carbon market",
        ),
    ),
)

MEE_ALIASES = Table(
    name="mee_aliases",
    says="One row per page: the document that it carries",
    key=("url",),
    terms=TERMS,
    own=(
        Column("url", Kind.TEXT, "Canonical address", nullable=False),
        _KEY,
        Column(
            "published_on",
            Kind.DATE,
            "Day of publication, else the day in the address",
            ahead_days=DATED_AHEAD_DAYS,
        ),
        Column("channel", Kind.TEXT, "Folder of the page", nullable=False),
        Column("template", Kind.TEXT, "Template", nullable=False, one_of=TEMPLATES),
        _RANK,
        Column("article_no", Kind.INT, "Number of the page on the site", minimum=0),
        Column("title", Kind.TEXT, "Title on this page", nullable=False),
    ),
)

MEE_ATTACHMENT_LINKS = Table(
    name="mee_attachment_links",
    says="One row per file that a document links to",
    key=("document_key", "file_name"),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    own=(
        _KEY,
        Column("file_name", Kind.TEXT, "Name of the file", nullable=False),
        Column("position", Kind.INT, "Place among the document's files", nullable=False, minimum=1),
        Column("link_text", Kind.TEXT, "Words of the link"),
        Column("file_url", Kind.TEXT, "Address of the file", nullable=False),
        _RANK,
    ),
)

MEE_ATTACHMENTS = Table(
    name="mee_attachments",
    says="One row per attached file: its text, or why it was not read",
    key=("file_name",),
    terms=TERMS,
    own=(
        Column("file_name", Kind.TEXT, "Name of the file", nullable=False),
        Column("file_type", Kind.TEXT, "By its bytes", nullable=False, one_of=FILE_TYPES),
        Column("bytes", Kind.INT, "Size", nullable=False, minimum=0, unit="B"),
        Column("pages", Kind.INT, "Pages or sheets", minimum=0),
        Column("needs_ocr", Kind.BOOL, "A page of it has no text", nullable=False),
        Column("pages_without_text", Kind.TEXT, "Numbers of those pages"),
        Column("refused_for", Kind.TEXT, "Why it was not read: encrypted, too_many_pages ..."),
        Column("uploaded_at", Kind.INSTANT, "Derived from the name: a low-confidence reading"),
        Column("members", Kind.TEXT, "Names in a zip, `; ` between"),
        Column("file_sha256", Kind.TEXT, "Digest of the bytes", nullable=False),
        Column("text_sha256", Kind.TEXT, "Digest of the text"),
        Column("text", Kind.TEXT, "Text, a form feed between pages, without personal data"),
    ),
)

MEE_FACTS = Table(
    name="mee_facts",
    says="One row per figure that a notice or an attached file states",
    key=("document_key", "file_name", "metric", "scope", "sector", "period", "item"),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    rules=(STATES_SOMETHING, has_begun(OF_THE_PAST)),
    own=(
        _KEY,
        Column("metric", Kind.TEXT, "What is counted", nullable=False, one_of=tuple(METRICS)),
        Column("period", Kind.TEXT, "Year, range `2021-2023`, or empty", nullable=False),
        Column("value", Kind.QUANTITY, "Figure in its base unit"),
        Column("value_to", Kind.QUANTITY, "Of a range its upper end"),
        Column("unit", Kind.TEXT, "Base unit", nullable=False, one_of=UNITS),
        Column("qualifier", Kind.TEXT, "约, 近, 超过, 余 ...", one_of=QUALIFIERS),
        Column(
            "scope", Kind.TEXT, "Market: allowances or voluntary", nullable=False, one_of=SCOPES
        ),
        Column("sector", Kind.TEXT, "Sector or region as printed; empty for all", nullable=False),
        Column(
            "as_of",
            Kind.DATE,
            "Day to which the figure runs; of a deadline its day",
            ahead_days=AHEAD_DAYS,
            ahead_as="due_on",
        ),
        Column("as_of_basis", Kind.TEXT, "How that day came by its year", one_of=BASES),
        Column("due_on", Kind.DATE, "Deadline", ahead_days=AHEAD_DAYS),
        Column("due_hour", Kind.INT, "Hour of the deadline, Asia/Shanghai", minimum=0),
        Column("printed", Kind.TEXT, "Number and unit as printed", nullable=False),
        Column("quote", Kind.TEXT, "The sentence", nullable=False),
        _FILE,
        Column("page", Kind.INT, "Page of the file", minimum=1),
        Column("item", Kind.INT, "1, or how-manieth such figure", nullable=False, minimum=1),
        _RANK,
    ),
)

MEE_PROSE = Table(
    name="mee_prose",
    says="One row per text on the carbon market: every printed figure, and what became of it",
    key=("document_key", "file_name"),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    rules=(CONSERVED,),
    own=ledger_columns(
        _KEY,
        _FILE,
        _RANK,
    ),
)

MEE_BENCHMARKS = Table(
    name="mee_benchmarks",
    says="One row per benchmark of an allocation plan or its draft: technology, year, value. Which "
    "plan is in force, mee_notices says (lifecycle)",
    key=("document_key", "file_name", "measure", "technology", "unit", "year"),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    own=(
        _KEY,
        _FILE,
        Column(
            "measure",
            Kind.TEXT,
            "Benchmark, or intensity at which allowances equal emissions",
            nullable=False,
            one_of=("benchmark", "balance_value"),
        ),
        Column("technology", Kind.TEXT, "Kind of unit or product, as printed", nullable=False),
        Column(
            "unit",
            Kind.TEXT,
            "tCO2/MWh of electricity, tCO2/GJ of heat, tCO2/t of a product",
            nullable=False,
            one_of=("tCO2/MWh", "tCO2/GJ", "tCO2/t"),
        ),
        Column("year", Kind.INT, "Emission year", nullable=False, minimum=2019),
        Column("value", Kind.QUANTITY, "In `unit`", nullable=False, minimum=0),
        Column("quote", Kind.TEXT, "The row of the table, or the sentence", nullable=False),
        _RANK,
    ),
)

FACTS = FactsShape(MEE_FACTS, {"document": "document_key", "number": "item"})


def _range(name: str, says: str, kind: Kind = Kind.QUANTITY, unit: str = "") -> tuple[Column, ...]:
    return (
        Column(name.format("min"), kind, f"{says}: least", minimum=0, unit=unit),
        Column(name.format("max"), kind, f"{says}: most", minimum=0, unit=unit),
    )


MEE_PENALTIES = Table(
    name="mee_penalties",
    says="One row per penalty rule of a regulation",
    key=("regulation", "article", "item"),
    order_by=("rank", "retrieved_at"),
    led_by="rank",
    aliases="mee_aliases",
    terms=TERMS,
    rules=(
        ordered("fine_min_cny", "fine_max_cny"),
        ordered("gains_multiple_min", "gains_multiple_max"),
        ordered("allowance_cut_min_pct", "allowance_cut_max_pct"),
    ),
    own=(
        Column("regulation", Kind.TEXT, "Document key of the regulation", nullable=False),
        Column("article", Kind.INT, "Article", nullable=False, minimum=1),
        Column("item", Kind.INT, "How-manieth rule of the article", nullable=False, minimum=1),
        Column("offender", Kind.TEXT, "Who", nullable=False),
        Column("conduct", Kind.TEXT, "What for", nullable=False),
        *_range("fine_{}_cny", "Fine where no multiple applies, or in any case", Kind.MONEY, "CNY"),
        *_range("gains_multiple_{}", "Fine as a multiple of the gains"),
        Column(
            "gains_floor_cny",
            Kind.MONEY,
            "The fixed range applies below these gains",
            minimum=0,
            unit="CNY",
        ),
        *_range(
            "market_multiple_{}", "Fine as a multiple of the missing allowances at market price"
        ),
        *_range("persons_fine_{}_cny", "Fine of responsible persons", Kind.MONEY, "CNY"),
        *_range("allowance_cut_{}_pct", "Cut of the next year's allowances", Kind.PERCENT, "%"),
        Column(
            "is_cut_by_shortfall",
            Kind.BOOL,
            "The next allowances are cut by the quantity that was not surrendered",
            nullable=False,
        ),
        Column(
            "is_fine_value_of_trade",
            Kind.BOOL,
            "Fine up to the value of what was traded",
            nullable=False,
        ),
        Column("other_measures", Kind.TEXT, "Further measures, `; ` between"),
        Column(
            "valid_from", Kind.DATE, "First day in force, as the text says", ahead_days=AHEAD_DAYS
        ),
        Column(
            "valid_to",
            Kind.DATE,
            "Last day in force, where a later text ends it",
            ahead_days=AHEAD_DAYS,
        ),
        Column("quote", Kind.TEXT, "The rule's text", nullable=False),
        _RANK,
    ),
)

TABLES: tuple[Table, ...] = (
    MEE_NOTICES,
    MEE_ALIASES,
    MEE_ATTACHMENT_LINKS,
    MEE_ATTACHMENTS,
    MEE_FACTS,
    MEE_BENCHMARKS,
    MEE_PROSE,
    MEE_PENALTIES,
)
SPOKEN_IN = MEE_NOTICES
