"""A word of its own in every text that is not open to all, and who may read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    FieldCell,
    PlanArea,
    PlanNote,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.activities.models import Activity
from pipeline.comments.models import Comment
from pipeline.imports.models import ImportRow, ImportRun
from pipeline.opportunities.models import (
    BulkRun,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
    SavedView,
)
from pipeline.reviews.models import Correction, PrivateNote, Review, ReviewItem
from pipeline.runner.models import Answer, Block, Run, Vote
from rhythm.calendar.models import Meeting, MeetingKind, OwnNote
from rhythm.commitments.models import Commitment, DateRequest
from rhythm.notices.models import DeliveryAttempt, Notice
from scorecards.strategy.models import Priorities
from tests.leaks.organisation import (
    LED_BY,
    SEE_ALL,
    TEAM_OF,
    Company,
    teams_above,
    teams_of,
    watchers,
)

WORD = re.compile(r"zq\d{5}qz", re.IGNORECASE)
ADMINS = {"ada"}


# -- who may read: plain Python over the company's own books ------------------------
def of_deal(company: Company, deal: Opportunity) -> set[str]:
    return watchers(company.key(deal.owner_id))


def of_activity(company: Company, activity: Activity) -> set[str]:
    readers = watchers(company.key(activity.owner_id))
    deal = activity.opportunity
    return readers | of_deal(company, deal) if deal else readers


def of_comment(company: Company, comment: Comment) -> set[str]:
    # Of what was removed, nobody reads a word.
    return set() if comment.removed_at else of_deal(company, comment.opportunity)


def of_commitment(company: Company, commitment: Commitment) -> set[str]:
    receiver = company.key(commitment.receiver_id)
    readers = watchers(company.key(commitment.promiser_id)) | {receiver}
    # Whoever leads a receiver who left answers in their place.
    return readers | watchers("dora") if receiver == "dora" else readers


def of_meeting(company: Company, meeting: Meeting) -> set[str]:
    """Return who may know of a meeting: those in it, those above, and executives."""
    chair, person = company.key(meeting.chair_id), company.key(meeting.person_id)
    team = company.team_key(meeting.team_id)
    readers = SEE_ALL | {chair, person, company.key(meeting.deputy_id)}
    readers |= watchers(person)
    readers |= {LED_BY[above] for above in teams_above(team)}
    members = {key for key in company.people if team in list(teams_of(key))}
    return readers | members


def of_priorities(company: Company, priorities: Priorities) -> set[str]:
    """Return who reads what counts in a team: its people, those below and above."""
    team = company.team_key(priorities.team_id)
    below = {key for key in company.people if team in list(teams_of(key))}
    return SEE_ALL | below | {LED_BY[above] for above in teams_above(team)}


def of_plan(company: Company, plan: AccountPlan) -> set[str]:
    """Return who reads a plan: of whose work it is, and of whoever sells there."""
    readers = watchers(company.key(plan.owner_id))
    for deal in Opportunity.objects.filter(account=plan.account_id):
        readers |= of_deal(company, deal)
    return readers


def of_cell(company: Company, cell: FieldCell) -> set[str]:
    """Return who reads of a product: of a deal, who sees the deal as well."""
    readers = of_plan(company, cell.plan)
    deal = cell.opportunity
    return readers & of_deal(company, deal) if deal else readers


def of_plan_item(company: Company, item: AccountReviewItem) -> set[str]:
    """Return who reads what was said of a plan: who reads the plan, and the chair."""
    meeting = item.review.meeting
    chair = company.key(meeting.deputy_id or meeting.chair_id)
    return (of_meeting(company, meeting) & of_plan(company, item.plan)) | {chair}


def of_item(company: Company, item: ReviewItem) -> set[str]:
    """Return who reads what was said of a deal: who sees the deal, and the chair."""
    meeting = item.review.meeting
    chair = company.key(meeting.deputy_id or meeting.chair_id)
    return (of_meeting(company, meeting) & of_deal(company, item.opportunity)) | {chair}


def of_room(company: Company, run: Run) -> set[str]:
    """Return who reads what is said in a meeting; of a 1:1, the two alone.

    Teams below know of it, and are not in it.
    """
    meeting = run.meeting
    sides = (meeting.chair_id, meeting.deputy_id, meeting.person_id)
    in_it = {company.key(each) for each in sides}
    if meeting.kind == MeetingKind.ONE_ON_ONE:
        return in_it
    team = company.team_key(meeting.team_id)
    below = {key for key in company.people if TEAM_OF.get(key) != team}
    leading = {LED_BY[above] for above in teams_above(team)}
    return (of_meeting(company, meeting) - below) | in_it | leading | SEE_ALL


def of_vote(company: Company, vote: Vote) -> set[str]:
    """Return who may read why: the voter, and whoever ran it, without a name."""
    meeting = vote.run.meeting
    runner = meeting.deputy_id or meeting.chair_id
    return {company.key(vote.voter_id), company.key(runner)}


def of_note(company: Company, note: OwnNote) -> set[str]:
    return {company.key(note.author_id)}


def of_notice(company: Company, notice: Notice) -> set[str]:
    return ADMINS | {company.key(notice.recipient_id)}


def of_view(company: Company, view: SavedView) -> set[str]:
    """Return who may use a view: its owner, everybody, or a team and who leads it."""
    owner = {company.key(view.owner_id)}
    if view.is_for_all:
        return owner | set(company.people)
    if view.team_id is None:
        return owner
    team = company.team_key(view.team_id)
    below = {key for key in company.people if team in list(teams_of(key))}
    return owner | below | {LED_BY[above] for above in teams_above(team)}


def of_admins(company: Company, record: object) -> set[str]:
    return ADMINS


@dataclass(frozen=True)
class Kept:
    """The texts of a model that are not open to all, and who may read them."""

    model: type[models.Model]
    fields: tuple[str, ...]
    readers: Callable[[Company, Any], set[str]]
    # Written only where there is a text already: a rule of the database says when.
    if_any: tuple[str, ...] = ()


KEPT = (
    Kept(
        Opportunity,
        ("name", "next_step", "description", "move_reason", "external_url"),
        of_deal,
        if_any=("close_reason",),
    ),
    Kept(OpportunityContact, ("role",), lambda c, each: of_deal(c, each.opportunity)),
    Kept(
        MilestoneRecord,
        ("answer", "evidence"),
        lambda c, each: of_deal(c, each.opportunity),
    ),
    Kept(
        CustomerOutcome,
        ("words", "metric", "baseline", "target", "confirmed_how"),
        lambda c, each: of_deal(c, each.opportunity),
    ),
    Kept(BulkRun, ("what",), lambda c, each: {c.key(each.by_id)}),
    Kept(SavedView, ("name",), of_view),
    Kept(Activity, ("outcome",), of_activity),
    Kept(Comment, ("text",), of_comment),
    Kept(Commitment, ("what", "about"), of_commitment, if_any=("drop_reason",)),
    Kept(DateRequest, ("reason",), lambda c, each: of_commitment(c, each.commitment)),
    Kept(Meeting, ("title", "notes"), of_meeting, if_any=("reason",)),
    Kept(
        Review,
        (),
        lambda c, each: of_meeting(c, each.meeting),
        if_any=("abandon_reason",),
    ),
    Kept(
        ReviewItem,
        ("decision_text", "note", "prep_changed", "prep_next", "prep_help"),
        of_item,
        if_any=("skip_reason", "moved_from", "moved_to"),
    ),
    Kept(PrivateNote, ("text",), of_note),
    Kept(AccountPlan, ("goal", "why"), of_plan),
    Kept(PlanPerson, ("note",), lambda c, each: of_plan(c, each.plan)),
    Kept(PlanOutcome, ("words", "evidence"), lambda c, each: of_plan(c, each.plan)),
    Kept(PlanArea, ("name",), lambda c, each: of_plan(c, each.plan)),
    Kept(FieldCell, ("note",), of_cell),
    Kept(
        PlanRisk,
        ("what", "response"),
        lambda c, each: of_plan(c, each.plan),
        if_any=("ending",),
    ),
    Kept(
        AccountReview,
        (),
        lambda c, each: of_meeting(c, each.meeting),
        if_any=("abandon_reason",),
    ),
    Kept(
        AccountReviewItem,
        ("decision_text", "note"),
        of_plan_item,
        if_any=("skip_reason",),
    ),
    Kept(PlanNote, ("text",), of_note),
    Kept(Run, (), lambda c, each: of_room(c, each), if_any=("abandon_reason",)),
    Kept(Block, ("title", "how", "note"), lambda c, each: of_room(c, each.run)),
    Kept(Answer, ("did", "will", "barrier"), lambda c, each: of_room(c, each.run)),
    Kept(Vote, ("line",), of_vote),
    Kept(Correction, ("reason",), lambda c, each: of_item(c, each.item)),
    Kept(Priorities, ("first", "second", "third"), of_priorities),
    Kept(DeliveryAttempt, ("answer",), lambda c, each: of_notice(c, each.notice)),
    Kept(Notice, ("subject", "text", "html", "calendar", "error"), of_notice),
    Kept(ImportRun, ("error",), of_admins),
    Kept(ImportRow, ("label", "detail"), of_admins),
)
# Texts without a canary, and why.
OPEN = {
    # Names of accounts, contacts and people are open to everybody signed in.
    "people.Organisation": "*",
    "people.Team": "*",
    "people.User": "*",
    "people.Invitation": "*",
    "opportunities.Account": "*",
    "opportunities.Contact": "*",
    "opportunities.Product": "*",
    # How we sell is for everybody who sells.
    "process.Process": "*",
    "process.Stage": "*",
    "process.Milestone": "*",
    "process.ProcessVersion": "*",
    "activities.ActivityKind": "*",
    # Nor is when we meet, and when nobody works.
    "calendar.AgendaTemplate": "*",
    "calendar.AgendaBlock": "*",
    "calendar.Cadence": "*",
    "calendar.CadenceVariant": "*",
    "calendar.WorkingCalendar": "*",
    "calendar.Holiday": "*",
    # What programs write for themselves: keys, states, paths.
    "opportunities.Opportunity": ("source", "external_id"),
    "activities.Activity": ("source", "external_id"),
    "calendar.Planning": "*",
    "calendar.Meeting": ("time_zone",),
    "commitments.Commitment": ("about_url",),
    "notices.Notice": ("kind", "key", "address", "message_id", "guard", "url"),
    "imports.ImportRun": ("source",),
    # Read from the uploaded file again when it is worked on.
    "imports.ImportFile": "*",
    "imports.ImportRow": ("key", "name_key", "link"),
    "imports.LastSaid": ("source",),
    "imports.SeenFile": ("source", "name"),
    "imports.UploadLink": ("token_sha256",),
    "meetings.CalendarFeed": ("token_sha256",),
    "meetings.Invitation": ("name_sha256",),
    # How a CRM is called stands beside every date of its data.
    "opportunities.Source": "*",
    # What a channel is called, to those who keep it; its secrets are locked.
    "notices.Channel": "*",
    # Nothing in the audit log can be changed; that admins alone read it, the tables of
    # tests/access/ say.
    "people.AuditEntry": "*",
}
OURS = ("rhythm", "pipeline", "coaching", "scorecards")


def texts_without_a_rule() -> list[str]:
    """Return the text fields of our models that are neither kept nor open."""
    kept = {each.model: {*each.fields, *each.if_any} for each in KEPT}
    found = []
    for model in apps.get_models():
        is_history = hasattr(model, "pgh_obj")
        if not model.__module__.startswith(OURS) or is_history:
            continue
        known = OPEN.get(model._meta.label, ())
        for field_ in model._meta.concrete_fields:
            if not isinstance(field_, models.CharField | models.TextField):
                continue
            if field_.choices or known == "*" or field_.name in known:
                continue
            if field_.name not in kept.get(model, ()):
                found.append(f"{model._meta.label}.{field_.name}")
    return found


@dataclass
class Canaries:
    """The words that were written, and who may read each."""

    company: Company
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)

    def write(self, after: dict[type[models.Model], int] | None = None) -> None:
        """Write a word into every kept text; of the rows beyond `after` alone.

        Twice, so that history holds some too.
        """
        for kept in KEPT:
            records = kept.model._base_manager.order_by("pk")
            if after is not None and kept.model in after:
                records = records.filter(pk__gt=after[kept.model])
            for record in records:
                for _time in range(2):
                    self._write_to(kept, record)

    def _write_to(self, kept: Kept, record: models.Model) -> None:
        word = f"zq{len(self.readers):05}qz"
        label = f"{kept.model._meta.label} {record.pk}"
        self.where[word] = label
        self.readers[word] = frozenset(kept.readers(self.company, record))
        given = [name for name in kept.if_any if getattr(record, name)]
        values = {
            name: f"https://crm.example/{word}" if name.endswith("_url") else word
            for name in (*kept.fields, *given)
        }
        kept.model._base_manager.filter(pk=record.pk).update(**values)

    def marks(self) -> dict[type[models.Model], int]:
        """Return the last row of each model, for `write` to begin behind."""
        found = {}
        for kept in KEPT:
            if isinstance(kept.model._meta.pk, models.AutoField):
                last = kept.model._base_manager.aggregate(last=models.Max("pk"))
                found[kept.model] = last["last"] or 0
        return found

    def leaked_to(self, persona: str, answer: str) -> Iterator[str]:
        """Yield what is in the answer that `persona` may not read."""
        for word in sorted(set(map(str.lower, WORD.findall(answer)))):
            if persona not in self.readers.get(word, frozenset()):
                yield f"reads {self.where.get(word, 'a word that nobody wrote')}"
