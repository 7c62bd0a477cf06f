from tests.access import row

ROWS = [
    row("healthz", public=200),
    row("readyz", public=503),  # the clock has never ticked here
]
