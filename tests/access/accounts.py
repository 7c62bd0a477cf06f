"""Sign-in pages, which come from allauth."""

from tests.access import row

ROWS = [
    row("account_login", public=200, everybody=302),
    row("account_login", "post", data={}, public=200, everybody=302),
    row("account_logout", public=302, everybody=200),
    row("account_logout", "post", public=302),
    row("account_inactive", public=200),
    row("account_signup", public=200, everybody=302),
    row("account_signup", "post", public=200, everybody=302),
    # The cast has no passwords.
    row("account_reauthenticate", everybody=403),
    row("account_email", everybody=200),
    row("account_email_verification_sent", public=200),
    row("account_confirm_email", args=["unknown"], public=200),
    row("account_change_password", everybody=302),
    row("account_change_password", "post", everybody=302),
    row("account_set_password", everybody=200),
    row("account_reset_password", public=200),
    row("account_reset_password", "post", public=200),
    row("account_reset_password_done", public=200),
    row("account_reset_password_from_key", args=["0", "set-password"], public=200),
    row("account_reset_password_from_key_done", public=200),
    row("account_confirm_login_code", public=302),
]
