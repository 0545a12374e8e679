"""A text's figures as the values of a ledger's row (`schemas.core.prose`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from schemas.core.prose import FATES, FIGURES
from transforms.text.frames.model import Read


def ledger_values(read: Sequence[Read]) -> dict[str, Any]:
    """The counts and the figures of a text that was read; empty fields are left out."""
    counts = Counter(figure.fate.value for figure in read)
    sentences = [
        {"sentence": sentence, "figures": [_figure(each) for each in figures]}
        for (_, sentence), figures in groupby(read, key=lambda each: (each.position, each.sentence))
    ]
    return {
        "found": len(read),
        **{fate: counts[fate] for fate in FATES},
        FIGURES.name: json.dumps(sentences, ensure_ascii=False, separators=(",", ":")),
    }


def _figure(read: Read) -> dict[str, str]:
    held = {
        "printed": read.printed,
        "kind": read.kind,
        "fate": read.fate.value,
        "metric": read.metric,
        "reason": read.reason,
        "words": "; ".join(read.words),
        "value": "" if read.value is None else f"{read.value:f}",
        "unit": read.unit,
    }
    return {name: text for name, text in held.items() if text}
