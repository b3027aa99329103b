"""A short month with the rules of promising loses nobody and keeps its word."""

from tests.benchmarks.month import figures


def test_a_month_loses_nobody_and_keeps_its_promises() -> None:
    told = {figure.figure: figure for figure in figures(requests=300)}
    assert told["handoff-month-requests-lost"].value == 0
    assert told["handoff-month-promises-kept"].value >= 95
