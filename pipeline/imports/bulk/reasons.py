"""The reasons that statements give, in words that SQL's own format() completes."""

from django.utils.translation import gettext as _

HERE = "%s"


def reasons(*, has_keys: bool) -> dict[str, str]:
    """Return them by the name of their parameter. has_keys: columns name a record."""
    same = (
        _("The same columns as in row %(row)s")
        if has_keys
        else _("The same id as in row %(row)s")
    )
    return {
        "same": same % {"row": HERE},
        "same_name": _("The same name as in row %(row)s") % {"row": HERE},
        "same_person": _("The same person as in row %(row)s") % {"row": HERE},
        "merged": _("Merged here into %(name)s") % {"name": HERE},
        "no_parent": _("It belongs to %(account)s, which is not known; left out")
        % {"account": HERE},
        "no_account": _("The account %(account)s is in no file; it comes without one")
        % {"account": HERE},
        "named_here": _("Named in this row, and in no file of accounts"),
        "on_nothing": _("It is on no deal or account that is known"),
        "on_unknown": _("It is on no deal or account that is known: %(deal)s")
        % {"deal": HERE},
    }
