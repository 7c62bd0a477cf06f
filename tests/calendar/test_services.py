from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from rhythm.calendar import services
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.calendar.selectors.people import people_of
from tests.factories.meetings import MeetingFactory
from tests.factories.people import UserFactory

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)


@pytest.fixture
def meeting(lena, central):
    return make(lena, central)


def make(chair, subject, minutes=45):
    return services.make_meeting(
        kind=MeetingKind.PIPELINE_REVIEW,
        subject=subject,
        chair=chair,
        starts_at=NOW,
        minutes=minutes,
    )


def test_a_meeting_is_with_a_team_or_a_person(lena, central, rita):
    assert make(lena, central).subject == "Central"
    assert make(lena, rita).subject == "Rita Reyes"


def test_its_length_has_bounds(lena, central):
    with pytest.raises(ValidationError, match="480"):
        make(lena, central, minutes=481)


def test_it_starts_and_is_held(meeting):
    assert services.start(meeting, now=NOW).state == MeetingState.RUNNING
    held = services.hold(meeting, now=NOW)
    assert (held.state, held.started_at, held.ended_at) == (
        MeetingState.HELD,
        NOW,
        NOW,
    )


def test_doing_it_twice_changes_nothing(meeting):
    services.start(meeting, now=NOW)
    version = services.start(meeting, now=NOW).version
    assert services.start(meeting, now=NOW).version == version


def test_what_is_over_does_not_go_on(meeting):
    services.abandon(meeting, now=NOW)
    with pytest.raises(ValidationError, match="abandoned"):
        services.start(meeting, now=NOW)


def test_a_planned_meeting_is_not_held(meeting):
    with pytest.raises(ValidationError, match="planned"):
        services.hold(meeting, now=NOW)


def test_a_deputy_holds_the_chair_until_it_is_handed_back(meeting, lena, vera):
    vera.set_password("x")
    vera.save()
    lena.set_password("x")
    lena.save()
    services.hand_over(meeting, to=vera)
    assert list(Meeting.objects.chaired_by(vera)) == [meeting]
    assert not Meeting.objects.chaired_by(lena)

    assert services.hand_over(meeting, to=lena).deputy is None


def test_who_gives_a_1_1_to_the_other_one_is_in_it_as_before(lena, rita):
    meeting = services.hand_over(make(lena, rita), to=rita)

    assert people_of([meeting])[meeting.pk] == [rita, lena]


def test_who_cannot_sign_in_cannot_chair(meeting):
    with pytest.raises(ValidationError, match="cannot sign in"):
        services.hand_over(meeting, to=UserFactory(email=None))


def test_the_leader_above_may_claim_the_chair(meeting, lena, vera, omar, rita, max_):
    def may(person):
        return Meeting.objects.claimable_by(person).exists()

    assert may(vera)
    assert not any(map(may, [lena, omar, rita, max_]))

    lena.is_active = False
    lena.save()
    assert may(vera)
    assert may(max_)
    assert not any(map(may, [lena, omar, rita]))


def test_nobody_claims_what_is_over(meeting, vera):
    services.abandon(meeting, now=NOW)
    assert not Meeting.objects.claimable_by(vera)


def test_it_is_seen_by_those_in_it_and_by_those_who_lead_them(
    central, sales, lena, rita, otto, omar, vera, max_, ada
):
    with_team = make(lena, central)
    above = make(vera, sales)
    with_person = make(vera, lena)

    def seen_by(person):
        return set(Meeting.objects.visible_to(person))

    assert seen_by(rita) == {with_team, above}
    assert seen_by(lena) == {with_team, above, with_person}
    assert seen_by(otto) == seen_by(omar) == {above}
    assert seen_by(vera) == seen_by(max_) == seen_by(ada) == set(Meeting.objects.all())


def test_who_leaves_leaves_what_was_missed_too(central, lena, vera):
    """It can still be held, and would have nobody who could."""
    missed = MeetingFactory(
        team=central, chair=lena, state=MeetingState.MISSED, missed_at=NOW
    )
    held = MeetingFactory(
        team=central, chair=lena, state=MeetingState.HELD, started_at=NOW, ended_at=NOW
    )
    assert services.hand_over_all(lena, vera) == 1
    for each, chair in ((missed, vera), (held, lena)):
        each.refresh_from_db()
        assert each.chair == chair
