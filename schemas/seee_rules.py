"""Row-level identities of the exchange's figures (DESIGN 4)."""

from __future__ import annotations

from schemas.table import Rule

BULLETIN_RULES: tuple[Rule, ...] = ()
QUOTE_RULES: tuple[Rule, ...] = ()
METHOD_TOTAL_RULES: tuple[Rule, ...] = ()
