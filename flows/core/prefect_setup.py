"""What Prefect is told before it is imported, when it reads its settings: import this first.

Without a server it starts one in this process, which on a new machine takes longer than the
20 s it allows itself; and nothing is told to anybody about who runs what.
"""

from __future__ import annotations

import os

os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")


def quiet() -> None:
    """Have it say on the terminal only what is amiss; the rest goes to the server.

    It would run through the progress bars.
    """
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")
