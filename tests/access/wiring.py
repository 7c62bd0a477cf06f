from tests.access import row

ROWS = [
    row("healthz", public=200),
]
