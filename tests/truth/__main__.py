"""`make truth`: precision and recall of the readers of prose, on texts whose facts are known.

Three kinds of texts: golden pages, cases, and texts of a grammar of ours (`generated/`), of which
Hypothesis decides what they say. `make truth WRITE=1` puts the tables into docs/measured.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.truth.report import tables, written

PAGE = Path(__file__).parents[2] / "docs" / "measured.md"


def main() -> None:
    """Print the tables, and write them where they stand."""
    told = tables()
    print(told)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), told), encoding="utf-8")


if __name__ == "__main__":
    main()
