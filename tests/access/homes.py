from tests.access import row

ROWS = [
    row("homes:home", everybody=302),
]
