"""`python -m tests.docs`: write the pages of `docs/` that follow from schemas and declarations."""

from __future__ import annotations

from tests.docs.pages import stale, write

if __name__ == "__main__":
    for name in stale():
        print(f"docs/{name}")
    write()
