"""What an outcome of the conversation can want done in this room, and who does it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.conversation import effects
from bot.conversation.turn import Effect
from bot.handoff.context import Context
from bot.outreach import answers, broadcasts, digest, encounters, later, meetings, news, notice_desk

OUTREACH: Final[Mapping[type[Effect], Callable[[Context, Any], None]]] = MappingProxyType(
    {
        effects.ShowMeetings: meetings.show_meetings,
        effects.ShowMeetingPlace: meetings.show_place,
        effects.Follow: meetings.follow,
        effects.StopTelling: later.stop_telling,
        effects.ShowRounds: lambda context, _: meetings.show_rounds(context),
        effects.ShowStop: meetings.show_stop,
        effects.ChangeStop: meetings.change_stop,
        effects.JoinRound: meetings.join_round,
        effects.ArriveAtPlace: encounters.arrive,
        effects.GreetEncounter: encounters.greet_encounter,
        effects.GiveCode: encounters.give_code,
        effects.NoteMeeting: encounters.note_meeting,
        effects.FixMeeting: encounters.fix_meeting,
        effects.PlanFollowUp: later.plan_follow_up,
        effects.AskWhetherItWorked: later.ask_whether_it_worked,
        effects.ItHelped: later.it_helped,
        effects.SetReminder: later.set_reminder,
        effects.TellReminder: later.tell_reminder,
        effects.Spread: lambda context, effect: broadcasts.spread(context, effect.broadcast),
        effects.ShowTopics: lambda context, _: news.show_topics(context),
        effects.OfferToTeam: answers.offer_to_team,
        effects.ShowDigest: digest.show,
        effects.MakeNotice: notice_desk.make,
        effects.ShapeNotice: notice_desk.shape,
        effects.StepNotice: notice_desk.step,
    }
)
