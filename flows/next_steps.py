"""What somebody should do next about how a run ended: one sentence for each cause."""

from __future__ import annotations

from extractors.errors import CAUSES
from flows.outcome import GOOD, Outcome, Trouble

_RULES = {
    "empty_list": "Open the list in a browser: if it is not empty there, its markup has changed "
    "and the source's reader has to be mended; nothing was taken from the store.",
    "list_missing": CAUSES["moved"],
    "list_truncated": "Open the list's last page in a browser; the next run walks it again.",
    "list_unsteady": "The list changed while it was paged: the next run walks it again.",
    "holidays_missing": "Compare the exchange's closing notices with the trading calendar.",
    "calendar_differs": "Compare the exchange's closing notices with the trading calendar, and "
    "mend whichever is wrong.",
    "not_asked": "Its host was closed to this run by what came before: mend that first.",
    "disabled": "Take the source out of CARBONMART_DISABLED when it may be asked again.",
    "correction_refused": "See `carbonmart corrections`: the source does not say any more what "
    "the entry expects.",
    "archive_cut": "Save the web archive again: the file ends early.",
    "ArchiveError": "The archive could not be written or read: look at the disk's space and "
    "permissions; the next run completes it.",
    "WarehouseError": "A table could not be written or read: look at the disk's space and "
    "permissions; the next run completes it.",
}
_OUTCOMES = {
    Outcome.BLOCKED: CAUSES["wall"],
    Outcome.DRIFTED: CAUSES["layout"],
    Outcome.EMPTY_SUSPICIOUS: "What is due is not there: look at the publisher's site; if it is "
    "there, the list that is read has stopped or moved. The next run asks again.",
    Outcome.PARTIAL: "What came is in. Look at what the report names (`carbonmart quarantine` for "
    "refused records); the next run asks for the rest.",
    Outcome.FAILED: "An error of carbonmart itself or of its machine: the archive keeps the "
    "bytes, and the next run takes up from there. Run it with CARBONMART_LOG_LEVEL=debug.",
}


def next_step(outcome: Outcome, why: Trouble | None) -> str | None:
    """The next step in words; None where there is nothing to do."""
    if why is None or (outcome in GOOD and outcome is not Outcome.SKIPPED):
        return None
    return {**CAUSES, **_RULES}.get(why.rule) or _OUTCOMES.get(outcome)
