"""Pages of people and teams, and the doors by which people come in."""
