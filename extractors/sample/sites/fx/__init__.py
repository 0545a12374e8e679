from datetime import date

LAST_DAY = date(2026, 7, 3)
"""The last day on which the sample's site shows something new."""
