from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rhythm.people.models import User
from scorecards.homes import services


class Command(BaseCommand):
    help = (
        "Let an admin back in who lost the password or the second factor: prints a "
        "one-time link. It is written down, and all admins are told by mail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="of somebody who is there")

    def handle(self, *args: Any, **options: Any) -> None:
        people = User.objects.get_queryset().filter(email__iexact=options["email"])
        person = people.first()
        if person is None:
            raise CommandError("Nobody has this e-mail. See create_admin.")
        try:
            link = services.recover_admin(person, now=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{person.name} chooses a new password here, once:\n{link}")
