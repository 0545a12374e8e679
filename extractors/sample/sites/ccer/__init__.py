from datetime import date

LAST_DAY = date(2025, 12, 31)
"""The last day on which the sample's site shows something new."""
