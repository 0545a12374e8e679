"""The error of a wrong request, in a module that every command can import at no cost.

What a bug says of itself: `words_of_error` is for whatever a source's own code or files may raise.
"""

from __future__ import annotations

import traceback


class UsageError(ValueError):
    """A request that can't be carried out as it stands; the message says what to do."""


class ClockError(RuntimeError):
    """A clock that can't be right: nothing was written; the message says which, and what to do."""


def named_error(error: Exception) -> str:
    """The error's kind, and `words_of_error`."""
    return f"{type(error).__name__}: {words_of_error(error)}"


def words_of_error(error: Exception) -> str:
    """The error's words in one line, with the line of code that raised it."""
    words = " ".join(str(error).split())
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return words
    return f"{words} ({frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno})"
