"""Commitments that change hands while somebody waits for their lock."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from rhythm.commitments import services
from rhythm.commitments.models import Commitment
from tests.factories.meetings import CommitmentFactory
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_went_to_somebody_else_is_not_kept_any_more(rita, otto, lena):
    made = CommitmentFactory(promiser=rita, receiver=lena)
    today = timezone.now().date()

    def keep() -> str:
        try:
            return services.keep(made, by=rita, today=today).state
        except PermissionDenied:
            return "refused"

    handed_over = Commitment.objects.filter(pk=made.pk)
    assert while_waiting(lambda: handed_over.update(promiser=otto), keep) == "refused"
    assert Commitment.objects.get().state == "open"
