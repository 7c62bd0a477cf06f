"""The plainest valid object of each model. A test spells out what it is about."""
