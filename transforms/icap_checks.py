"""Identities of ICAP's prices and news across rows."""

from __future__ import annotations

from transforms.checks import Check

CHECKS: tuple[Check, ...] = ()

FRESHNESS: frozenset[str] = frozenset()
