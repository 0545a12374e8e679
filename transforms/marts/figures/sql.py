"""SQL that the figures share: what a citation is, and the columns of a branch."""

from __future__ import annotations

from collections.abc import Sequence


def named(row: str, key: Sequence[str]) -> str:
    """SQL for the key (JSON) of a row."""
    cells = ", ".join(f"'{name}', {row}.{name}::varchar" for name in key)
    return f"json_object({cells})"


def cite(row: str, table: str, key: Sequence[str], quote: str) -> str:
    """SQL for a citation (JSON) of a core table's row `row`; `quote` is SQL."""
    return cite_as(row, f"'{table}'", named(row, key), quote)


def cite_as(row: str, table: str, key: str, quote: str) -> str:
    """The same of a row whose table and key (JSON) are SQL, too."""
    return (
        f"json_object('source', {row}.source, 'url', {row}.source_url, 'quote', {quote}, "
        f"'retrieved_at', strftime({row}.retrieved_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), "
        f"'payload_sha256', {row}.payload_sha256, 'table', {table}, "
        f"'key', {key}, 'is_simulated', {row}.is_simulated)"
    )


def words(row: str, column: str) -> str:
    """SQL for the words of the page that carried a column of the row."""
    return f"json_extract_string({row}.evidence, '$.{column}')"
