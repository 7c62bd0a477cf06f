"""Saying that somebody without sign-in is a person who is here."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.toasts import toast
from scorecards.homes.merging import merge
from scorecards.homes.selectors.leaving import in_hand


class MergeForm(forms.Form):
    """Whom somebody turned out to be."""

    into = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Is the same as"),
        empty_label=gettext_lazy("Choose …"),
    )

    def __init__(self, person: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.able_to_sign_in().exclude(pk=person.pk)


@admin_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what a person of an import has to the one who it is."""
    by = acting_user(request)
    person = editable_or_403(User.objects, by, pk=pk)
    if person.email or not person.is_active:
        return redirect(person)
    form = MergeForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_to(form):
            into = form.cleaned_data["into"]
            merge(person, into, by=by, now=timezone.now())
            names = {"gone": person.name, "into": into.name}
            toast(request, _("%(gone)s is %(into)s now") % names)
            return redirect(into)
    context = {"form": form, "person": person, "held": in_hand(person)}
    status = 422 if form.errors else 200
    return render(request, "homes/person_merge.html", context, status=status)
