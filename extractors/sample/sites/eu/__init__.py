from datetime import date

LAST_DAY = date(2026, 7, 6)
"""The last day on which the sample's sites show something new."""
