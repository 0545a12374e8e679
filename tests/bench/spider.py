"""`python -m tests.bench.spider OUT UNTIL ROUTES`: the same sample by Scrapy, to Parquet.

What a practitioner would write: the same lists, articles, quote files and day queries; of
each bulletin its title, its date and every figure, by plain regular expressions; of the
JSON every row; typed columns, one Parquet file a table. No archive, no checks, no
revisions. robots.txt obeyed, 16 requests at once, no delay, no throttle. Prints counts.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed

from schemas.trading import LAUNCH, shipped

Rows = dict[str, list[dict[str, Any]]]

SITE, QUERY = "overview.cneeex.example", "shyx.cneeex.example"
LISTS = [
    f"/qgtpfqjy/{kind}/{year}n/"
    for kind in ("mrgk", "mzgk", "jysj/ydgk")
    for year in range(2021, 2026)
]
QUOTES = ("", "-CEA", "-CEA21", "-CEA22", "-CEA23", "-CEA24")
SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
    "DNS_RESOLVER": "tests.bench.spider.Loopback",
    "USER_AGENT": "carbonmart-bench (+sample@carbonmart.example)",
}

_BLANK = re.compile(r"\s+")
_ARTICLE = re.compile(r"/c/(\d{4}-\d\d-\d\d)/\d+\.shtml$")
_PAGER = re.compile(r"/index_(\d+)\.shtml$")
_PRICE = re.compile(r"(开盘价|最高(?:成交)?价|最低(?:成交)?价|收盘价)为?(\d+\.\d+)元/吨")
_CHANGE = re.compile(r"(上涨|下跌)(\d+\.\d+)%")
_LEG = re.compile(
    r"(挂牌协议|大宗协议|单向竞价|累计|总)?(?:交易)?[周月年]?成交量([\d,.]+)(亿吨|万吨|吨)，"
    r"(?:总|累计|[周月年])?成交额([\d,.]+)(亿元|万元|元)"
)
_SCALE = {"吨": 1, "元": 1, "万吨": 10**4, "万元": 10**4, "亿吨": 10**8, "亿元": 10**8}


class Loopback(CachingThreadedResolver):
    """Every name is this machine: the sample's hosts end in `.example`."""

    def getHostByName(self, name: str, timeout: Any = None) -> Deferred[str]:  # noqa: N802
        return succeed("127.0.0.1")


class SampleSpider(scrapy.Spider):
    """All pages of the sample, as tables."""

    name = "sample"

    def __init__(self, port: int, until: date, rows: Rows) -> None:
        super().__init__()
        self.port, self.until, self.rows = port, until, rows

    async def start(self) -> Any:
        for file in QUOTES:
            yield self.ask(SITE, f"/zhhq/jsonData/hiskline{file}.json", self.quotes)
        for day in shipped().trading_days(LAUNCH, self.until):
            yield scrapy.Request(
                f"http://{QUERY}:{self.port}/gateway/common/querySubStat",
                self.totals,
                method="POST",
                body=json.dumps({"tradeDate": f"{day:%Y%m%d}"}),
                headers={"Content-Type": "application/json"},
            )
        for folder in (*LISTS, "/qgtpfqjy/jysj/ndgk/"):
            yield self.ask(SITE, f"{folder}index.shtml", self.listing)

    def ask(self, host: str, path: str, then: Any) -> scrapy.Request:
        return scrapy.Request(f"http://{host}:{self.port}{path}", then)

    def listing(self, response: Any) -> Iterator[scrapy.Request]:
        found = _PAGER.search(response.url)
        number = int(found[1]) if found else 1
        for href in response.css("a::attr(href)").getall():
            path = urlsplit(response.urljoin(href)).path
            if _ARTICLE.search(path):
                yield self.ask(SITE, path, self.bulletin)
            elif path.endswith(f"/index_{number + 1}.shtml"):
                yield self.ask(SITE, path, self.listing)

    def bulletin(self, response: Any) -> None:
        title = "".join(response.css("h3 ::text").getall())
        text = _BLANK.sub("", response.xpath("string(//body)").get())
        published, _, body = text.partition("发布时间：")[2].partition("声明")
        row: dict[str, Any] = {
            "title": _BLANK.sub("", title),
            "published_on": date.fromisoformat(published[:10]),
            "url": response.url,
        }
        body = published[10:]
        for name, price in _PRICE.findall(body):
            row.setdefault(name.replace("成交", ""), Decimal(price))
        if change := _CHANGE.search(body):
            row["change_pct"] = Decimal(change[2]) * (-1 if change[1] == "下跌" else 1)
        for leg, volume, t, turnover, cny in _LEG.findall(body):
            row.setdefault(f"{leg or '年初至今'}量", Decimal(volume.replace(",", "")) * _SCALE[t])
            row.setdefault(
                f"{leg or '年初至今'}额", Decimal(turnover.replace(",", "")) * _SCALE[cny]
            )
        self.rows["bulletins"].append(row)

    def quotes(self, response: Any) -> None:
        product = response.url.rpartition("hiskline")[2].removesuffix(".json") or "COMCEA"
        for day, opened, close, low, high, volume in response.json():
            self.rows["quotes"].append(
                {
                    "trade_date": date.fromisoformat(day),
                    "product": product,
                    "open": Decimal(opened),
                    "close": Decimal(close),
                    "low": Decimal(low),
                    "high": Decimal(high),
                    "volume_t": int(volume),
                }
            )

    def totals(self, response: Any) -> None:
        for row in response.json().get("data") or ():
            self.rows["totals"].append(
                {
                    "trade_date": datetime.strptime(row["tradeDate"], "%Y%m%d").date(),  # noqa: DTZ007
                    "product": row["subjectCode"],
                    "method": row["tradeMethod"],
                }
                | {f"{p}_volume_t": int(row[f"{p}Volume"]) for p in ("trade", "year", "total")}
                | {f"{p}_cny": Decimal(row[f"{p}Amount"]) for p in ("trade", "year", "total")}
            )


def write(rows: Rows, folder: Path) -> None:
    """One Parquet file a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        columns = dict.fromkeys(column for row in found for column in row)
        table = pa.table({c: [row.get(c) for row in found] for c in columns})
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def main() -> None:
    """Crawl and write."""
    folder, until, routes = sys.argv[1:]
    port = urlsplit(json.loads(routes)[SITE]).port
    rows: Rows = {"bulletins": [], "quotes": [], "totals": []}
    process = CrawlerProcess(SETTINGS)
    process.crawl(SampleSpider, port=port, until=date.fromisoformat(until), rows=rows)
    process.start()
    write(rows, Path(folder))
    figures = sum(len(row) - 3 for row in rows["bulletins"])
    print(json.dumps({name: len(found) for name, found in rows.items()} | {"figures": figures}))


if __name__ == "__main__":
    main()
