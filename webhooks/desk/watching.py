"""The pages that watch over the work: how promises were kept, and who did what on the desk."""

from datetime import datetime

from babel.dates import format_date
from babel.numbers import format_percent
from fastapi import Response

from bot.desk import ledger
from bot.desk.audit import ACTIONS, ON_A_PAGE, read_log
from bot.desk.ledger import Kept
from webhooks.desk.charts import bars
from webhooks.desk.visit import Visit


def promises(visit: Visit) -> Response:
    """Show the share of promises kept and the time to the first words, as drawings and as tables."""
    weeks = ledger.by_week(visit.session, visit.by, visit.local_now)
    names = [_week(visit, one.begins) for one in weeks]
    shares = [(name, one.share, _share(visit, one)) for name, one in zip(names, weeks, strict=True)]
    times = [(name, one.median_minutes, _minutes(visit, one)) for name, one in zip(names, weeks, strict=True)]
    rows = [
        (name, one, _share(visit, one), _minutes(visit, one)) for name, one in zip(names, weeks, strict=True)
    ]
    teams = ledger.by_team(visit.session, visit.by, visit.now)
    return visit.show(
        "promises",
        shares=bars(shares, 1.0),
        times=bars(times),
        weeks=rows,
        teams=[(one.name, one, _share(visit, one), _minutes(visit, one)) for one in teams],
        any=any(one.promised for one in weeks),
    )


def audit(visit: Visit) -> Response:
    """Show who did what, a page at a time."""
    page, action = visit.page_number(), visit.query("action")
    chosen = action if action in ACTIONS else ""
    entries = read_log(visit.session, visit.by, page, chosen)
    return visit.show(
        "audit",
        entries=entries[:ON_A_PAGE],
        more=len(entries) > ON_A_PAGE,
        page=page,
        action=chosen,
        actions=ACTIONS,
    )


def _week(visit: Visit, begins: datetime | None) -> str:
    return format_date(begins, "d/M", locale=visit.voice.locale) if begins else ""


def _share(visit: Visit, kept: Kept) -> str:
    return "–" if kept.share is None else format_percent(kept.share, locale=visit.voice.locale)


def _minutes(visit: Visit, kept: Kept) -> str:
    if kept.median_minutes is None:
        return "–"
    minutes = round(kept.median_minutes)
    return visit.voice.say_n("{n} minute", "{n} minutes", minutes)
