"""JSON pages: strictly decoded, of the expected outer shape, or a `LayoutError`."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from extractors.model import LayoutError, Page
from extractors.parsing.html import decode

_T = TypeVar("_T")


def read_json(page: Page, shape: type[_T], **how: Any) -> _T:
    """The page's JSON, a list or an object as `shape` says; `how` goes to `json.loads`.

    Raises `LayoutError` for anything else.
    """
    text = decode(page)
    try:
        answer = json.loads(text, **how)
    except (ValueError, RecursionError, ArithmeticError) as error:
        # Beside bad syntax: numbers of thousands of digits, brackets without end.
        raise LayoutError(page, f"not JSON: {error}", text[:200]) from error
    if not isinstance(answer, shape):
        raise LayoutError(page, f"JSON, but no {shape.__name__}", text[:200])
    return answer
