from factory import SubFactory
from factory.django import DjangoModelFactory

from pipeline.imports.models import ImportRun
from tests.factories.people import UserFactory


class ImportRunFactory(DjangoModelFactory[ImportRun]):
    class Meta:
        model = ImportRun

    created_by = SubFactory(UserFactory, is_admin=True)
