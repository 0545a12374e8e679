"""The sample of the holiday notices and closure notices, for an invented year."""

from datetime import date

LAST_DAY = date(2025, 12, 31)
