"""Which pages are measured, as whom, beside which floor, and what they may cost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from pipeline.reviews import services
from pipeline.reviews.models import Review, ReviewItem
from rhythm.people.models import Team, User
from tests.tools.bench.measure import Ask, asking
from tests.tools.bench.seed import Cast
from tests.tools.crawl import Crawl

PAGE_QUERIES, PART_QUERIES = 12, 8
PAGE_BYTES, PART_BYTES = 200_000, 30_000
LIST, DETAIL, HOME, SCORECARD = 3.0, 4.0, 4.0, 5.0


@dataclass(frozen=True)
class Case:
    """One line of the table."""

    title: str
    # The page itself, and the least that it could be. None: no floor was written.
    ask: Ask
    floor: Ask | None = None
    # How many times its floor it may take.
    ratio: float | None = None
    is_part: bool = False
    # What it answers when all is well.
    status: int = 200

    @property
    def most_queries(self) -> int:
        return PART_QUERIES if self.is_part else PAGE_QUERIES


class Cases:
    """Makes the cases for what is in the database now."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.clients: dict[int, Client] = {}
        # The pages that have a line of their own.
        self.named = {"account_logout"}
        deals = Opportunity.objects.open().filter(owner=cast.rep).order_by("pk")
        self.deal = deals[0]
        assert self.deal.account_id
        self.account: int = self.deal.account_id
        self.review, self.item = _running_review(cast.manager)

    def client(self, person: User) -> Client:
        if person.pk not in self.clients:
            client = Client(SERVER_NAME="localhost")
            client.force_login(person)
            self.clients[person.pk] = client
        return self.clients[person.pk]

    def all(self) -> list[Case]:
        cast = self.cast
        first = [Case("signed in, one row (for comparison)", self.floor("login"))]
        return [
            *first,
            *self.pipeline(),
            *self.reviews(),
            *self.homes(),
            *self.movement(),
            self.page("accounts, rep", cast.rep, "accounts", "account_list"),
            self.page(
                "account, rep",
                cast.rep,
                "account",
                "account_detail",
                args=[self.account],
                ratio=DETAIL,
                account=self.account,
            ),
            self.page("log, rep", cast.rep, "activities", "activities:activity_list"),
            self.page(
                "log, manager", cast.manager, "activities", "activities:activity_list"
            ),
            self.page("quick log form, rep", cast.rep, "", "activities:log"),
            self.page("people, admin", cast.admin, "people", "people:person_list"),
            self.page("teams, admin", cast.admin, "teams", "people:team_list"),
            self.page("imports, admin", cast.admin, "", "imports:import_list"),
            self.page("outbox, admin", cast.admin, "", "notices:notice_list"),
        ]

    def others(self) -> list[Case]:
        """Return every other page that links lead to, once, without a floor."""
        found: dict[str, Case] = {}
        for who in ("manager", "executive", "admin", "rep"):
            person = getattr(self.cast, who)
            for place in Crawl(person).walk("/", []):
                name = place.name.partition("?")[0]
                if name not in self.named:
                    title = f"{name}, {who}"
                    found.setdefault(name, Case(title, self.ask(person, place.path)))
        return list(found.values())

    def pipeline(self) -> list[Case]:
        cast, pk = self.cast, self.deal.pk
        stage = Stage.objects.get(pk=self.deal.stage_id)
        return [
            self.page("board, rep", cast.rep, "board", "board"),
            self.page("board, manager", cast.manager, "board", "board"),
            self.page("board, all of sales", cast.leader, "board", "board"),
            self.page("board, executive", cast.executive, "board", "board"),
            self.page(
                "more cards of a stage, all of sales",
                cast.leader,
                "",
                "board_cards",
                args=[stage.pk],
                is_part=True,
                # After the deals of half the largest amount.
                query="?after=100000_1",
            ),
            self.page("table, manager", cast.manager, "list", "opportunity_list"),
            self.page("table, all of sales", cast.leader, "list", "opportunity_list"),
            self.page("table, executive", cast.executive, "list", "opportunity_list"),
            self.page(
                "totals of all deals by rep, executive",
                cast.executive,
                "",
                "opportunity_totals",
                query="?state=all&group=owner",
                is_part=True,
            ),
            self.page(
                "deal, rep",
                cast.rep,
                "detail",
                "opportunity_detail",
                args=[pk],
                ratio=DETAIL,
                pk=pk,
            ),
            self.page(
                "history of a deal, rep", cast.rep, "", "opportunity_history", args=[pk]
            ),
            self.save(),
        ]

    def reviews(self) -> list[Case]:
        manager, deal = self.cast.manager, self.item.opportunity_id
        values = {"review": self.review.pk, "pk": deal}
        return [
            self.page(
                "review step, manager",
                manager,
                "review",
                "reviews:review_item",
                args=[self.review.pk, self.item.pk],
                is_part=True,
                **values,
            ),
            self.page(
                "review, manager",
                manager,
                "review",
                "reviews:review_detail",
                args=[self.review.pk],
                **values,
            ),
            self.page(
                "start of a review, manager",
                manager,
                "proposal",
                "reviews:review_start",
            ),
            self.page("reviews, manager", manager, "reviews", "reviews:review_list"),
        ]

    def homes(self) -> list[Case]:
        cast = self.cast
        pages = {
            "rep": (cast.rep, "week", HOME),
            "manager": (cast.manager, "team_week", HOME),
            "executive": (cast.executive, "scorecard", SCORECARD),
            "admin": (cast.admin, "setup", HOME),
        }
        found = [
            self.page(f"first page, {who}", person, name, f"homes:{name}", ratio=ratio)
            for who, (person, name, ratio) in pages.items()
        ]
        commitments = self.page(
            "commitments, rep", cast.rep, "commitments", "commitments:commitment_list"
        )
        return [*found, commitments]

    def movement(self) -> list[Case]:
        """Return what moved in four weeks, a quarter and two years, and the deals."""
        people = {"manager": self.cast.manager, "executive": self.cast.executive}
        spans = {"28 days": 28, "a quarter": 91, "two years": 730}
        found = []
        for who, person in people.items():
            last = person.today(timezone.now())
            for words, days in spans.items():
                values = {
                    "first": (last - timedelta(days=days - 1)).isoformat(),
                    "last": last.isoformat(),
                }
                for title, name, more in (
                    ("movement", "movement", {}),
                    ("deals behind a bar", "movement_deals", {"bar": "closing"}),
                ):
                    path = reverse(f"movement:{name}")
                    least = f"/bench/floor/{name}/?{urlencode(values)}"
                    case = Case(
                        f"{title}, {words}, {who}",
                        self.ask(person, f"{path}?{urlencode(values | more)}"),
                        self.ask(person, least),
                        LIST,
                    )
                    found.append(case)
        self.named |= {"movement:movement", "movement:movement_deals"}
        return found

    def page(
        self,
        title: str,
        person: User,
        least: str,
        name: str,
        *,
        args: list[int] | None = None,
        ratio: float = LIST,
        is_part: bool = False,
        query: str = "",
        **values: int,
    ) -> Case:
        if ":" not in name:
            name = f"opportunities:{name}"
        path = reverse(name, args=args) + query
        self.named.add(name)
        return Case(
            title,
            self.ask(person, path, is_part=is_part),
            self.floor(least, person, **values) if least else None,
            ratio if least else None,
            is_part,
        )

    def ask(self, person: User, path: str, *, is_part: bool = False) -> Ask:
        return asking(self.client(person), path, is_part=is_part)

    def floor(self, name: str, person: User | None = None, **values: int) -> Ask:
        path = f"/bench/floor/{name}/?{urlencode(values)}"
        return self.ask(person or self.cast.rep, path)

    def save(self) -> Case:
        """Save the deal's next step by the form, each time with another text."""
        client = self.client(self.cast.rep)
        pk = self.deal.pk
        path = reverse("opportunities:opportunity_cell", args=[pk, "next_step"])

        def save() -> object:
            version = Opportunity.objects.values_list("version", flat=True).get(pk=pk)
            data = {"value": f"Call {uuid.uuid4()}", "version": version}
            return client.post(path, data)

        def least() -> object:
            version = Opportunity.objects.values_list("version", flat=True).get(pk=pk)
            return client.post(
                "/bench/save/", {"text": f"Call {uuid.uuid4()}{version}", "pk": pk}
            )

        return Case("save of a deal, rep", save, least, DETAIL, status=302)


def _running_review(manager: User) -> tuple[Review, ReviewItem]:
    """Begin a review of the manager's team, of its twenty largest deals."""
    now = timezone.now()
    team = Team.objects.get(manager=manager)
    deals = Opportunity.objects.open().filter(owner__memberships__team=team)
    largest = deals.order_by("-amount").values_list("pk", flat=True)[:20]
    review = services.plan(
        team, chair=manager, starts_at=now, minutes=45, talk=list(largest), now=now
    )
    services.begin(review, by=manager, now=now)
    items = list(ReviewItem.objects.filter(review=review).order_by("position"))
    return review, items[:2][-1]
