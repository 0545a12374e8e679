"""SQL that the figures share: what a citation is, and the columns of a branch."""

from __future__ import annotations

from collections.abc import Sequence


def cite(row: str, table: str, key: Sequence[str], quote: str) -> str:
    """SQL for a citation (JSON) of a core table's row `row`; `quote` is SQL."""
    named = ", ".join(f"'{name}', {row}.{name}::varchar" for name in key)
    return (
        f"json_object('source', {row}.source, 'url', {row}.source_url, 'quote', {quote}, "
        f"'retrieved_at', strftime({row}.retrieved_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), "
        f"'payload_sha256', {row}.payload_sha256, 'table', '{table}', "
        f"'key', json_object({named}), 'is_simulated', {row}.is_simulated)"
    )


def words(row: str, column: str) -> str:
    """SQL for the words of the page that carried a column of the row."""
    return f"json_extract_string({row}.evidence, '$.{column}')"
