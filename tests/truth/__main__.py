"""`make truth`: precision and recall of the readers of prose, on texts whose facts are known.

A source has a module here with `samples(count, seed)` and `read(text)`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests.truth.model import score

TEXTS = 2_000


def main() -> None:
    """Print a line a source, in the form of README's table."""
    print("| source | texts | facts | right | wrong | precision | recall |")
    print("|---|---|---|---|---|---|---|")
    names = {found.name for found in iter_modules([str(Path(__file__).parent)])}
    for module in sorted(names - {"model", "__main__"}):
        part = import_module(f"tests.truth.{module}")
        told = score(part.samples(TEXTS, 1), part.read)
        print(
            f"| {module} | {told.texts:,} | {told.wanted:,} | {told.right:,} | {told.wrong} "
            f"| {told.precision:.1%} | {told.recall:.1%} |"
        )


if __name__ == "__main__":
    main()
