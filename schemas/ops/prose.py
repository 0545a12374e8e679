"""`prose_figures`: every printed figure of the texts of every source, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.core.facts import PARTS, FactsShape
from schemas.core.forms import StoredRows, held_sql, quoted, text_literal
from schemas.core.prose import FATES, FIGURES, is_ledger
from schemas.core.table import Column, Kind, Table

PROSE_FIGURES = Table(
    name="prose_figures",
    says="One row per printed figure of a text on our subject: its sentence, its fate, and why",
    key=("source", "text", "number"),
    order_by=(),
    is_log=True,
    own=(
        Column("source", Kind.TEXT, "Source of the text", nullable=False),
        Column("text", Kind.TEXT, "The text: key of its document, or file", nullable=False),
        Column("number", Kind.INT, "Which figure of the text it is", nullable=False, minimum=1),
        Column("printed", Kind.TEXT, "The figure with its unit and hedge, as printed"),
        Column("kind", Kind.TEXT, "measure, date, ordinal, document number ...", nullable=False),
        Column("fate", Kind.TEXT, "What became of it", nullable=False, one_of=tuple(FATES)),
        Column("metric", Kind.TEXT, "The metric that took it, or that would but for the reason"),
        Column("reason", Kind.TEXT, "Why it was not taken"),
        Column("words", Kind.TEXT, "The words that blocked it, separated by `; `"),
        Column("value", Kind.QUANTITY, "The figure in its base unit"),
        Column("unit", Kind.TEXT, "Base unit"),
        Column("sentence", Kind.TEXT, "The sentence, as printed", nullable=False),
        Column("source_url", Kind.TEXT, "Address of the page or file", nullable=False),
        Column("known_from", Kind.INSTANT, "When the store learned the reading", nullable=False),
        Column("is_simulated", Kind.BOOL, "True where the text is of the sample", nullable=False),
    ),
)
HELD_BACK = "held back: "
"""How the reason of a figure begins whose fact no reader sees; the row's name follows."""
_SHAPE = text_literal(
    '[{"sentence": "VARCHAR", "figures": [{"printed": "VARCHAR", "kind": "VARCHAR",'
    ' "fate": "VARCHAR", "metric": "VARCHAR", "reason": "VARCHAR", "words": "VARCHAR",'
    ' "value": "DECIMAL(28, 6)", "unit": "VARCHAR"}]}]'
)


def ledgers(tables: Iterable[Table]) -> list[Table]:
    """The ledgers among tables."""
    return [table for table in tables if is_ledger(table)]


def doubted_sql(shape: FactsShape, ledger: Table, stored: StoredRows) -> str:
    """A SELECT of the facts that are held back, as a ledger's figures are known by."""
    name = {part: quoted(column.name) for part in PARTS if (column := shape.column(part))}
    own = [column.name for column in shape.table.own]
    text = _key([column for column in ledger.key if column in own])
    row = ", ".join(quoted(column) for column in shape.table.key)
    return (
        f"SELECT source, concat_ws(' ', {text}) AS text, {name['metric']} AS metric, "  # noqa: S608
        f"{name['quote']} AS sentence, {name['value']} AS value, "
        f"concat_ws(' ', {text_literal(shape.table.name)}, {row}) AS row FROM ({held_sql(stored)})"
    )


def figures_sql(tables: Iterable[Table], doubted: Iterable[str] = ()) -> str:
    """A SELECT over the views of the ledgers; `doubted` (`doubted_sql`) are the facts of which
    readers see none, since checks contradict them."""
    texts = " UNION ALL ".join(
        f"SELECT source, concat_ws(' ', {_key(table.key)}) AS text, source_url, known_from, "  # noqa: S608
        f"is_simulated, {FIGURES.name} AS held FROM {quoted(table.name)}"
        for table in ledgers(tables)
    )
    none = (
        "SELECT ''::VARCHAR AS source, '' AS text, '' AS source_url, NULL::TIMESTAMPTZ AS "
        "known_from, false AS is_simulated, '[]' AS held WHERE false"
    )
    against = " UNION ALL ".join(doubted)
    if not against:
        return _FIGURES.format(texts=texts or none, fate="f.fate", reason="f.reason", shape=_SHAPE)
    held = _HELD.format(against=against)
    fate = f"if({held} IS NULL, f.fate, 'doubted')"
    reason = f"coalesce({text_literal(HELD_BACK)} || {held}, f.reason)"
    return _FIGURES.format(texts=texts or none, fate=fate, reason=reason, shape=_SHAPE)


_HELD = """(SELECT min(d.row) FROM ({against}) AS d WHERE f.fate IN ('taken', 'reviewed')
  AND d.source = figures.source AND d.metric = f.metric AND d.sentence = figures.sentence
  AND (d.text = figures.text OR starts_with(figures.text, d.text || ' '))
  AND (d.value IS NULL OR f.value IS NULL OR abs(d.value) = abs(f.value)))"""
_FIGURES = """
WITH sentences AS (
  SELECT * EXCLUDE (held), unnest(from_json(if(json_valid(held), held, '[]'), {shape})) AS s
  FROM ({texts})
), figures AS (
  SELECT * EXCLUDE (s), s.sentence AS sentence, unnest(s.figures) AS f,
         generate_subscripts(s.figures, 1) AS place
  FROM (SELECT *, row_number() OVER () AS sentence_number FROM sentences)
)
SELECT source, text,
       row_number() OVER (PARTITION BY source, text ORDER BY sentence_number, place) AS number,
       f.printed AS printed, f.kind AS kind, {fate} AS fate, f.metric AS metric,
       {reason} AS reason, f.words AS words, f.value AS value, f.unit AS unit, sentence,
       source_url, known_from, is_simulated
FROM figures
"""


def _key(key: Sequence[str]) -> str:
    """The parts of a text's name."""
    first, *rest = (quoted(column) for column in key)
    names = [f"nullif({first}, {rest[0]})" if rest else first, *rest]  # a file is its own document
    return ", ".join(f"nullif({name}, '')" for name in names)
