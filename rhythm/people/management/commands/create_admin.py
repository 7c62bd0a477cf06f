import os
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from rhythm.people import services
from rhythm.people.models import AuditKind, User

PASSWORD = "RHYTHM_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = (
        "Make an admin, or make an admin of somebody who is there, and print the link "
        f"with which to choose a password. With {PASSWORD} set, or --password, the "
        "password is set at once instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", help="for a new person")
        parser.add_argument("--password", action="store_true", help="ask for one")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get(PASSWORD, "")
        if options["password"]:
            password = getpass("Password: ")
        try:
            with transaction.atomic():
                person = self.person(options["email"], options["name"])
                done = self.let_in(person, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(done)

    def person(self, email: str, name: str | None) -> User:
        """Return the admin with this e-mail, made if there is nobody."""
        found = User.objects.filter(email__iexact=email).first()
        if found is None:
            if not name:
                raise CommandError("Say --name for a new person.")
            values = {"email": email, "name": name, "is_admin": True, "is_rep": False}
            return services.create_person(values, today=timezone.now().date())
        found.is_admin = found.is_active = True
        found.save(update_fields=["is_admin", "is_active"])
        text = "admin: yes, by create_admin on the server"
        services.audit.record(AuditKind.PERSON_CHANGED, by=None, about=found, text=text)
        return found

    def let_in(self, person: User, password: str) -> str:
        """Return what to tell whoever runs this."""
        if not password:
            return services.invite(person, by=None, now=timezone.now())
        validate_password(password, person)
        person.set_password(password)
        person.save(update_fields=["password"])
        return f"{person.name} signs in with {person.email}."
