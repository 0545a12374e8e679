"""The sample's web server: HTTP/1.1 on loopback, in a thread of this process.

One port serves all hosts of the sample and tells them apart by the Host header.
`POST /__control__` on the loopback address itself moves the calendar and orders
faults, for when the server runs in a process of its own (`process.SampleProcess`).
"""

from __future__ import annotations

import json
import threading
from collections import deque
from datetime import date
from types import TracebackType
from typing import Any, Self

from extractors.sample.server.faults import Fault, make_fault, spoil
from extractors.sample.server.handler import Handler, HttpServer
from extractors.sample.site import JSON, Response, Site, UnknownFault, error
from extractors.sample.sites.all import all_sites, day_of, last_day


class SampleServer:
    """Starts on entering the context, stops on leaving it.

    `routes` maps each host of the sample to the server's address. `requests`
    holds the latest requests as (method, host, target, status).
    """

    def __init__(self, until: date | None = None) -> None:
        self._until = until
        self.sites = all_sites(until)
        self._at: dict[str, list[Site]] = {}
        for site in self.sites.values():
            for host in site.hosts:  # two sources may read one host
                self._at.setdefault(host, []).append(site)
        self.requests: deque[tuple[str, str, str, int]] = deque(maxlen=50_000)
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._http = HttpServer(("127.0.0.1", 0), Handler)
        self._http.sample = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def routes(self) -> dict[str, str]:
        return dict.fromkeys(self._at, self.base)

    @property
    def hosts(self) -> list[str]:
        return list(self._at)

    @property
    def until(self) -> date:
        return min(self._until or last_day(), last_day())

    @until.setter
    def until(self, day: date | None) -> None:
        with self._lock:
            self._until = day
            for name, site in self.sites.items():
                site.until = day_of(name, day)

    def fault(self, pattern: str, kind: str, times: int | None = None, **args: Any) -> str:
        """Order a fault (see `faults`) or a change of a site; gives the path of the page
        that a change made, if any.

        Raises `UnknownFault`, or ValueError for a day that does not fit.
        """
        with self._lock:
            for site in self.sites.values():
                if kind in site.changes:
                    return site.change(pattern, kind, args)
            self._faults.append(make_fault(pattern, kind, times, args))
            return ""

    def clear(self) -> None:
        """Take back all faults and changes. `until` stays."""
        with self._lock:
            self._faults = []
            for site in self.sites.values():
                site.clear()

    def answer(self, host: str, target: str, body: bytes | None) -> Response:
        """The response to a request, faults included. The first fault that strikes wins."""
        sites = self._at.get(host)
        if sites is None:
            return error(421, f"no such host: {host}")
        with self._lock:
            for site in sites:
                response = site.respond(host, target, body)
                if response.status < 400:
                    break
            for fault in self._faults:
                if fault.strikes(host, target):
                    empties = (s for s in sites if s.empty_list(host, target) is not None)
                    return spoil(fault, next(empties, site), host, target, response)
        return response

    def control(self, body: bytes) -> Response:
        """Carry out an order: `{"do": "fault" | "clear" | "until" | "state", ...}`."""
        try:
            result = self._order(json.loads(body))
        except (ValueError, KeyError, TypeError) as wrong:
            return Response(json.dumps({"error": repr(wrong)}).encode(), JSON, status=400)
        return Response(json.dumps(result).encode(), JSON)

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        what = order["do"]
        made = ""
        if what == "fault":
            made = self.fault(
                order["pattern"], order["kind"], order.get("times"), **order.get("args", {})
            )
        elif what == "clear":
            self.clear()
        elif what == "until":
            self.until = date.fromisoformat(order["date"]) if order["date"] else None
        elif what != "state":
            raise UnknownFault(f"unknown order {what!r}")
        return {"until": self.until.isoformat(), "requests": len(self.requests), "path": made}
