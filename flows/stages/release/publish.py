"""Publishing a release: the last stage of a night, and the command of that name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flows.core.errors import named_error
from flows.core.settings import Settings
from flows.core.sources import whole
from schemas.ops.tables import OPS_CHECKS
from warehouse.engine.storage.base import Address
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from flows.core.context import RunContext
    from warehouse.publication.formats.data_package import Credit
    from warehouse.publication.publish import Publication
    from warehouse.publication.verify import FileComparison
    from warehouse.store.home import Home


@dataclass
class Published:
    """What a run's report says of publication. `failed_checks`: what did not hold the same rows."""

    publication: Publication | None = None
    failed_checks: tuple[str, ...] = ()
    error: str = ""

    @property
    def carried(self) -> list[str]:
        """What can't be read of the release and was published as it was before, with why."""
        return self.publication.carried if self.publication else []


def publish_current(context: RunContext) -> Published:
    """Publish the current release, if there is one, it is not out yet, and it is wanted.

    Never raises for what a disk can do: what was published before then stands.
    """
    from warehouse.publication.publish import PublicationError, lacks, shelf_of
    from warehouse.publication.publish import wrong as damaged
    from warehouse.store.releases import current

    if not context.settings.publish:
        return Published()
    try:
        release = current(context.warehouse)
        if release is None:
            return Published()
        shelf = shelf_of(context.home)
        pointer = shelf.pointer() or {}
        is_out = pointer.get("release_id") == release.release_id
        is_out = is_out and not lacks(shelf, release.release_id)
        # In S3 each look is a download: there `carbonmart check --bytes` looks.
        if is_out and (isinstance(shelf.root, Address) or not damaged(shelf, release.release_id)):
            return Published()
        return Published(publish(context.home, context.settings, run_id=context.run_id))
    except PublicationError as error:
        wrong = tuple(f"{f.name} {f.scope}" for f in error.findings if not f.is_same)
        return Published(failed_checks=wrong, error=str(error))
    except (WarehouseError, OSError) as error:
        return Published(error=str(error))
    except Exception as error:  # noqa: BLE001 - the night's report must come out
        return Published(error=named_error(error))


def publish(
    home: Home,
    settings: Settings,
    release_id: str | None = None,
    *,
    keep: int | None = None,
    run_id: str = "",
) -> Publication:
    """Publish a release, book its checks, prune old ones.

    Raises `WarehouseError`, `PublicationError` if what was written is not what the
    tables hold; that is booked as well.
    """
    from flows.core.context import software_version
    from warehouse.publication.publish import PublicationError
    from warehouse.publication.publish import publish as write

    try:
        done = write(
            home,
            release_id,
            credits_=credits_of(),
            software=software_version(),
            keep=keep or settings.keep_releases,
        )
    except PublicationError as error:
        _record(home, error.release_id, error.findings, run_id)
        raise
    _record(home, done.release_id, done.findings, run_id)
    return done


def credits_of() -> dict[str, Credit]:
    """Whose figures they are, by source."""
    from warehouse.publication.formats.data_package import Credit

    found = {}
    for name, source in whole().items():
        found[name] = Credit(source.title, source.publisher, source.homepage, source.terms)
    return found


def _record(home: Home, release_id: str, findings: Sequence[FileComparison], run_id: str) -> None:
    from warehouse.store.store import Warehouse

    now = datetime.now(UTC)
    run = run_id or f"publish-{now:%Y%m%dT%H%M%S%fZ}"
    rows: list[dict[str, Any]] = [
        {
            "run_id": run,
            "checked_at": now,
            "name": finding.name,
            "scope": finding.scope,
            "expected": finding.expected,
            "found": finding.found,
            "verdict": "pass" if finding.is_same else "fail",
            "evidence": f"release {release_id}",
        }
        for finding in findings
    ]
    Warehouse(home.path).append_log(OPS_CHECKS, rows, run_id=run)
