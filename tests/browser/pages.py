"""Every page that the browser tests open and check. Append yours.

    PageCase("opportunities:board", "lena")
    PageCase(
        "opportunities:opportunity_detail", "rita",
        lambda get: [OpportunityFactory(owner=get("rita")).pk],
    )

The person is a fixture of the cast, or "" for the signed-out. `get` gives any fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pipeline.activities.models import ActivityKind
from pipeline.activities.services import create_starter_kinds
from pipeline.comments import services as comments
from pipeline.comments.models import Comment
from pipeline.comments.services.writing import Words
from pipeline.movement import services as nights
from pipeline.opportunities.models import Account, Opportunity, Source
from pipeline.opportunities.services import publishing
from pipeline.opportunities.services.bulk import GiveTo, change_many
from pipeline.process import services as process_services
from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft
from pipeline.process.models import Process, Stage
from rhythm.commitments import services
from rhythm.notices.models import NoticeState
from rhythm.people import services as people
from rhythm.people.models import AuditKind, Organisation
from rhythm.people.tokens import first_admin_token
from tests.browser import reviews
from tests.factories.activities import ActivityFactory
from tests.factories.meetings import CommitmentFactory, NoticeFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityContactFactory,
    OpportunityFactory,
    ProductFactory,
    SavedViewFactory,
)
from tests.factories.people import UserFactory
from tests.factories.process import drafted
from tests.imports.steps import a_file, check
from tests.imports.steps import upload as imported


@dataclass(frozen=True)
class PageCase:
    """A page as one of the cast sees it."""

    name: str
    person: str
    # Makes what the page shows and returns the arguments of its address.
    args: Callable[[Callable[[str], Any]], list[Any]] = lambda get: []
    # What comes after the address: "?view=table".
    query: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.query}-{self.person or 'signed-out'}"


def promises(get: Callable[[str], Any]) -> list[Any]:
    """Make what Rita promised Lena: late, due, later, with a request, and kept."""
    rita, lena = get("rita"), get("lena")
    now = timezone.now()
    today = rita.today(now)
    for days in (-3, 0, 6):
        CommitmentFactory(
            promiser=rita,
            receiver=lena,
            due_on=today + timedelta(days=days),
            about="Brennecke Logistics",
            about_url="/pipeline/1/",
        )
    CommitmentFactory(promiser=lena, receiver=rita)
    CommitmentFactory(promiser=rita, receiver=lena, state="kept", kept_on=today)
    asked = CommitmentFactory(promiser=lena, receiver=rita)
    later = today + timedelta(days=20)
    services.ask_new_date(asked, later, "They are ill", by=lena, now=now)
    return []


def promise(get: Callable[[str], Any]) -> list[Any]:
    """Return a commitment of Rita's to Lena, with a request for a new date."""
    rita, now = get("rita"), timezone.now()
    made = CommitmentFactory(promiser=rita, receiver=get("lena"))
    later = rita.today(now) + timedelta(days=20)
    services.ask_new_date(made, later, "They are ill", by=rita, now=now)
    return [made.pk]


def starter(get: Callable[[str], Any]) -> list[Any]:
    """Make the processes that a team begins with, and return the first one."""
    return [process_services.create_starter().pk]


def stage_in_use(get: Callable[[str], Any]) -> list[Any]:
    """Return the stage Propose with deals of two people in it, some answered."""
    process = process_services.create_starter()
    stage = process.stages.get(name="Propose")
    milestone = stage.milestones.order_by("position")[0]
    for owner in ("rita", "rita", "otto"):
        deal = OpportunityFactory(stage=stage, owner=get(owner), amount=134_000)
    MilestoneRecordFactory(opportunity=deal, milestone=milestone)
    return [stage.pk]


