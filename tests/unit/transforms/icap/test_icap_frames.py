"""ICAP's metrics by sentences of ours: what is taken, and what stands close to it and is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.english_truth import TOLD, Told, figures
from transforms.icap.news.reading import read_text
from transforms.text.frames.model import Fate


def facts(text: str, *places: str) -> list[str]:
    """Each fact as `metric scope value unit`, the parts that it has."""
    return [
        " ".join(
            part
            for part in (
                fact.metric,
                fact.scope,
                "" if fact.value is None else f"{fact.value.normalize():f}",
                "" if fact.value_to is None else f"to {fact.value_to.normalize():f}",
                fact.unit,
                fact.period,
            )
            if part
        )
        for fact in read_text([text], places).facts
    ]


TAKEN = """
Fourteen companies took part in the auction.
  = bidders 14 bidders
Nine bidders were successful.
  = bidders successful 9 bidders
A total of 41 bidders submitted bids for 9.4 million allowances.
  = bidders 41 bidders; allowances bid 9400000 allowances
Nine bids were made with five being above the reserve price.
  = bids 9 bids
The bid-to-cover ratio was 2.31.
  = cover_ratio 2.31 1
The cover ratio stood at 1.8.
  = cover_ratio 1.8 1
Some 3.2 million allowances went unsold.
  = allowances unsold 3200000 allowances
The auction cleared slightly above the minimum price (USD 14.53) at USD 14.61.
  = price floor 14.53 USD/t; price clearing 14.61 USD/t
The settlement price was CAD 21.05, just above the reserve price of CAD 20.87.
  = price clearing 21.05 CAD/t; price floor 20.87 CAD/t
Proceeds amounted to USD 93.4 million.
  = turnover auction 93400000 USD
Auctions have raised USD 4.2 billion since 2009.
  = turnover cumulative 4200000000 USD
In 2024, 189 million allowances were traded.
  = volume 189000000 allowances 2024
The total number of allowances in circulation amounted to 1,449,214,182.
  = allowances in circulation 1449214182 allowances
Between September 2023 and August 2024, 272 million allowances will be withdrawn from auctions.
  = reserve_intake 272000000 allowances
If the surplus is above 1,096 million allowances, 24% is placed in the reserve.
  = reserve_threshold 1096000000 allowances; reserve_intake 24 %
When the TNAC is above 833 million, 12% is placed in the reserve.
  = reserve_threshold 833000000 allowances; reserve_intake 12 %
If the TNAC falls below the threshold of 400 million, units are released.
  = reserve_threshold 400000000 allowances
As of 15 July, about 465 million tonnes of allowances have been traded for 27 billion yuan.
  = volume cumulative 465000000 t; turnover cumulative 27000000000 CNY
The reserve holds 5% of the cap.
  = reserve_share 5 %
A total of 5.5 million allowances will be set aside for new entrants.
  = allowances reserve 5500000 allowances
Entities may bank up to 20% of their allowances.
  = banking_limit 20 %
The purchase limit was lowered to 82,500 allowances per bidder.
  = purchase_limit 82500 allowances
The state distributed 12.4 million allowances for free.
  = allowances free 12400000 allowances
The government plans to cover 300 entities.
  = entities planned 300 entities
The proposed cap would be 18 million tonnes per year.
  = cap yearly, planned 18000000 t
The cap declines by 3.3% annually.
  = reduction The cap declines by 3.3 % yearly
This represents a 2.3% reduction from the 2017 cap.
  = reduction cap 2.3 %
The region's cap has fallen 65% since it was first set in 2009.
  = reduction The region's cap 65 %
Companies that emit 25,000 tonnes or more per year are covered.
  = threshold 25000 t
Covered emissions were 54.2 MtCO2e in 2021.
  = emissions total 54200000 t 2021
The benchmark for clinker was cut from 0.79 to 0.76 tCO2/t.
  = benchmark before 0.79 tCO2/t; benchmark 0.76 tCO2/t
Emissions fell by thirty percent (30%) by 2030.
  = reduction Emissions 30 % 2030
Four companies successfully bid for all available allowances (550,000 KAUs).
  = bidders successful 4 bidders; allowances offered 550000 allowances
The state sold 4 million current and 2 million advance allowances.
  = allowances sold 4000000 allowances; allowances sold 2000000 allowances
