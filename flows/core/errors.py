"""The error of a wrong request, in a module that every command can import at no cost."""

from __future__ import annotations


class UsageError(ValueError):
    """A request that can't be carried out as it stands; the message says what to do."""
