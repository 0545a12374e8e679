"""Publishes the current release of a home and dies at the n-th time it has something on disk.

Arguments: home, n (0: does not die). Prints how often it wrote to disk.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from tests.support.released import publish_now
from warehouse.store.home import open_home


def main() -> None:
    home, wanted = sys.argv[1], int(sys.argv[2])
    synced, count = os.fsync, 0

    def counting(handle: Any) -> None:
        nonlocal count
        count += 1
        if count == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        synced(handle)

    os.fsync = counting  # type: ignore[assignment]
    publish_now(open_home(home, None))
    print(count)


if __name__ == "__main__":
    main()
