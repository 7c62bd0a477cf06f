"""The only two doors to a record, and the door to configuration."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Protocol, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from rhythm.people.models import User


class Scoped[M: Model](Protocol):
    """A manager or QuerySet that knows who may see and change its records."""

    def visible_to(self, viewer: User) -> QuerySet[M]: ...

    def editable_by(self, editor: User) -> QuerySet[M]: ...


def visible_or_404[M: Model](objects: Scoped[M], viewer: User, **lookup: Any) -> M:
    """Return the one object that matches `lookup`, if `viewer` may see it.

    An object that is hidden answers 404, just like one that does not exist.
    """
    return get_object_or_404(objects.visible_to(viewer), **lookup)


def editable_or_403[M: Model](objects: Scoped[M], editor: User, **lookup: Any) -> M:
    """Return the one object that matches `lookup`, if `editor` may change it.

    Hidden answers 404. Visible but not editable answers 403. One query.
    """
    editable = objects.editable_by(editor).filter(pk=OuterRef("pk"))
    visible = objects.visible_to(editor).annotate(is_theirs_to_edit=Exists(editable))
    found = cast("M", get_object_or_404(visible, **lookup))
    if not found.is_theirs_to_edit:  # type: ignore[attr-defined]
        raise PermissionDenied
    return found


def require_editable[M: Model](objects: Scoped[M], editor: User, pk: int) -> None:
    """Refuse as `editable_or_403` does, for services that hold the object's lock.

    What a view fetched may have gone to somebody else while it waited. One query
    where all is well. Raises Http404 if it is hidden by now, else PermissionDenied.
    """
    if objects.editable_by(editor).filter(pk=pk).exists():
        return
    visible_or_404(objects, editor, pk=pk)
    raise PermissionDenied


def acting_user(request: HttpRequest) -> User:
    """Return who makes this request. Only for views that need a sign-in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def admin_required[**P, R: HttpResponseBase](
    view: Callable[Concatenate[HttpRequest, P], R],
) -> Callable[Concatenate[HttpRequest, P], R]:
    """Answer 404 to everybody but admins: configuration does not exist for others."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> R:
        if not acting_user(request).is_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded  # type: ignore[return-value]
