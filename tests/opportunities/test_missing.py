"""What gates miss is counted as it is listed."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.missing import gates_of, shown_in
from pipeline.opportunities.selectors.rows import rows_of, with_shown
from pipeline.process.gates import missing
from rhythm.people.models import User
from tests.factories.opportunities import (
    ContactFactory,
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityFactory,
)
from tests.factories.process import MilestoneFactory, a_process

pytestmark = pytest.mark.django_db


def test_the_count_is_of_what_is_listed_as_missing(rita: User) -> None:
    now = timezone.now()
    yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
    process = a_process()
    stages = list(process.stages.filter(kind="open"))
    # Asked for ever, since yesterday and bound by now, later, or never.
    asked = [(None, None), *product([yesterday], [now, tomorrow, None])]
    milestones = [
        MilestoneFactory(
            stage=stage, importance=importance, asked_since=since, binds_from=binds
        )
        for stage in stages
        for importance in ("required", "expected")
        for since, binds in asked
    ]
    process.stages.filter(pk=stages[1].pk).update(needs_outcome=True)
    for number, (stage, made_at) in enumerate(
        product(stages, [now - timedelta(days=9), now])
    ):
        deal = OpportunityFactory(owner=rita, stage=stage, created_at=made_at)
        for milestone in milestones[number::5]:
            MilestoneRecordFactory(
                opportunity=deal, milestone=milestone, recorded_by=rita
            )
        if number % 2:
            CustomerOutcomeFactory(
                opportunity=deal, confirmed_by=ContactFactory(), confirmed_on=now.date()
            )

    gates = gates_of({process.pk}, now=now)
    rows = {row.pk: row for row in rows_of(Opportunity.objects.all())}
    deals = list(with_shown(Opportunity.objects.all()))
    shown = shown_in(deals)
    assert len({gates.lacking(rows[each.pk], shown) for each in deals}) > 2
    for each in deals:
        here = gates.to_leave(each, shown)
        later = [s for s in gates.stages if s.position >= each.stage.position]
        ahead = gates.requirements(each, shown, later)
        assert gates.lacking(rows[each.pk], shown) == len(missing(here))
        assert gates.lacking_to_win(rows[each.pk], shown) == len(missing(ahead))
