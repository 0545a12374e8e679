"""What is no measure in English prose, and where a figure can begin."""

from __future__ import annotations

import re

from transforms.text.dates import MONTHS, SHORT_MONTHS
from transforms.text.figures.en_units import CURRENCY
from transforms.text.figures.model import FigureKind
from transforms.text.matching import one_of

_NAMED = (
    "Phases?|Stages?|Tiers?|Scopes?|Tracks?|Options?|Tables?|Figures?|Box|Notes?|Steps?|Groups?"
    "|Categor(?:y|ies)|Class(?:es)?|Annex(?:es)?|Parts?|Chapters?|Sections?|COP|ETS|Tranches?"
    "|Rounds?|Levels?|Versions?|Vol|Blocks?|Titles?|Paragraphs?|Articles?|Art|Clauses?|Days?"
    "|Agenda|CBAM|phases?|tiers?|stages?|scopes?|articles?|tables?|classes|groups?"
)
_LAW = (
    "Act|Bill|Law|Order|Regulations?|Directive|Decree|Code|Ordinance|Decision|Resolution|Circular"
    "|Plan|Roadmap|Report|Guidelines?|Strategy|Rules?|AB|SB|HB|BBI|COM"
)
_EU = r"\((?:EU|EC|EEC)\)"
_CODES = r"(?i:stock codes?|codes?|SEHK|HKEX|HKG|HKSE)"
_PARTS = "half|third|quarter|fifth|tenth"
NOT_MEASURES: tuple[tuple[FigureKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (FigureKind.ADDRESS, r"(?:https?://|www\.)[!-~]{1,300}|[\w.-]{1,60}@[\w.-]{1,60}"),
        (FigureKind.PAGE, r"(?:[Pp]ages?|pp?\.) ?[0-9]{1,4}(?: ?- ?[0-9]{1,4})?"),
        (
            FigureKind.PHONE,
            r"\+[0-9]{1,3}[ -]?[0-9(][0-9() -]{5,16}[0-9]"
            r"|(?:[Tt]el|[Pp]hone|[Ff]ax)\.?:? ?\(?[0-9][0-9() -]{5,16}[0-9]",
        ),
        (
            FigureKind.CODE,
            rf"{_CODES}(?: of)?[: ]{{1,2}}[0-9]{{1,5}}(?:\.HK)?"
            r"(?:(?: ?[/,&] ?| and )[0-9]{1,5}(?![0-9%]|[.,][0-9]))*(?![0-9%]|[.,][0-9])"
            r"|[0-9]{4,5}\.HK|\([0-9]{3,5}\)",
        ),
        (
            FigureKind.DOCUMENT,
            rf"(?:{_LAW})(?:,? [Nn]o\.?|,? [Nn]umber| of)?(?: ?{_EU})?(?: [Nn]o\.?)? ?\(?[0-9]"
            r"[0-9./-]{0,14}(?<![.])(?: [0-9]{3,4}(?![0-9]))?\)?"
            rf"|[Nn]os?\. ?[0-9][0-9./-]{{0,14}}(?<![.])|{_EU} ?[0-9]{{2,4}}/[0-9]{{1,4}}"
            r"|[0-9]{2,4}/[0-9]{1,4}/(?:EC|EU|EEC)"
            r"|(?:ISO|GB|EN)[ /-]?[0-9]{3,6}(?:[-:][0-9]{1,4})*",
        ),
        (
            FigureKind.TIME,
            r"[0-9]{1,2}:[0-9]{2}(?: ?(?:[ap]\.?m\b\.?|hours))?"
            r"|[0-9]{1,2}(?:\.[0-9]{2})? ?[ap]\.?m\b\.?",
        ),
        (
            FigureKind.VOTE,
            r"[0-9]{1,4} (?:votes?\b(?: (?:out of|of|to|against|in favou?r and)(?: a total of)?"
            r" [0-9]{1,4}(?: (?:votes|members|seats|against))?)?"
            r"|in favou?r|against\b|abstentions?)",
        ),
        (
            FigureKind.ORDINAL,
            rf"(?:{_NAMED})\.? ?[0-9]{{1,3}}(?:\.[0-9]{{1,2}}){{0,2}}(?:\([0-9a-z]{{1,2}}\))?"
            r"(?:(?:,| and| to| or| ?-| &) ?[0-9]{1,2}(?:\.[0-9]{1,2})?(?![0-9%,.]))*"
            r"(?![0-9%]|[.,][0-9])|Fit for 55"
            r"|[Pp]hases? (?:one|two|three|four|five|I{1,3}|IV|V)\b",
        ),
        (
            FigureKind.FORMULA,
            r"(?:CO2|CH4|N2O|SF6|NF3|CF4|C2F6|H2|PM2\.5|PM10|HFC-?[0-9]{1,3}[a-z]{0,2})"
            r"(?:-?eq?)?(?![A-Za-z0-9])",
        ),
        (FigureKind.MARK, r"\[[0-9]{1,3}\]|\([0-9]{1,2}\)(?= )"),
    )
)
"""What no number is, in the order in which they are tried at one place."""
BEGINS = re.compile(
    rf"[0-9]|{CURRENCY}(?= ?[0-9])|\b(?:{one_of((*MONTHS, *SHORT_MONTHS))})\b|https?:|www\."
    rf"|[\[+~(](?=[0-9])|\b(?:{_NAMED}|{_LAW}|[Pp]ages?|pp?|[Nn]os?|[Tt]el|[Pp]hone|[Ff]ax"
    r"|[Ss]tock [Cc]odes?|[Cc]odes?|FY|Fit for|mid|late|early)\b"
    r"(?=[^A-Za-z]{0,3}[0-9]| of [0-9]|,? [Nn]o| ?\(E)"
    r"|\b[Pp]hases? (?=one|two|three|four|five|I|V)|\b[Ff](?:iscal|inancial) year"
    r"|\b[Cc]ompliance year|\b(?i:first|second|third|fourth|last)[ -](?=quarter|half)"
    rf"|\b(?i:(?:a|one|two|three) ?-?(?={_PARTS}))|\bhalf (?=of|the|as)"
    r"|\b(?i:a (?=hundred|thousand|million|billion)|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b"
    r"|(?<![A-Za-z0-9])[A-Za-z]{1,12}-?(?=[0-9])|(?<![\w.-])[\w.-]{1,60}@"
)
"""Where a figure can begin; most places of a text are none."""
