"""The mark on what a bundle shows of a sample store: every chart may be opened by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Documents = dict[str, Mapping[str, Any]]
MARK = " (simulated 模拟)"


def marked(documents: Mapping[str, Mapping[str, Any]]) -> Documents:
    """The bundle's documents with the mark in the titles of the dashboard and of all charts and
    datasets of figures; what the pipeline tells of its own runs is none."""
    sets = [d for name, d in documents.items() if name.startswith("datasets/")]
    logs = {d["uuid"] for d in sets if d["table_name"].startswith("ops_")}
    done: Documents = {}
    titles: dict[str, str] = {}
    for name, document in documents.items():
        told = dict(document)
        if name.startswith("charts/") and told["dataset_uuid"] not in logs:
            titles[told["uuid"]] = told["slice_name"] = told["slice_name"] + MARK
        elif name.startswith("datasets/") and told["uuid"] not in logs:
            told["description"] += " Of the embedded sample: simulated, not published figures."
        elif name.startswith("dashboards/"):
            told["dashboard_title"] += MARK
        done[name] = told
    for name in (n for n in done if n.startswith("dashboards/")):
        done[name] = {**done[name], "position": _titled(done[name]["position"], titles)}
    return done


def _titled(position: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """The layout with the charts' titles."""
    placed: dict[str, Any] = {}
    for place, node in position.items():
        meta = node.get("meta", {}) if isinstance(node, dict) else {}
        title = titles.get(meta.get("uuid", ""))
        placed[place] = {**node, "meta": {**meta, "sliceName": title}} if title else node
    return placed
