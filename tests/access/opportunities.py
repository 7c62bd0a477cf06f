from tests.access import row

ROWS = [
    row("opportunities:account_options", everybody=200),
    row("opportunities:contact_options", everybody=200),
    row("opportunities:opportunity_options", everybody=200),
]
