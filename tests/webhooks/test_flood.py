"""Who sends too much waits; nobody else does, and memory stays bounded."""

import pytest

from webhooks.flood import MOST_KEYS, Limit, sender


def test_a_burst_passes_then_an_even_rate() -> None:
    limit = Limit(per_second=2, at_once=3)
    assert [limit.seconds_to_wait("a", 0.0) for _ in range(4)] == [0, 0, 0, pytest.approx(0.5)]
    assert limit.seconds_to_wait("a", 0.5) == 0
    assert limit.seconds_to_wait("a", 0.5) == pytest.approx(0.5)


def test_others_are_not_held_back() -> None:
    limit = Limit(per_second=1, at_once=1)
    assert [limit.seconds_to_wait(key, 0.0) for key in ("a", "a", "b")] == [0, 1, 0]


def test_who_comes_back_too_early_does_not_wait_longer() -> None:
    limit = Limit(per_second=1, at_once=1)
    assert [limit.seconds_to_wait("a", 0.0) for _ in range(50)][-1] == 1


def test_a_million_addresses_do_not_fill_the_memory() -> None:
    limit = Limit(per_second=1, at_once=5)
    for number in range(MOST_KEYS * 3):
        limit.seconds_to_wait(str(number), 0.0)
    assert len(limit._free_at) <= MOST_KEYS


def test_a_home_has_one_ipv4_address_or_one_ipv6_network() -> None:
    assert sender("192.0.2.7") == "192.0.2.7"
    assert sender("2001:db8:1:2::3") == sender("2001:db8:1:2:ffff::9") != sender("2001:db8:1:3::3")
    assert sender("testclient") == "testclient"
