"""Scorecard: is the discipline holding, and does the pipeline move, by team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, F, Max
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.movement.bars import OPEN_CHANGES
from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import Review
from rhythm.calendar.models import MeetingState
from rhythm.people.models import Membership, Organisation, Team, User
from rhythm.web.formats import money_short
