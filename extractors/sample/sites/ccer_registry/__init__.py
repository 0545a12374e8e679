from datetime import date

LAST_DAY = date(2026, 7, 19)
"""The last day on which the sample's site shows something new."""
