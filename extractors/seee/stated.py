"""What pages of the Shanghai exchange state to be, where that is not what was asked for."""

from __future__ import annotations

import json
import re

_ASKED_DAY = re.compile(r"/c/(\d{4}-\d\d-\d\d)/")
_PUBLISHED = re.compile(r"发布时间(?:<[^<>]{0,200}>|&nbsp;|[\s:：\u3000])*(\d{4}-\d\d-\d\d)")


def other_bulletin(url: str, query: str | None, body: bytes) -> str:
    """An article's address has the day on which it came out, and its line 发布时间 says it."""
    asked = _ASKED_DAY.search(url)
    text = body.decode("utf-8", "replace")
    if "发布时间" not in text:
        text = body.decode("gb18030", "replace")
    stated = _PUBLISHED.search(text)
    if asked is None or stated is None or stated[1] == asked[1]:
        return ""
    return f"the page says that it came out on {stated[1]}, its address {asked[1]}"


def other_totals(url: str, query: str | None, body: bytes) -> str:
    """Each row of an answer on a day names its day."""
    try:
        asked = json.loads(query or "")["tradeDate"]
        stated = {str(row["tradeDate"]) for row in json.loads(body)["data"] or ()}
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""  # an answer of another shape is for its reader
    others = sorted(stated - {asked})
    return f"asked for {asked}, the answer has rows of {', '.join(others[:3])}" if others else ""
