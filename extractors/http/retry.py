"""Which failures are asked again, and after how long: urllib3's Retry, driven by hand.

urllib3 would sleep inside its own loop, unseen by the pacer and blind to a body that
breaks off. So the client asks here after each attempt and waits through the pacer,
which also keeps every other thread off the troubled host.
"""

from __future__ import annotations

from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.util import Retry

RETRY_STATUSES = frozenset({500, 502, 503, 504})
"""Transient faults of the server. 403, 420 and 429 are walls and not in here."""

LONGEST_WAIT_S = 60.0
"""Backoff never waits longer. A Retry-After beyond it ends the fetch for this run: coming
back sooner than asked would be rude, and sleeping for hours would hold up the night."""


class Attempts:
    """The attempts at one request: at most `retries` after the first."""

    def __init__(self, retries: int, backoff_s: float) -> None:
        self._retry = Retry(
            total=retries,
            backoff_factor=backoff_s,
            backoff_max=LONGEST_WAIT_S,
            backoff_jitter=backoff_s,
            allowed_methods=None,  # a POST here is a query: it changes nothing
            redirect=False,
        )
        self.made = 0

    def pause(self, url: str, retry_after: str = "") -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none.

        Exponential with jitter, and never less than a Retry-After header asks for
        (seconds or a date; an unreadable one is passed over, as RFC 9110 allows).
        """
        self.made += 1
        try:
            self._retry = self._retry.increment(url=url)
        except MaxRetryError:
            return None
        wanted = _seconds(self._retry, retry_after)
        if wanted > LONGEST_WAIT_S:
            return None
        return max(wanted, self._retry.get_backoff_time())


def _seconds(retry: Retry, retry_after: str) -> float:
    if not retry_after:
        return 0.0
    try:
        return retry.parse_retry_after(retry_after)
    except (InvalidHeader, ValueError, OverflowError):  # the year 99999, a number without end
        return 0.0
