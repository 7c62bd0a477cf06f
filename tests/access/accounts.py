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
    row("mfa_index", everybody=200),
    # Signed in already, or nobody whose first step is done.
    row("mfa_authenticate", public=302),
    # The cast has none to confirm with.
    row("mfa_reauthenticate", everybody=403),
    row("mfa_reauthenticate_webauthn", everybody=403),
    row("mfa_activate_totp", everybody=200),
    row("mfa_activate_totp", "post", everybody=200),
    row("mfa_deactivate_totp", everybody=404),
    row("mfa_view_recovery_codes", everybody=404),
    row("mfa_download_recovery_codes", everybody=404),
    row("mfa_generate_recovery_codes", everybody=200),
    row("mfa_list_webauthn", everybody=200),
    row("mfa_add_webauthn", everybody=200),
    row("mfa_add_webauthn", "post", everybody=200),
    row("mfa_edit_webauthn", args=[1], everybody=404),
    row("mfa_remove_webauthn", args=[1], everybody=404),
    row("mfa_login_webauthn", public=302),
]
