"""What a brief tells of itself: conflicts, what changed, how fresh it is, what checks found."""

from __future__ import annotations

from typing import Any

from flows.core.sources import whole
from flows.reports.brief.cells import Cells, distinct, text_of
from flows.reports.brief.facts import Row
from flows.reports.brief.words import OUTCOMES
from transforms.witnesses import WITNESSES

_SHOWN_CHANGES = 40


class Upkeep(Cells):
    """Claims, conflicts, changes, freshness, checks."""

    def _claims(self) -> list[dict[str, Any]]:
        from flows.lineage.claims import compare
        from transforms.marts.report_claims import REPORT_YEAR

        if self.facts.span.year != REPORT_YEAR:
            return []
        found = []
        for one in compare(self.facts.figures):
            claim, rows = one.claim, one.found
            told = "-"
            if rows:
                figure = self._figure(rows[0])
                told = f"{figure['label']} {figure['period']}: {figure['told']}"
                text = figure["value_text"]
                told += f" ({text})" if text and text != figure["told"] else ""
            citations = [self._citation(c) for c in one.citations]
            found.append(
                {
                    "says": claim.says[self.lang],
                    "found": told,
                    "note": claim.note[self.lang],
                    "verdict": one.verdict,
                    "is_simulated": any(row["is_simulated"] for row in rows[:1]),
                    "citations": citations,
                }
            )
        return found

    def _findings(self) -> list[dict[str, Any]]:
        """Figures on which publishers differ, and what the report of the year has otherwise."""
        found = []
        for row in self.facts.figures:
            if row["agreement"] != "conflicts" or row["period"][:4] != self.period:
                continue
            best = self.facts.figure(row["figure_id"], row["period"])
            both = [self._figure(one) for one in (best, row) if one]
            told = "; ".join(
                f"{f['label']} {f['period']}, {self.w[f['source']]}: "
                f"{f['printed'] or f['told']} ({f['exact']})"
                for f in both
            )
            citations = [c for f in both for c in f["citations"]]
            marked = any(f["is_simulated"] for f in both)
            found.append({"told": told, "is_simulated": marked, "citations": distinct(citations)})
        found += map(self._difference, self.facts.differences)
        for claim in self._claims() if self.facts.span.quarter is None else []:
            if claim["verdict"] == "differs":
                colon = "：" if self.lang == "zh" else ": "
                stop = "；" if self.lang == "zh" else "; "
                told = f"{self.w['claim']}{colon}{claim['says']}{stop}{self.w['table_says']}{colon}"
                told += f"{claim['found']}{'。' if self.lang == 'zh' else '.'} {claim['note']}"
                found.append({**claim, "told": told})
        return found

    def _difference(self, line: Row) -> dict[str, Any]:
        """A figure of a day on which the exchange and the registry differ."""
        words = line["words"]
        for witness in WITNESSES:
            words = words.replace(witness, self.w[witness])
        told = self.w["witnesses_differ"].format(
            day=line["day"],
            figure=line["figure"],
            alone=self.w[line["alone"]],
            by=line["difference"],
            words=words,
        )
        marked = any(row["is_simulated"] for _, _, row in line["rows"])
        citations = [self._cited(row, table, (day,), None) for table, day, row in line["rows"]]
        return {"told": told, "is_simulated": marked, "citations": citations}

    def _changes(self) -> dict[str, Any]:
        facts, w = self.facts, self.w
        if facts.before is None:
            return {"says": w["first_brief"], "lines": []}
        release = facts.before["release_id"]
        lines = [line for one in facts.changes if (line := self._change(one))]
        if not lines:
            return {"says": w["no_changes"].format(release=release), "lines": []}
        more = len(lines) - _SHOWN_CHANGES
        shown = lines[:_SHOWN_CHANGES] + ([f"… +{more}"] if more > 0 else [])
        return {"says": w["since"].format(release=release), "lines": shown}

    def _change(self, one: Row) -> str:
        """A change that a reader of this brief may care for; citations alone are none."""
        changed = {
            n: pair for n, pair in one["changed"].items() if n not in ("citations", "derived_from")
        }
        if one["action"] == "MOD" and not changed:
            return ""
        key = " ".join(str(part) for part in one["key"].values())
        cells = ", ".join(f"{name} {text_of(a)} → {text_of(b)}" for name, (a, b) in changed.items())
        return f"{self.w[one['action']]}: {key}" + (f" ({cells})" if cells else "")

    def _freshness(self) -> dict[str, Any]:
        runs = {row["source"]: row for row in self.facts.runs}
        newest = {row["source"]: row["newest"] for row in self.facts.newest}
        return self._grid(
            ("source", "newest", "outcome"),
            (
                {
                    "is_simulated": False,
                    "cells": (
                        self.w[name],
                        str(newest.get(name) or "-"),
                        f"{self._outcome(runs[name]['outcome'])}, "
                        f"{runs[name]['started_at']:%Y-%m-%d %H:%M}Z"
                        if name in runs
                        else "-",
                    ),
                }
                for name in whole()
            ),
        )

    def _outcome(self, outcome: str) -> str:
        return OUTCOMES[self.lang].get(outcome, outcome)

    def _checks(self) -> dict[str, Any]:
        says = ", ".join(f"{row['names']} {self.w[row['verdict']]}" for row in self.facts.checks)
        lines = [
            f"{row['name']} {row['scope']}: {self.w['expected']} {row['expected']}, "
            f"{self.w['found']} {row['found']} ({self.w[row['verdict']]})"
            for row in self.facts.failed
        ]
        return {"says": says or self.w["none"], "failed": lines}
