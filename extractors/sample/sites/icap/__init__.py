from datetime import date

LAST_DAY = date(2026, 5, 29)
"""The last day on which the sample's site shows something new."""
