"""A month of one town's teams, played with the real rules of promising: holidays, sick leave, two outages.

People ask at all hours, workers look at their offers when they are on duty, some decline, some accept and forget.
Pure and seeded: the same month each time. Nothing happens while the bot is away; it comes in afterwards.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.handoff.hours import after, opened
from bot.handoff.promise import Colleague, Crew, Promise, Wanted, best_promise, duty_of, is_there, suits
from directory.packs import load_pack
from tests.benchmarks.figures import Figure, at_most, percentile

BEGIN, DAYS = datetime(2026, 5, 1, tzinfo=UTC), 31  # Labour Day, Ascension Day, Whit Monday
REQUESTS = 2000
OUTAGES = (  # one in the middle of a working day, one over a night and a morning
    (datetime(2026, 5, 12, 9, 30, tzinfo=UTC), timedelta(hours=2)),
    (datetime(2026, 5, 20, 22, 0, tzinfo=UTC), timedelta(hours=11)),
)
SHIFTS = ("Mo-Fr 09:00-13:00", "Mo-Fr 12:00-17:00", "Mo-We 09:00-17:00", "We-Fr 09:00-17:00")
TEAMS = ("Mo-Fr 09:00-17:00", "Mo-Fr 08:00-18:00", "Mo-Sa 09:00-18:00")
HOURS_OF_ASKING = [1] * 7 + [3, 6, 9, 9, 9, 8, 7, 7, 8, 8, 7, 6, 6, 5, 4, 3, 2]
LANGUAGES = ("fr", "fr", "fr", "nl", "ar", "en")
DECLINES, FORGETS, AGREES, URGENT = 0.08, 0.03, 0.8, 0.06
LOOKS_AFTER, ANSWERS_AFTER, WORKS_ON = 12.0, 10.0, 150.0  # minutes, on average; the last of duty
ROOM = 6


@dataclass
class Request:
    """One person's request in the month; its states are those of the lifecycle."""

    asked: datetime
    wanted: Wanted
    status: str = "asked"
    made: Promise | None = None
    until: datetime | None = None
    worker: int = 0
    replied: datetime | None = None
    missed: bool = False
    tried: set[int] = field(default_factory=set)
    declined: set[int] = field(default_factory=set)
    asked_of: set[int] = field(default_factory=set)