def stage_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    """Return a stage whose words are as long as they may be, and of other scripts."""
    process = process_services.create_process(
        ProcessDraft(
            name="عملية" * 24,
            description="W" * 2000,
            stages=(
                StageDraft(
                    name="W" * 80,
                    buyer_step="🤝" * 120,
                    purpose="W" * 300,
                    guidance="W" * 500
                    + "\n\n| a | b |\n|---|---|\n| "
                    + "W" * 90
                    + " | c |",
                    questions=("W" * 300,),
                    milestones=(
                        MilestoneDraft(
                            title="W" * 200,
                            kind="know",
                            hint="W" * 500,
                            answer_kind="choice",
                            choices=("W" * 120,),
                        ),
                    ),
                ),
            ),
        )
    )
    stage = process.stages.open()[0]
    OpportunityFactory(stage=stage, owner=get("rita"), name="W" * 200)
    return [stage.pk]


def process_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    [pk] = stage_of_long_words(get)
    return [Stage.objects.get(pk=pk).process_id]


def process_in_draft(get: Callable[[str], Any]) -> list[Any]:
    """Return a process with deals of two people and edits that are not published."""
    stage = Stage.objects.get(pk=stage_in_use(get)[0])
    ada, now = get("ada"), timezone.now()
    edited = drafted(stage)
    milestones = (*edited.milestones, MilestoneDraft(title="IT security approval"))
    process_services.draft_stage(
        stage.process,
        replace(edited, purpose="W" * 300, milestones=milestones),
        answers={},
        by=ada,
        now=now,
    )
    gone = stage.process.stages.get(name="Negotiate")
    removal = Removal(gone.pk, to=stage.pk)
    process_services.draft_removal(stage.process, removal, by=ada, now=now)
    return [stage.process_id]


def process_of_two_versions(get: Callable[[str], Any]) -> list[Any]:
    """Return a process that was published twice, and an empty draft after."""
    [pk] = process_in_draft(get)
    process = Process.objects.get(pk=pk)
    now = timezone.now()
    ada = get("ada")
    terms = publishing.terms("grace", 14, by=ada, now=now)
    publishing.publish(process, terms=terms, note="W" * 500, by=ada, now=now)
    return [pk]


def draft_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    """Return a process of long words with a draft that changes them all."""
    stage = Stage.objects.get(pk=stage_of_long_words(get)[0])
    edited = drafted(stage)
    milestones = (*edited.milestones, MilestoneDraft(title="M" * 200))
    edited = replace(edited, name="M" * 80, buyer_step="M" * 120, milestones=milestones)
    ada, now = get("ada"), timezone.now()
    process_services.draft_stage(stage.process, edited, answers={}, by=ada, now=now)
    return [stage.process_id]


def version_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    [pk] = draft_of_long_words(get)
    now = timezone.now()
    ada = get("ada")
    terms = publishing.terms("new", None, by=ada, now=now)
    process = Process.objects.get(pk=pk)
    publishing.publish(process, terms=terms, note="W" * 500, by=ada, now=now)
    return [pk, 2]


def second_version(get: Callable[[str], Any]) -> list[Any]:
    return [*process_of_two_versions(get), 2]


def won_stage(get: Callable[[str], Any]) -> list[Any]:
    return [process_services.create_starter().stages.get(kind="won").pk]


def teams(get: Callable[[str], Any]) -> list[Any]:
    """Bring the cast in, three levels of it."""
    for name in ("rita", "otto", "dora"):
        get(name)
    return []


def ritas_pk(get: Callable[[str], Any]) -> list[Any]:
    return [get("rita").pk]


def team(get: Callable[[str], Any]) -> list[Any]:
    teams(get)
    return [get("central").pk]


def crew(get: Callable[[str], Any]) -> list[Any]:
    """Return nothing for the list, which has people of every state by then."""
    teams(get)
    UserFactory(name="Ned Nomail", email=None)
    return []


def audited(get: Callable[[str], Any]) -> list[Any]:
    """Write lines of every kind into the audit log, some of them long."""
    for kind in AuditKind:
        people.audit.record(kind, by=get("ada"), about=get("rita"), ip="10.0.0.7")
    long = {"subject": "W" * 250, "text": "W" * 1000}
    people.audit.record(AuditKind.TEAM_CHANGED, by=None, **long)
    return []


