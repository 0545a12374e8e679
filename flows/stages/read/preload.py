"""What a process that reads pages needs, imported once for all of them.

A server that has imported this forks the reading processes, so that none of them spends
its first second on imports.
"""

from __future__ import annotations

import pandera.pandas  # noqa: F401
import pyarrow  # noqa: F401

import flows.stages.read.prepare  # noqa: F401
from flows.core.sources import names, pipeline

for _name in names():
    pipeline(_name)  # its reader, transform and tables are imported when it is first asked for
