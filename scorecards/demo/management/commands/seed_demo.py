"""Fill an empty installation with the demo organisation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scorecards.demo.seed import seed


class Command(BaseCommand):
    help = "Fill an empty installation with the demo organisation."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = seed(timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"The demo organisation is ready, with {count} deals.")