def owing(get: Callable[[str], Any]) -> list[Any]:
    """Have the company ask everybody for a second factor."""
    Organisation.current()
    Organisation.objects.update(second_factor_for="everybody")
    return []


def invitation(get: Callable[[str], Any]) -> list[Any]:
    link = people.invite(get("rita"), by=get("ada"), now=timezone.now())
    return [link.rstrip("/").rpartition("/")[2]]


def mails(get: Callable[[str], Any]) -> list[Any]:
    """Post a mail of every state."""
    for state in set(NoticeState.values) - {NoticeState.SENDING}:
        NoticeFactory(recipient=get("rita"), state=state, subject=f"Mail {state}")
    return []


def mail(get: Callable[[str], Any]) -> list[Any]:
    found = NoticeFactory(recipient=get("rita"), state="failed", error="550 Nobody")
    return [found.pk]


def a_deal(get: Callable[[str], Any]) -> list[Any]:
    """Make deals of Rita's with people, and the kinds of activity."""
    create_starter_kinds()
    for name in ("Brennecke, line 2", "Silverline pilot", "Galloway retrofit"):
        deal = OpportunityFactory(owner=get("rita"), name=name)
        ContactFactory(account=deal.account, title="Head of maintenance")
    return []


def an_activity(get: Callable[[str], Any]) -> list[Any]:
    """Return an activity of Rita's."""
    kind = create_starter_kinds()[0]
    deal = OpportunityFactory(owner=get("rita"))
    made = ActivityFactory(opportunity=deal, kind=kind, outcome="They agree")
    return [made.pk]


def activities(get: Callable[[str], Any]) -> list[Any]:
    """Make a week of Rita's."""
    a_deal(get)
    now = timezone.now()
    for deal in Opportunity.objects.filter(owner=get("rita")):
        for number, kind in enumerate(ActivityKind.objects.all()[:5]):
            ActivityFactory(
                opportunity=deal,
                kind=kind,
                outcome="They bring the maintenance lead to the survey",
                minutes=15 * number or None,
                happened_at=now - timedelta(days=number, hours=deal.pk % 7),
            )
    return []


IMPORTED = (
    "id,name,stage,amount,close date\n1,Trench,Discover,5,2026-01-02\n2,Cable,,5,\n"
)


def an_import(get: Callable[[str], Any]) -> list[Any]:
    """Return an import of one file of deals, with questions still open."""
    return [imported(get("ada"), a_file("deals.csv", IMPORTED)).pk]


def somebody_imported(get: Callable[[str], Any]) -> list[Any]:
    get("ada")
    return [UserFactory(name="R. Sol", email=None).pk]


def a_source(get: Callable[[str], Any]) -> list[Any]:
    return [Source.objects.create(name="crm", title="CRM", owned=["stage"]).pk]


def a_checked_import(get: Callable[[str], Any]) -> list[Any]:
    """Return an import that is checked: one row comes in, one is refused."""
    ada = get("ada")
    run = imported(ada, a_file("deals.csv", IMPORTED))
    return [check(run, process_name="Sales", owner=ada.pk).pk]


def alike(get: Callable[[str], Any]) -> list[Any]:
    """Make accounts that look alike, one of them with a deal of Rita's."""
    one = AccountFactory(name="Hartwell GmbH", industry="Pumps", location="Kiel")
    AccountFactory(name="Hartwell", website="https://hartwell.example")
    AccountFactory(name="Hart & Well", website="https://www.hartwell.example/about")
    OpportunityFactory(owner=get("rita"), account=one)
    return ["accounts"]


def an_alike(get: Callable[[str], Any]) -> list[Any]:
    alike(get)
    return ["accounts", Account.objects.get(name="Hartwell").pk]


def both_alike(get: Callable[[str], Any]) -> list[Any]:
    alike(get)
    names = ("Hartwell GmbH", "Hartwell")
    return ["accounts", *(Account.objects.get(name=each).pk for each in names)]


