from typing import Any

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from rhythm.notices import vault
from rhythm.notices.models import Channel, ChannelKind, Occasion
from tests.factories.people import UserFactory


class ChannelFactory(DjangoModelFactory[Channel]):
    """Everybody's channel in Slack, told of all. `url=` says where it is."""

    class Meta:
        model = Channel

    name = Sequence(lambda n: f"#sales-{n}")
    kind = ChannelKind.SLACK
    made_by = SubFactory(UserFactory)
    occasions = Occasion.values

    @classmethod
    def _create(cls, model_class: type[Channel], *args: Any, **kwargs: Any) -> Channel:
        url = kwargs.pop("url", "https://hooks.example.com/services/T0/B0/secret")
        secret = kwargs.pop("secret", "rhythm_whs_test")
        kwargs.setdefault("locked_address", vault.lock(url))
        kwargs.setdefault("masked_address", vault.masked(url))
        if kwargs.get("kind") == ChannelKind.JSON:
            kwargs.setdefault("locked_secret", vault.lock(secret))
        return super()._create(model_class, *args, **kwargs)
