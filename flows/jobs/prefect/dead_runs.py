"""Runs of a deployment whose process died: ended by the next run of it, before it begins.

Nobody tells a Prefect server of a worker that was killed: the run stays `Running`, and holds the
one place of its deployment until its lease is over (five minutes). The next run waits for that
(`ENQUEUE`), and then knows by its own place that no other run of the deployment has one.
"""

from __future__ import annotations

from uuid import UUID

# First of all: it sets Prefect up before Prefect is imported.
from flows.core import prefect_setup  # noqa: F401

# isort: split
from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.runtime import deployment, flow_run
from prefect.states import Crashed

_STARTED = [StateType.RUNNING, StateType.CANCELLING]


def end_dead_runs() -> list[FlowRun]:
    """End what earlier runs of the present one's deployment, and their subflows, have left
    unfinished; gives the runs. Nothing where more than one may go at a time, or none is deployed.
    """
    if not deployment.id:
        return []
    with get_client(sync_client=True) as client:
        found = client.read_deployment(UUID(deployment.id))
        limit = found.global_concurrency_limit
        if limit is None or limit.limit != 1:
            return []
        ours = FlowRunFilterDeploymentId(any_=[found.id])
        mine = FlowRunFilterId(not_any_=[UUID(flow_run.id)])
        dead = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(deployment_id=ours, id=mine, state=_in(_STARTED))
        )
        for run in dead:
            _end(client, run, f"its process died; run {flow_run.name} takes up from there")
    return dead


def _end(client: SyncPrefectClient, run: FlowRun, why: str) -> None:
    """Subflows first: a run that is ended is looked at no more."""
    parts = FlowRunFilterParentFlowRunId(any_=[run.id])
    for part in client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            parent_flow_run_id=parts, state=_in([StateType.PENDING, *_STARTED])
        )
    ):
        _end(client, part, why)
    client.set_flow_run_state(run.id, Crashed(message=why), force=True)


def _in(states: list[StateType]) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