def a_bulk_run(get: Callable[[str], Any]) -> list[Any]:
    """Return a change of many deals by Lena, with every kind of result."""
    rita, lena = get("rita"), get("lena")
    pipeline(get)
    shown = {each.pk: each.version for each in Opportunity.objects.filter(owner=rita)}
    late = OpportunityFactory(owner=rita, name="Changed meanwhile", version=2)
    same = OpportunityFactory(owner=lena, name="Hers already")
    shown |= {late.pk: 1, same.pk: 1, same.pk + 1000: 1}
    run = change_many(
        shown, GiveTo(lena), by=lena, now=timezone.now(), submission_key=None
    )
    return [run.pk]


def pipeline(get: Callable[[str], Any]) -> list[Any]:
    """Make a board with every sort of card. Returns no arguments."""
    rich_deal(get)
    deal = Opportunity.objects.get()
    today = deal.owner.today(timezone.now())
    late = {"close_on": today - timedelta(days=9), "next_step_on": None}
    stages = Stage.objects.open().filter(process=deal.process)
    for stage in stages.order_by("position"):
        OpportunityFactory(owner=deal.owner, stage=stage, name="W" * 200, **late)
        OpportunityFactory(owner=get("lena"), stage=stage, account=None, amount=None)
    OpportunityFactory.create_batch(22, owner=deal.owner, stage=stages[0])
    return []


def saved_views(get: Callable[[str], Any]) -> list[Any]:
    """Save views for Lena and her team, one of a long name. Returns no arguments."""
    lena, central = get("lena"), get("central")
    pipeline(get)
    SavedViewFactory(owner=lena, name="W" * 80, question={"state": "won"})
    SavedViewFactory(owner=lena, team=central)
    SavedViewFactory(owner=get("ada"), is_for_all=True)
    return []


def a_view(get: Callable[[str], Any]) -> list[Any]:
    return [SavedViewFactory(owner=get("lena"), team=get("central")).pk]


def rich_deal(get: Callable[[str], Any]) -> list[Any]:
    """Make a deal of Rita's with all that a deal may have; return its key."""
    rita = get("rita")
    process = process_services.create_starter()
    stage = process.stages.order_by("position")[1]
    deal = OpportunityFactory(
        name="Cold-chain monitoring, 14 depots",
        owner=rita,
        stage=stage,
        is_gated=False,
        is_override=True,
        move_reason="The board wants it",
        amount_source="list_price",
        external_url="https://crm.example.com/42",
        description="Two sites <b>first</b>.\n\nThen the others.",
        stage_since=timezone.now() - timedelta(days=90),
    )
    first = stage.milestones.order_by("position")[0]
    MilestoneRecordFactory(opportunity=deal, milestone=first, recorded_by=rita)
    contact = ContactFactory(account=deal.account, email="petra@example.com")
    OpportunityContactFactory(opportunity=deal, contact=contact, role="Decides")
    CustomerOutcomeFactory(opportunity=deal, target="under 1 %")
    CustomerOutcomeFactory(
        opportunity=deal, confirmed_by=contact, confirmed_on=deal.opened_on
    )
    deal.commitments.add(CommitmentFactory(promiser=rita, receiver=get("lena")))
    deal.amount = 12_345
    deal.save(update_fields=["amount"])
    return [deal.pk]


