"""The SQL behind `figures`: the ledger of printed figures, counted, listed, or by blocking word."""

from __future__ import annotations

from collections.abc import Mapping

from flows.core.errors import UsageError
from schemas.core.forms import text_literal
from schemas.core.prose import FATES
from schemas.ops.prose import HELD_BACK, PROSE_FIGURES


def figures_sql(
    source: str | None,
    fate: str | None,
    *,
    by_word: bool,
    limit: int,
    said: Mapping[str, str] | None = None,
) -> str:
    """A SELECT over `prose_figures`: counts by source where no fate is asked for. `said` is what
    checks say against rows that are held back.

    Raises `UsageError` for a fate that there is not.
    """
    if fate is not None and fate not in FATES:
        raise UsageError(f"no fate {fate!r}; there are: {', '.join(FATES)}")
    chosen = [f"source = {text_literal(source)}"] if source else []
    chosen += [f"fate = {text_literal(fate)}"] if fate else []
    where = " AND ".join(chosen) or "true"
    name = PROSE_FIGURES.name
    if by_word:
        return (
            "SELECT word, count(*) AS figures, count(DISTINCT metric) AS metrics, "  # noqa: S608
            "mode(metric) AS most_often, any_value(sentence) AS one_sentence FROM "
            f"(SELECT *, unnest(string_split(words, '; ')) AS word FROM {name} WHERE {where}) "
            f"GROUP BY word ORDER BY figures DESC, word LIMIT {limit}"
        )
    if fate is None:
        counts = ", ".join(f"count(*) FILTER (fate = '{each}') AS {each}" for each in FATES)
        return (
            "SELECT source, count(DISTINCT text) AS texts, count(*) AS found, "  # noqa: S608
            f"{counts} FROM {name} WHERE {where} GROUP BY source ORDER BY source LIMIT {limit}"
        )
    told = "".join(
        f"WHEN {text_literal(HELD_BACK + row)} THEN {text_literal(HELD_BACK + against)} "
        for row, against in (said or {}).items()
    )
    why = (
        f"CASE reason {told}ELSE coalesce(words, reason) END" if told else "coalesce(words, reason)"
    )
    return (
        f"SELECT source, printed, metric, {why} AS why, sentence, text "  # noqa: S608
        f"FROM {name} WHERE {where} ORDER BY source, text, number LIMIT {limit}"
    )
