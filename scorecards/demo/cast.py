"""The people of the demo: Hallmann Sensing, who sell condition monitoring.

Three levels: Vera leads sales, Lena, Omar and Ines lead a team each, the rest sell.
Max runs the company, Ada the system.
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
    TeamOf("Central", "lena", "Sales"),
    TeamOf("West", "omar", "Sales"),
    TeamOf("South", "ines", "Sales"),
)

PEOPLE = (
    Person("Max Hallmann", is_rep=False, is_executive=True),
    Person("Ada Roth", is_rep=False, is_admin=True),
    Person("Vera Lindqvist", is_rep=False),
    Person("Lena Brandt", "Sales", is_rep=False),
    Person("Omar Haddad", "Sales", "Europe/London", is_rep=False),
    Person("Ines Duarte", "Sales", "Europe/Lisbon", is_rep=False),
    Person("Rita Weber", "Central"),
    Person("Priya Nair", "Central"),
    Person("Tomás Ferreira", "Central"),
    Person("Hannah Hoffmann", "Central"),
    Person("Marek Novák", "Central", "Europe/Prague"),
    Person("Daniel Osei", "Central"),
    Person("Sofia Lindholm", "Central", "Europe/Stockholm"),
    Person("Otto Olsen", "West", "Europe/London"),
    Person("Grace Whitfield", "West", "Europe/London"),
    Person("Liam Byrne", "West", "Europe/Dublin"),
    Person("Chloé Marchand", "West", "Europe/Paris"),
    Person("Jonah Reeves", "West", "America/New_York"),
    Person("Bianca Rossi", "South", "Europe/Rome"),
    Person("Andreu Vidal", "South", "Europe/Madrid"),
    Person("Elif Kaya", "South", "Europe/Istanbul"),
    Person("Nikos Pappas", "South", "Europe/Athens"),
    Person("Marta Silva", "South", "Europe/Lisbon"),
)
