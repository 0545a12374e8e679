"""Spacing of requests and the budget of a day, on a clock that only sleeping moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from extractors.pace import DayBudget, Pacer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pacer_of(rate: float, clock: Clock) -> Pacer:
    return Pacer(rate, clock=clock, sleep=clock.sleep)


def test_requests_to_a_host_keep_their_distance(clock: Clock) -> None:
    pacer = pacer_of(2, clock)
    assert [pacer.wait("a") for _ in range(4)] == [0, 0.5, 0.5, 0.5]


def test_time_that_passed_anyway_is_not_waited_again(clock: Clock) -> None:
    pacer = pacer_of(1, clock)
    pacer.wait("a")
    clock.now += 0.75
    assert pacer.wait("a") == 0.25
    clock.now += 60
    assert pacer.wait("a") == 0, "and no burst is saved up"
    assert pacer.wait("a") == 1


def test_hosts_do_not_wait_for_each_other(clock: Clock) -> None:
    pacer = pacer_of(1, clock)
    assert [pacer.wait(host) for host in "abc"] == [0, 0, 0]


def test_a_crawl_delay_slows_and_never_hastens(clock: Clock) -> None:
    pacer = pacer_of(1, clock)
    pacer.wait("a", 5)
    assert pacer.wait("a", 5) == 5
    assert pacer.wait("a", 0.1) >= 1


def test_a_crawl_delay_learnt_late_counts_from_the_last_request(clock: Clock) -> None:
    pacer = pacer_of(1, clock)
    pacer.wait("a")
    assert pacer.wait("a", 5) == 5


def test_a_hold_keeps_every_caller_off_the_host(clock: Clock) -> None:
    pacer = pacer_of(0, clock)
    assert pacer.wait("a") == 0
    pacer.hold("a", 7)
    pacer.hold("a", 3)
    assert pacer.wait("b") == 0
    assert pacer.wait("a") == 7
    assert pacer.wait("a") == 0


def test_rate_zero_is_off(clock: Clock) -> None:
    pacer = pacer_of(0, clock)
    assert sum(pacer.wait("a") for _ in range(100)) == 0


@pytest.mark.parametrize("rate", [-1, float("inf"), float("nan")])
def test_a_senseless_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate_per_second"):
        Pacer(rate)


def test_the_budgets_day_is_the_sources_own() -> None:
    now = [datetime(2025, 12, 3, 15, 30, tzinfo=UTC)]  # 23:30 in Shanghai
    asked: list[datetime] = []

    def count_since(midnight: datetime) -> int:
        asked.append(midnight)
        return 1 if len(asked) == 1 else 0

    budget = DayBudget(2, "Asia/Shanghai", count_since, lambda: now[0])
    assert [budget.take(), budget.take()] == [True, False]
    now[0] += timedelta(minutes=31)
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]
    assert [m.astimezone(UTC).isoformat() for m in asked] == [
        "2025-12-02T16:00:00+00:00",
        "2025-12-03T16:00:00+00:00",
    ]
