"""The server of the Model Context Protocol: the release for a language model, over stdio."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from flows.core.settings import without_secrets
from flows.reports.mcp.answers import ROWS, SECONDS, Answers, Document

INSTRUCTIONS = f"""
Figures of China's and Hong Kong's carbon markets out of one checked release. Every answer names
its release, says whether anything in it is simulated, and has citations. Give figures as they
stand here (money and prices are exact text), name publisher, address and the words with each, and
say of simulated ones that they are. Null is not said, zero is said to be none; nothing is to be
filled in. Start with `key_figures`; for what it does not have, `list_tables`, `describe_table`,
then `query` ({ROWS} rows and {SECONDS:g} s at most), and `cite` for each figure that you give.
"""
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def server(answers: Answers, version: str) -> MCPServer[Any]:
    """The server, with its tools; none of them writes."""
    made: MCPServer[Any] = MCPServer(
        "carbonmart", instructions=INSTRUCTIONS, version=version, log_level="WARNING"
    )

    def list_tables(
        search: Annotated[str, Field(description="Words of its name or meaning")] = "",
    ) -> Document:
        """The tables: what each holds, its key, rows, publisher, terms."""
        return _told(lambda: answers.tables(search))

    def describe_table(
        table: Annotated[str, Field(description="Its name, as `list_tables` has it")],
    ) -> Document:
        """A table's columns with type, unit and meaning, its key, and whose figures they are."""
        return _told(lambda: answers.table(table))

    def query(
        sql: Annotated[
            str, Field(description="One SELECT (DuckDB) over tables and TABLE__history")
        ],
        max_rows: Annotated[int, Field(ge=1, le=ROWS, description="Rows at most")] = 50,
    ) -> Document:
        """Rows out of the tables. Select a table's whole key and the answer cites its pages."""
        return _told(lambda: answers.query(sql, max_rows))

    def key_figures(
        period: Annotated[str, Field(description="2024, 2024-12-31; all if empty")] = "",
        search: Annotated[str, Field(description="Words of its name, English or Chinese")] = "",
        all_publishers: Annotated[
            bool, Field(description="Also who states the same figure, rounded perhaps")
        ] = False,
    ) -> Document:
        """The figures of a market report (volume, turnover, prices, rules, penalties, surrender,
        Core Climate), each with the words that say it, page, time and digest."""
        return _told(lambda: answers.key_figures(period, search, all_publishers=all_publishers))

    def cite(
        table: Annotated[str, Field(description="Name of the table")],
        key: Annotated[list[str], Field(description="The key's values in its order")],
        column: Annotated[str, Field(description="Name of the column")],
    ) -> Document:
        """Where a cell is from: the words, the page, when it was fetched, the digest of its bytes;
        of a derived cell the formula, and the cells of pages that it follows from."""
        return _told(lambda: answers.cite(table, key, column))

    def conflicts() -> Document:
        """Where publishers differ, which days are held back for it, what checks found last."""
        return _told(answers.conflicts)

    def freshness() -> Document:
        """How far each source has come, how its last run ended, which tables are stale and why."""
        return _told(answers.freshness)

    for function in (list_tables, describe_table, query, key_figures, cite, conflicts, freshness):
        made.add_tool(function, annotations=_READS)
    return made


def _told(answer: Callable[[], Document]) -> Document:
    """The answer, or what is wrong in words: a model can ask better then."""
    try:
        return answer()
    except Exception as error:
        raise ToolError(without_secrets(str(error) or type(error).__name__)) from error
