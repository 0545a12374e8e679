"""Prose read whole: frames that claim a figure only if every word around it is understood.

What a caller uses::

    from transforms.text.frames.reading import ProseText, read
    from transforms.text.frames.rows import load_metrics
    from transforms.text.frames.zh import CHINESE

    reading = read(ProseText(lines, title, published_on, market), CHINESE, metrics, deadline)
    reading.claims    # ClaimedFigure: metric, value, value_to, unit, scope, sector, period ...
    reading.figures   # list[Read]: every printed figure with its fate, the ledger

A language (`model.Language`) is: `plain` (a form to match, with its printed characters),
`paragraphs`, `sentences`, `scan` (`transforms.text.figures`), `market` (the one market that a
title or a sentence names), and `around`: every figure of a sentence, of whatever kind, in order,
each an `Around` with the classes of the words of its head and tail. Splitting clauses, telling a
base from what is compared with it, 其中 and 分别, `rather than` and `out of`, days that are due:
all that is the language's, and is told in `Around` (see its fields; `zh.py` is the example).

The rest is shared: `words.<language>.yml` is the vocabulary (`words.py`), a source's metrics are
rows of its own YAML (`rows.py` says what a row may hold), `periods.py` settles days and
periods, `reading.py` walks over a text and carries what one figure leaves to the next, and
`claiming.py` decides.
"""
