"""`python -m tests.sample_market`: write the files of the simulated market anew."""

from __future__ import annotations

from extractors.sample.sites.seee.figures import DATA
from tests.sample_market.files import files

if __name__ == "__main__":
    for name, content in files().items():
        (DATA / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
