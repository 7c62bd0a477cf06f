from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rhythm.people import services


class Command(BaseCommand):
    help = "Print a one-time link that makes the first admin of this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        if not services.needs_first_admin():
            raise CommandError("There is an admin already. See create_admin.")
        self.stdout.write(services.first_admin_link())
