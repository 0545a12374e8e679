"""Spacing of requests and the budget of a day, on a clock that only sleeping moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extractors.http.rate_limit import DayBudget, HostSlots, Pacer


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


def test_runs_side_by_side_ask_a_host_no_more_often_than_one(clock: Clock, tmp_path: Path) -> None:
    slots = HostSlots(tmp_path / "pace", clock=clock)
    one, other = (Pacer(1, clock=clock, sleep=clock.sleep, slots=slots) for _ in range(2))
    waited = [pacer.wait("a") for pacer in (one, other, other, one, other)]
    assert waited == pytest.approx([0, 1, 1, 1, 1])
    assert other.wait("b") == 0, "another host is another matter"
    other.hold("a", 5)
    assert other.wait("a") == pytest.approx(5)


def test_slots_that_cannot_be_kept_or_come_from_a_wrong_clock_hold_up_nobody(
    clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    nowhere = HostSlots(tmp_path / "file" / "pace", clock=clock)
    assert nowhere.take("a", 1, 0.25) == 0.25
    slots = HostSlots(tmp_path, clock=clock)
    for text in ("", "no number", f"{clock.now + 90_000}"):
        (tmp_path / "a").write_text(text)
        assert slots.take("a", 1, 0) == 0
    assert slots.take("a", 1, 0) == pytest.approx(1)
