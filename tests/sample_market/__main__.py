"""`python -m tests.sample_market`: write the files of the simulated markets anew."""

from __future__ import annotations

from extractors.sample.sites.icap import series
from extractors.sample.sites.seee import figures
from tests.sample_market.explorer import prices_csv
from tests.sample_market.files import files

if __name__ == "__main__":
    made = {figures.DATA / name: content for name, content in files().items()}
    made[series.DATA / "prices.csv"] = prices_csv()
    for path, content in made.items():
        path.write_bytes(content)
        print(f"{path.name}: {len(content):,} bytes")
