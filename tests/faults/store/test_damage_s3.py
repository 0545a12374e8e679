"""Objects of a home in S3 that are not what was written: told, and brought back."""

from __future__ import annotations

from datetime import date

import obstore

from extractors.sample.server.server import SampleServer
from flows.core.outcome import GOOD
from flows.core.settings import Settings
from flows.jobs.repair import repair
from flows.stages.monitor.damage import Damage, damages
from schemas.ops.tables import OPS_FETCHES
from tests.support.nights import World
from tests.support.s3 import Bucket, bucket, s3_server
from warehouse.engine.delta.log import write_checkpoint
from warehouse.store.home import open_home
from warehouse.store.store import Warehouse

__all__ = ["bucket", "s3_server"]

RATES = "select * from fx_rates__history order by all"
UNTIL = date(2021, 8, 6)


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def spoil(bucket: Bucket, folder: str, end: str, *, is_lost: bool = False) -> str:
    """The last such object gets a flipped bit, or is lost; gives its address."""
    name = max(n for n in bucket.names(folder) if n.endswith(end))
    if is_lost:
        obstore.delete(bucket.store, name)
    else:
        obstore.put(bucket.store, name, flipped(bucket.read(name)))
    return f"{bucket.home}/{name}"


def looked_at(bucket: Bucket) -> list[Damage]:
    return list(damages(open_home(bucket.home, None)))


def rows(bucket: Bucket) -> list[tuple[object, ...]]:
    return Warehouse(open_home(bucket.home, None).path).query(RATES).fetchall()


def test_damage_in_a_bucket_is_told_and_repaired(bucket: Bucket) -> None:
    with SampleServer(until=UNTIL) as server:
        world = World(bucket.home, server, "fx")  # type: ignore[arg-type]  # by its address
        assert world.night(publish=True).outcome == "changed"
    state = Warehouse(open_home(bucket.home, None).path)._state(OPS_FETCHES)
    assert state is not None
    assert write_checkpoint(state.root, state.delta)
    before = rows(bucket)
    spoilt = {
        spoil(bucket, "tables/fx_rates", ".parquet"),
        spoil(bucket, "tables/ops_fetches/_delta_log", ".checkpoint.parquet"),
        spoil(bucket, "tables/ops_runs/_delta_log", ".json"),
        spoil(bucket, "published", ".parquet", is_lost=True),
        spoil(bucket, "archive/fx", ".warc.gz"),
    }
    done = repair(Settings(home=bucket.home), is_dry=False)
    assert spoilt <= {each.file for each in done.found}
    assert not [each for each in done.found if "carbonmart repair" not in each.remedy]
    assert looked_at(bucket) == []
    assert "make the checkpoint of ops_fetches anew from its commits" in done.done
    assert done.report
    assert {run.outcome for run in done.report.runs} <= GOOD
    assert (done.left, rows(bucket)) == ([], before)
    assert any(name.startswith("damaged/fx_rates-") for name in bucket.names("damaged"))
    assert not [n for n in bucket.names("damaged") if n.startswith("damaged/ops_fetches-")]
