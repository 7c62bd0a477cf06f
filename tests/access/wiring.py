from tests.access import row

ROWS = [
    row("healthz", public=200),
    row("metrics", public=404),  # no token is set
    row("readyz", public=503),  # the clock has never ticked here
]