They bid for 9 million allowances; 3 million were sold.
  = allowances bid 9000000 allowances; allowances sold 3000000 allowances
The auction sold 5 million 2027 vintage allowances.
  = allowances sold 5000000 allowances
Since its opening, the market has traded 12 million tonnes.
  = volume cumulative 12000000 t
This is a 1.1% decline in allowances sold and an 8.4% decrease in price.
  = reduction allowances 1.1 %; reduction price 8.4 %
Plants that generate 50,000 tonnes or more of emissions per year are covered.
  = threshold 50000 t
A pilot phase is scheduled to begin in 2031.
  = milestone date 2031
The amendment becomes effective on 1 July 2025.
  = effective date 1 July 2025
"""
NOT_TAKEN = (
    "The scheme started in 2015 with 525 entities and now covers 804.",
    "Less than 2% of the plants which reported emissions for 2031 failed to pay by the deadline.",
    "The cap could be reduced by 5%.",
    "It is considering options to lower the cap to 106 million tonnes.",
    "No allowances were sold at USD 15.20.",
    "The price did not reach the floor of USD 12.",
    "The clearing price of USD 13.50 was that of the previous auction.",
    "The previous floor price of USD 12 was low.",
    "The auction was cancelled after 3 million allowances were offered.",
    "Analysts expect revenues of EUR 5 billion in 2026.",
    "The power sector accounts for 40% of national emissions.",
    "It covers agriculture, which accounts for 47% of emissions.",
    "Operators whose annual emissions are 25,000 tonnes will be subject to a cap.",
    "The law did not enter into force on 1 January 2020.",
    "The law could take effect on 1 January 2027.",
    "It was to take effect on 1 January 2019.",
    "It will enter into force on 1 January of the year following the vote.",
    "About 500 of the 2,000 companies have not surrendered allowances.",
    "The reserve will release 100 million allowances if prices rise.",
    "Fifteen states support the plan.",
    "Allowances were circulating by the end of 2019.",
    "Another 10 million reserve allowances will remain available for auctions.",
    "14,289 tonnes of allowances were traded.",
    "Emissions fell by 30 tonnes of 2019 levels.",
)


def stanzas() -> list[tuple[str, list[str]]]:
    """The sentences above, each with its facts."""
    found: list[tuple[str, list[str]]] = []
    for line in TAKEN.strip().splitlines():
        if line.startswith("  = "):
            found[-1][1].extend(line.removeprefix("  = ").split("; "))
        else:
            found.append((line, []))
    return found


@pytest.mark.parametrize(("text", "wanted"), stanzas())
def test_a_sentence_of_each_metric_is_taken(text: str, wanted: list[str]) -> None:
    assert facts(text) == wanted


@pytest.mark.parametrize("text", NOT_TAKEN)
def test_what_stands_close_to_it_is_not(text: str) -> None:
    read = read_text([text])
    assert read.facts == []
    assert Fate.TAKEN not in {figure.fate for figure in read.figures}


def test_the_offered_reach_over_a_condition_and_no_further() -> None:
    told = facts("The reserve releases 9 million allowances if the surplus is below 400 million.")
    assert told == ["reserve_threshold 400000000 allowances"]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.text)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_word_that_nobody_knows_leaves_the_figure(told: Told, data: st.DataObject) -> None:
    """Wherever it stands in the clause, before the figure or behind it."""
    printed, _ = data.draw(figures(told))
    words = told.text.removesuffix(".").split(" ")
    begins = 1 + max((n for n, word in enumerate(words) if word.endswith(",")), default=0)
    place = data.draw(st.integers(begins, len(words)))
    text = " ".join([*words[:place], "quaintly", *words[place:]]).replace("{n}", printed)
    assert facts(f"{text}.") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Emissions from cement fell by 4%.", "reduction Emissions from cement 4 %"),
        ("Emissions of the 300 plants fell by 4%.", "reduction Emissions of the 300 plants 4 %"),
        ("In 2031, emissions fell by 4%.", "reduction emissions 4 % 2031"),
        ("The cap will have fallen 65%.", "reduction The cap will have fallen 65 %"),
        (
            "The biggest reduction was achieved in the cement sector with a decrease of 14%.",
            "reduction cement 14 %",
        ),
    ],
)
def test_a_change_says_of_what_it_is_and_that_it_is_to_come(text: str, wanted: str) -> None:
    assert facts(text) == [wanted]
