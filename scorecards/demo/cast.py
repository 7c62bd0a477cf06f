"""The people of the demo: Hallmann Sensing, who sell condition monitoring.

Three levels of teams: Vera leads sales, Katrin and Declan a division each, and below
them six regional teams have a manager of their own. Max runs the company, Ada the
system. Some came lately, some left.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

COMPANY = "Hallmann Sensing"


@dataclass(frozen=True)
class Person:
    """One of the cast. `key` is the first name, and the e-mail's."""

    name: str
    team: str = ""
    zone: str = "Europe/Berlin"
    is_rep: bool = True
    is_executive: bool = False
    is_admin: bool = False
    # So many days ago.
    joined_ago: int = 1200
    # Since when the account is closed. None: still here.
    left_ago: int | None = None
    # Comes back to the same team; the deals are with colleagues meanwhile.
    is_on_leave: bool = False

    @property
    def is_here(self) -> bool:
        return self.left_ago is None

    @property
    def key(self) -> str:
        first = unicodedata.normalize("NFKD", self.name.split()[0])
        return first.encode("ascii", "ignore").decode().lower()

    @property
    def email(self) -> str:
        return f"{self.key}@demo.example"


@dataclass(frozen=True)
class TeamOf:
    """A team, with the key of who leads it."""

    name: str
    manager: str
    parent: str = ""


TEAMS = (
    TeamOf("Sales", "vera"),
    TeamOf("Mainland", "katrin", "Sales"),
    TeamOf("Atlantic", "declan", "Sales"),
    TeamOf("Central", "lena", "Mainland"),
    TeamOf("South", "ines", "Mainland"),
    TeamOf("East", "pavel", "Mainland"),
    TeamOf("West", "omar", "Atlantic"),
    TeamOf("North", "astrid", "Atlantic"),
    TeamOf("Overseas", "noor", "Atlantic"),
)

OFFICE = (
    Person("Max Hallmann", is_rep=False, is_executive=True),
    Person("Ada Roth", is_rep=False, is_admin=True),
    Person("Vera Lindqvist", is_rep=False),
)
LEADERS = (
    Person("Katrin Sommer", "Sales", is_rep=False),
    Person("Declan Moore", "Sales", "Europe/Dublin", is_rep=False),
    Person("Lena Brandt", "Mainland", is_rep=False),
    Person("Ines Duarte", "Mainland", "Europe/Lisbon", is_rep=False),
    Person("Pavel Dvořák", "Mainland", "Europe/Prague", is_rep=False),
    Person("Omar Haddad", "Atlantic", "Europe/London", is_rep=False),
    Person("Astrid Nyberg", "Atlantic", "Europe/Stockholm", is_rep=False),
    Person("Noor Rahman", "Atlantic", "America/New_York", False, joined_ago=640),
)
REPS = (
    Person("Rita Weber", "Central"),
    Person("Priya Nair", "Central"),
    Person("Tomás Ferreira", "Central"),
    Person("Hannah Hoffmann", "Central"),
    Person("Marek Novák", "Central", "Europe/Prague"),
    Person("Daniel Osei", "Central", joined_ago=520),
    Person("Sofia Lindholm", "Central", "Europe/Stockholm", joined_ago=260),
    Person("Jens Albrecht", "Central", left_ago=150),
    Person("Otto Olsen", "West", "Europe/London"),
    Person("Grace Whitfield", "West", "Europe/London"),
    Person("Liam Byrne", "West", "Europe/Dublin"),
    Person("Chloé Marchand", "West", "Europe/Paris"),
    Person("Jonah Reeves", "West", "America/New_York", joined_ago=700),
    Person("Fiona Garrick", "West", "Europe/London"),
    Person("Rhys Morgan", "West", "Europe/London", joined_ago=410),
    Person("Amelia Frost", "West", "Europe/London", joined_ago=75),
    Person("Bianca Rossi", "South", "Europe/Rome"),
    Person("Andreu Vidal", "South", "Europe/Madrid"),
    Person("Elif Kaya", "South", "Europe/Istanbul"),
    Person("Nikos Pappas", "South", "Europe/Athens"),
    Person("Marta Silva", "South", "Europe/Lisbon"),
    Person("Paolo Conti", "South", "Europe/Rome", joined_ago=600),
    Person("Lucía Romero", "South", "Europe/Madrid", joined_ago=330),
    Person("Dario Bianchi", "South", "Europe/Rome", left_ago=410),
    Person("Agnieszka Zielińska", "East", "Europe/Warsaw"),
    Person("Bogdan Ionescu", "East", "Europe/Bucharest"),
    Person("Eszter Kovács", "East", "Europe/Budapest"),
    Person("Filip Horák", "East", "Europe/Prague"),
    Person("Katarzyna Wójcik", "East", "Europe/Warsaw", joined_ago=800),
    Person("Matej Kralj", "East", "Europe/Ljubljana", joined_ago=450),
    Person("Teodora Petrova", "East", "Europe/Sofia", joined_ago=190),
    Person("Zuzana Malá", "East", "Europe/Bratislava", left_ago=38, is_on_leave=True),
    Person("Anders Holm", "North", "Europe/Copenhagen"),
    Person("Birgit Solheim", "North", "Europe/Oslo"),
    Person("Eino Lahti", "North", "Europe/Helsinki"),
    Person("Freja Dahl", "North", "Europe/Copenhagen"),
    Person("Gunnar Ström", "North", "Europe/Stockholm", joined_ago=760),
    Person("Ingrid Moen", "North", "Europe/Oslo", joined_ago=480),
    Person("Kaisa Virtanen", "North", "Europe/Helsinki", joined_ago=300),
    Person("Lars Bergström", "North", "Europe/Stockholm", joined_ago=40),
    Person("Aaron Whitlock", "Overseas", "America/New_York"),
    Person("Beatriz Campos", "Overseas", "America/Sao_Paulo"),
    Person("Carter Hayes", "Overseas", "America/Chicago", joined_ago=640),
    Person("Devi Krishnan", "Overseas", "Asia/Singapore", joined_ago=590),
    Person("Esther Mbeki", "Overseas", "Africa/Johannesburg", joined_ago=500),
    Person("Haruki Tanabe", "Overseas", "Asia/Tokyo", joined_ago=370),
    Person("Imogen Clarke", "Overseas", "Australia/Sydney", joined_ago=240),
    Person("Julian Prescott", "Overseas", "America/New_York", left_ago=95),
)
PEOPLE = OFFICE + LEADERS + REPS