class Month:
    """Plays the month."""

    def __init__(self, requests: int = REQUESTS, seed: int = 6) -> None:
        """Set up teams, people and what they will ask."""
        self._chance = random.Random(seed)
        self._territory = load_pack("brussels").territory
        self._now = BEGIN
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self._crews = {number: self._crew(number, hours) for number, hours in enumerate(TEAMS, 1)}
        self._held: dict[int, int] = {}
        self.requests: list[Request] = []
        self.refused = 0
        for _ in range(requests):
            self._at(self._moment(), self._ask)
        for worker in (2, 7, 11):  # ill for some days, told in the morning
            start = BEGIN + timedelta(days=self._chance.randint(3, 20), hours=6)
            self._at(start, lambda worker=worker: self._ill(worker))  # type: ignore[misc]

    def play(self) -> None:
        """Let everything happen in its order; what comes in while the bot is away waits."""
        while self._queue:
            moment, number, act = heapq.heappop(self._queue)
            back = next(
                (begins + lasts for begins, lasts in OUTAGES if begins <= moment < begins + lasts), None
            )
            if back:
                heapq.heappush(self._queue, (back, number, act))
                continue
            self._now = moment
            act()

    def duty_until_reply(self, request: Request) -> float:
        """Give the minutes of the team's hours that passed before the first words."""
        if request.made is None or request.replied is None:
            return 0.0
        duty = opened(TEAMS[request.made.team - 1], request.asked, request.replied, self._territory)
        return sum((end - start for start, end in duty), timedelta()) / timedelta(minutes=1)

    def _crew(self, number: int, hours: str) -> Crew:
        people = tuple(
            Colleague(
                id_, id_, str(id_), ("fr", LANGUAGES[id_ % len(LANGUAGES)]), hours=SHIFTS[id_ % 4], free=ROOM
            )
            for id_ in range((number - 1) * 4, number * 4)
        )
        return Crew(number, f"Team {number}", hours=hours, colleagues=people)

    def _crew_now(self, number: int) -> Crew:
        crew = self._crews[number]
        open_ = [one for one in self.requests if one.made and one.made.team == number and one.status in OPEN]
        people = tuple(replace(one, free=ROOM - self._held.get(one.id, 0)) for one in crew.colleagues)
        waiting = sum(one.status in ("asked", "offered") for one in open_)
        return replace(crew, colleagues=people, waiting=waiting, free=crew.free - len(open_))

    def _ask(self) -> None:
        wanted = Wanted(self._chance.choice(LANGUAGES), urgent=self._chance.random() < URGENT)
        request = Request(self._now, wanted)
        crews = [self._crew_now(number) for number in self._crews]
        made = best_promise(crews, wanted, self._now, self._territory)
        if made is None:
            self.refused += 1
            return
        self.requests.append(request)
        self._promise(request, made)

    def _promise(self, request: Request, made: Promise) -> None:
        request.made, request.until, request.status, request.worker = made, made.until, "asked", 0
        request.declined, request.asked_of = set(), set()
        self._at(made.turn, lambda: self._look_elsewhere(request))
        self._at(made.until, lambda: self._deadline(request, made.until))
        self._offer(request)

    def _offer(self, request: Request) -> None:
        if request.status not in ("asked", "offered") or request.made is None:
            return
        crew = self._crew_now(request.made.team)
        fitting = [
            one
            for one in crew.colleagues
            if suits(crew, one, request.wanted) and one.id not in request.declined
        ]
        there = [one for one in fitting if one.free > 0 and is_there(crew, one, self._now, self._territory)]
        for one in there:
            request.status = "offered"
            if one.id in request.asked_of:
                continue
            request.asked_of.add(one.id)
            self._in(self._chance.expovariate(1 / LOOKS_AFTER), lambda one=one: self._seen(request, one.id))  # type: ignore[misc]
        if not there:
            begins = [
                start
                for one in fitting
                for start, _ in duty_of(crew, one, self._now, 1, self._territory)
                if start > self._now
            ]
            soon = self._now + timedelta(minutes=15)
            self._at(max(min(begins, default=soon), soon), lambda: self._offer(request))

    def _seen(self, request: Request, worker: int) -> None:
        if request.status != "offered" or request.made is None or worker in request.declined:
            return
        if worker not in {one.id for one in self._crews[request.made.team].colleagues}:
            return  # it went to another team meanwhile
        if self._chance.random() < DECLINES:
            request.declined.add(worker)
            self._offer(request)
        elif self._held.get(worker, 0) >= ROOM:
            request.asked_of.discard(worker)  # no room now: asked again once there is
        else:
            request.status, request.worker = "accepted", worker
            self._held[worker] = self._held.get(worker, 0) + 1
            if self._chance.random() >= FORGETS:
                self._in(self._chance.expovariate(1 / ANSWERS_AFTER), lambda: self._answer(request, worker))

    def _answer(self, request: Request, worker: int) -> None:
        if request.status != "accepted" or request.worker != worker or request.made is None:
            return
        request.status, request.replied = "in-contact", self._now
        crew = self._crew_now(request.made.team)
        one = next(one for one in crew.colleagues if one.id == worker)
        worked = timedelta(minutes=self._chance.expovariate(1 / WORKS_ON))
        end = after(duty_of(crew, one, self._now, 1, self._territory), worked) or self._now + timedelta(
            days=8
        )
        self._at(end, lambda: self._close(request))

    def _close(self, request: Request) -> None:
        request.status = "closed"
        self._held[request.worker] -= 1
        for other in sorted(self.requests, key=lambda one: (not one.wanted.urgent, one.asked)):
            if other.status in ("asked", "offered"):  # there is room again
                self._offer(other)

    def _look_elsewhere(self, request: Request) -> None:
        """Before the deadline: to a colleague, else to another team, which needs a yes."""
        if request.replied or request.made is None or request.status not in OPEN:
            return
        if request.status == "accepted":  # accepted and forgotten
            self._held[request.worker] -= 1
            request.declined.add(request.worker)
            request.status, request.worker = "asked", 0
            self._offer(request)
            return
        request.tried.add(request.made.team)
        crews = [self._crew_now(number) for number in self._crews]
        made = best_promise(crews, request.wanted, self._now, self._territory, request.tried)
        if made and self._chance.random() < AGREES:
            self._in(self._chance.uniform(2, 40), lambda: self._move(request))

    def _move(self, request: Request) -> None:
        if request.replied or request.missed or request.status not in ("asked", "offered"):
            return
        crews = [self._crew_now(number) for number in self._crews]
        made = best_promise(crews, request.wanted, self._now, self._territory, request.tried)
        if made:
            self._promise(request, made)

    def _deadline(self, request: Request, until: datetime) -> None:
        if request.replied or request.until != until or request.status not in OPEN:
            return
        request.missed = True
        if request.status != "accepted":
            request.status = "expired"  # an apology and other doors
        else:
            self._in(24 * 60, lambda: self._give_up(request))

    def _give_up(self, request: Request) -> None:
        if request.status == "accepted":
            request.status = "expired"
            self._held[request.worker] -= 1

    def _ill(self, worker: int) -> None:
        for number, crew in self._crews.items():
            back = self._now + timedelta(days=5)
            people = tuple(
                replace(one, absent_until=back) if one.id == worker else one for one in crew.colleagues
            )
            self._crews[number] = replace(crew, colleagues=people)

    def _moment(self) -> datetime:
        hour = self._chance.choices(range(24), HOURS_OF_ASKING)[0]
        day = timedelta(days=self._chance.randrange(DAYS), hours=hour - 2)
        return BEGIN + day + timedelta(minutes=self._chance.uniform(0, 60))

    def _in(self, minutes: float, act: Callable[[], None]) -> None:
        self._at(self._now + timedelta(minutes=minutes), act)

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (max(moment, self._now), self._count, act))


