from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.comments.models import Comment, Question
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory


class CommentFactory(DjangoModelFactory[Comment]):
    """Something said about a deal."""

    class Meta:
        model = Comment

    opportunity = SubFactory(OpportunityFactory)
    author = SubFactory(UserFactory)
    text = Sequence(lambda n: f"Comment {n}")


class QuestionFactory(DjangoModelFactory[Question]):
    """An open question to the owner of the deal."""

    class Meta:
        model = Question

    comment = SubFactory(CommentFactory)