def rich_account(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    return [Opportunity.objects.get(pk=pk).account_id]


def a_week(get: Callable[[str], Any]) -> list[Any]:
    """Make Rita's week: promises, deals of every sort, reviews."""
    promises(get)
    pipeline(get)
    reviews.listed(get)
    return []


def an_outcome(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    deal = Opportunity.objects.get(pk=pk)
    return [deal.customer_outcomes.order_by("pk")[0].pk]


def a_milestone(get: Callable[[str], Any]) -> list[Any]:
    [pk] = rich_deal(get)
    deal = Opportunity.objects.get(pk=pk)
    return [pk, deal.stage.milestones.order_by("position")[1].pk]


def products(get: Callable[[str], Any]) -> list[Any]:
    ProductFactory(name="Vibe 200", series="Vibe")
    ProductFactory(list_price=None, is_active=False)
    return []


def moved(get: Callable[[str], Any]) -> list[Any]:
    """Make a pipeline in which a deal grew, and summarise its nights."""
    pipeline(get)
    now = timezone.now()
    nights.plan(now=now + timedelta(days=1))
    while nights.summarise():
        pass
    return []


def a_talk(get: Callable[[str], Any]) -> list[Any]:
    """Return Rita's deal: Max asked twice and was answered once, Lena was called."""
    rita, lena, max_ = get("rita"), get("lena"), get("max_")
    deal, now = OpportunityFactory(owner=rita), timezone.now()

    def say(by: Any, text: str, **more: Any) -> Any:
        return comments.comment(deal, Words(text), by=by, now=now, **more)

    answered = say(max_, "Why did the date move? See https://example.com", asks=True)
    words = Words("The board meets later.\n\n@Lena Lang knows more.")
    comments.reply(answered, words, by=rita, now=now, answers=True)
    gone = say(lena, "Wrong deal")
    comments.remove(gone, by=lena, now=now)
    say(rita, "W" * 300)
    say(max_, "@Lena: is the discount right?", asks=True)
    say(max_, "Who signs there?", asks=True)
    return [deal.pk]


def a_question(get: Callable[[str], Any]) -> list[Any]:
    """Return what Max asks Rita about her deal."""
    [deal] = a_talk(get)
    asked = Comment.objects.filter(opportunity=deal, text="Who signs there?")
    return [asked.get().pk]


PAGES = [
    PageCase("account_login", ""),
    PageCase("account_reset_password", ""),
    PageCase("account_reset_password_done", ""),
    PageCase("account_change_password", "rita"),
    PageCase("account_email", "rita"),
    PageCase("account_signup", ""),
    PageCase("account_logout", "rita"),
    PageCase("commitments:commitment_list", "rita", promises),
    PageCase("commitments:commitment_list", "lena", promises, "?view=team"),
    PageCase("commitments:commitment_list", "otto", query="?view=done"),
    PageCase("commitments:commitment_create", "rita"),
    PageCase("commitments:commitment_detail", "lena", promise),
    PageCase("commitments:new_date", "rita", promise),
    PageCase("commitments:drop", "lena", promise),
    PageCase("process:process_list", "ada"),
    PageCase("process:process_list", "ada", lambda get: starter(get) and []),
    PageCase("process:process_list", "rita", lambda get: starter(get) and []),
    PageCase("process:process_detail", "rita", starter),
    PageCase("process:process_detail", "ada", starter),
    PageCase("process:process_create", "ada"),
    PageCase("process:process_edit", "ada", starter),
    PageCase("process:stage_create", "ada", starter),
    PageCase("opportunities:stage_edit", "ada", stage_in_use),
    PageCase("opportunities:stage_edit", "ada", stage_of_long_words),
    PageCase("process:process_detail", "rita", process_of_long_words),
    PageCase("opportunities:stage_edit", "ada", won_stage),
    PageCase("opportunities:stage_remove", "ada", stage_in_use),
    PageCase("process:process_detail", "ada", process_in_draft),
    PageCase("opportunities:process_draft", "ada", process_in_draft),
    PageCase("opportunities:process_draft", "ada", starter),
    PageCase("process:version_list", "rita", process_of_two_versions),
    PageCase("process:version_compare", "rita", process_of_two_versions),
    PageCase("process:version_detail", "rita", second_version),
    PageCase("opportunities:process_draft", "ada", draft_of_long_words),
    PageCase("process:version_detail", "ada", version_of_long_words),
    PageCase("process:version_list", "ada", lambda get: version_of_long_words(get)[:1]),
    PageCase(
        "process:version_compare", "ada", lambda get: version_of_long_words(get)[:1]
    ),
    PageCase("people:person_list", "ada", crew),
    PageCase("people:person_detail", "ada", ritas_pk),
    PageCase("people:person_edit", "ada", ritas_pk),
    PageCase("people:team_list", "ada", teams),
    PageCase("people:team_detail", "lena", team),
    PageCase("people:team_edit", "ada", team),
    PageCase("people:audit_list", "ada", audited),
    PageCase("people:profile", "rita"),
    PageCase("mfa_index", "rita"),
    PageCase("mfa_index", "rita", owing),
    PageCase("mfa_activate_totp", "rita"),
    PageCase("mfa_add_webauthn", "rita"),
    PageCase("mfa_list_webauthn", "rita"),
    PageCase("mfa_generate_recovery_codes", "rita"),
    PageCase("account_set_password", "rita"),
    PageCase("homes:second_factor_reset", "ada", ritas_pk),
    PageCase("people:invitation_accept", "", invitation),
    PageCase("people:first_admin", "", lambda get: [first_admin_token()]),
    PageCase("homes:week", "rita"),
    PageCase("homes:week", "rita", a_week),
    PageCase("homes:team_week", "lena", lambda get: get("central") and []),
    PageCase("homes:team_week", "lena", lambda get: get("central") and a_week(get)),
    PageCase("homes:scorecard", "max_"),
    PageCase("homes:scorecard", "max_", lambda get: get("central") and a_week(get)),
    PageCase("homes:search", "rita"),
    PageCase("homes:search", "lena", pipeline, "?q=cold"),
    PageCase("homes:search", "lena", pipeline, "?q=WWW"),
    PageCase("homes:setup", "ada", teams),
    PageCase("homes:organisation_edit", "ada"),
    PageCase("homes:person_invite", "ada", teams),
    PageCase("homes:person_invite_again", "ada", ritas_pk),
    PageCase("homes:person_deactivate", "ada", ritas_pk),
    PageCase("notices:notice_list", "ada", mails),
    PageCase("notices:notice_detail", "ada", mail),
    PageCase("activities:log", "rita", a_deal),
    PageCase("activities:activity_list", "rita", activities),
    PageCase("activities:activity_list", "lena", activities, "?by=deal"),
    PageCase("activities:activity_list", "otto"),
    PageCase("activities:activity_edit", "rita", an_activity),
    PageCase("activities:kind_list", "ada", a_deal),
    PageCase("activities:kind_create", "ada"),
    PageCase("imports:import_list", "ada"),
    PageCase("imports:import_create", "ada"),
    PageCase("homes:person_merge", "ada", somebody_imported),
    PageCase("homes:duplicate_list", "lena", alike),
    PageCase("homes:duplicate_list", "rita", lambda get: ["contacts"]),
    PageCase("homes:duplicate_find", "lena", an_alike, "?q=hart"),
    PageCase("homes:record_merge", "lena", both_alike),
    PageCase("imports:source_edit", "ada", a_source),
    PageCase("imports:import_files", "ada", an_import),
    PageCase("imports:import_columns", "ada", an_import),
    PageCase("imports:import_matching", "ada", an_import),
    PageCase("imports:import_detail", "ada", a_checked_import),
    PageCase("opportunities:board", "rita"),
    PageCase("opportunities:board", "lena", pipeline),
    PageCase("opportunities:board", "max_", pipeline, "?q=nothing"),
    PageCase("opportunities:opportunity_list", "lena", pipeline),
    PageCase("opportunities:opportunity_list", "rita", query="?state=closed"),
    PageCase("opportunities:opportunity_list", "lena", pipeline, "?group=team&rep=0"),
    PageCase("opportunities:opportunity_list", "lena", saved_views, "?view=0&team=0"),
    PageCase("opportunities:view_create", "lena", saved_views),
    PageCase("opportunities:view_edit", "lena", a_view),
    PageCase("opportunities:opportunity_totals", "lena", pipeline, "?state=all"),
    PageCase("opportunities:opportunity_totals", "max_", pipeline, "?group=account"),
    PageCase("opportunities:bulk_edit", "lena", pipeline, "?all=1&do=owner"),
    PageCase("opportunities:bulk_edit", "lena", pipeline, "?all=1&do=stage"),
    PageCase("opportunities:bulk_run", "lena", a_bulk_run),
    PageCase("opportunities:opportunity_detail", "rita", rich_deal),
    PageCase("opportunities:opportunity_detail", "max_", rich_deal),
    PageCase("opportunities:opportunity_history", "rita", rich_deal),
    PageCase("opportunities:opportunity_create", "lena", pipeline),
    PageCase("opportunities:opportunity_edit", "rita", rich_deal),
    PageCase("opportunities:opportunity_move", "rita", rich_deal),
    PageCase("opportunities:opportunity_close", "rita", rich_deal),
    PageCase("opportunities:opportunity_assign", "lena", rich_deal),
    PageCase("opportunities:milestone_record", "rita", a_milestone),
    PageCase("opportunities:outcome_create", "rita", rich_deal),
    PageCase("opportunities:outcome_edit", "rita", an_outcome),
    PageCase("opportunities:person_add", "rita", rich_deal),
    PageCase("opportunities:account_list", "rita", pipeline),
    PageCase("opportunities:account_detail", "rita", rich_account),
    PageCase("opportunities:account_edit", "rita", rich_account),
    PageCase("opportunities:contact_create", "rita", rich_account),
    PageCase("opportunities:product_list", "ada", products),
    PageCase("opportunities:product_create", "ada"),
    PageCase("comments:thread", "rita", a_talk),
    PageCase("comments:thread", "max_", a_talk),
    PageCase("comments:comment_detail", "rita", a_question),
    PageCase("comments:comment_create", "max_", a_talk),
    PageCase("comments:reply_create", "rita", a_question),
    PageCase("comments:comment_edit", "max_", a_question),
    PageCase("comments:question_list", "rita", lambda get: a_question(get) and []),
    PageCase("comments:question_list", "max_", lambda get: [], "?view=waiting"),
    PageCase("movement:movement", "rita"),
    PageCase("movement:movement", "lena", moved, "?when=28"),
    PageCase("movement:movement_deals", "max_", moved, "?when=28&bar=grew"),
    PageCase("reviews:review_list", "lena"),
    PageCase("reviews:review_list", "lena", reviews.listed),
    PageCase("reviews:review_list", "rita", reviews.listed),
    PageCase("reviews:review_start", "lena", lambda get: get("rita") and []),
    PageCase("reviews:review_start", "lena", lambda get: reviews.listed(get), "?q=Ost"),
    PageCase("reviews:review_detail", "lena", reviews.planned),
    PageCase("reviews:review_detail", "lena", reviews.running),
    PageCase("reviews:review_detail", "lena", reviews.running, "?tab=queue"),
    PageCase("reviews:review_detail", "lena", reviews.running, "?tab=coach"),
    PageCase("reviews:review_detail", "rita", reviews.running),
    PageCase("reviews:review_detail", "vera", reviews.running),
    PageCase("reviews:review_decide", "lena", reviews.item, "?decision=coach"),
    PageCase("reviews:review_skip", "lena", reviews.item),
    PageCase("reviews:review_deal_edit", "lena", reviews.item),
    PageCase("reviews:review_milestone", "lena", reviews.item_and_milestone),
    PageCase("reviews:review_changes", "lena", reviews.item),
    PageCase("reviews:review_finish", "lena", reviews.running),
    PageCase("reviews:review_abandon", "lena", reviews.running),
    PageCase("reviews:review_hand_over", "lena", reviews.running),
    PageCase("reviews:review_add", "lena", reviews.running),
    PageCase("reviews:review_minutes", "lena", reviews.finished),
    PageCase("reviews:review_minutes", "rita", reviews.finished),
]