OPEN = ("asked", "offered", "accepted", "in-contact")


def figures(requests: int = REQUESTS) -> Iterator[Figure]:
    """Play a month and tell how the promises went."""
    month = Month(requests)
    month.play()
    kept = [
        one
        for one in month.requests
        if one.replied and one.until and one.replied <= one.until and not one.missed
    ]
    minutes = [(one.replied - one.asked) / timedelta(minutes=1) for one in month.requests if one.replied]
    of_duty = [month.duty_until_reply(one) for one in month.requests if one.replied]
    lost = [one for one in month.requests if one.status not in ("closed", "expired")]
    rate = 100 * len(kept) / len(month.requests)
    yield Figure("handoff-month-promises-kept", rate, "%", None, 95.0, rate >= 95.0)
    yield Figure("handoff-month-first-words-median", percentile(minutes, 50), "min")
    yield Figure("handoff-month-first-words-p95", percentile(minutes, 95), "min")
    yield at_most("handoff-month-first-words-median-of-duty", percentile(of_duty, 50), "min", 120)
    yield Figure("handoff-month-first-words-p95-of-duty", percentile(of_duty, 95), "min")
    yield Figure("handoff-month-refused-honestly", 100 * month.refused / requests, "%")
    yield at_most("handoff-month-requests-lost", len(lost), "requests", 0)


if __name__ == "__main__":
    for figure in figures():
        print(figure.to_json())
