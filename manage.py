#!/usr/bin/env python
"""Run a management command of Rhythm."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
    # A migration takes as long as it takes.
    os.environ.setdefault("RHYTHM_STATEMENT_SECONDS", "0")
    execute_from_command_line(sys.argv)
