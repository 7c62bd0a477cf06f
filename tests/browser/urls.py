"""The product's addresses, and a page that shows each part of the look once."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from rhythm.urls import *  # noqa: F403
from rhythm.urls import urlpatterns as product
from rhythm.web.http import close_sheet
from rhythm.web.toasts import toast

SHEET = Path(__file__).parent / "parts.html"


def page(request: HttpRequest, source: str, status: int = 200) -> HttpResponse:
    context = RequestContext(request, {"hostile": "**ok** <script>alert(1)</script>"})
    return HttpResponse(Template(source).render(context), status=status)


@login_not_required
def parts(request: HttpRequest) -> HttpResponse:
    return page(request, SHEET.read_text())


@login_not_required
def sheet(request: HttpRequest) -> HttpResponse:
    """Refuse an empty name; close the sheet and tell about it otherwise."""
    source = """<form class="rh-sheet" method="post" action="/sheet/"
        hx-post="/sheet/" hx-target="#sheet">{% csrf_token %}
        <header class="rh-sheet-h"><h2 id="sheet-h">New deal</h2>
        <button type="button" class="btn-close" data-dialog-close aria-label="Close">
        </button></header>
        <div class="rh-sheet-b"><label class="form-label" for="name">Name</label>
        <input class="form-control REFUSED" id="name" name="name"></div>
        <footer class="rh-sheet-f"><button class="btn btn-primary">Save</button>
        <button class="btn btn-danger-quiet" name="name" value="gone" formnovalidate
        hx-post="/sheet/" hx-target="#sheet">Remove</button></footer></form>"""
    if request.method == "GET":
        return page(request, source)
    if not request.POST.get("name"):
        return page(request, source.replace("REFUSED", "is-invalid"), status=422)
    if request.POST["name"] == "break":
        return HttpResponse("<h1>broken</h1>", status=500)
    toast(request, "Saved", undo="/undo/")
    return close_sheet(HttpResponse(status=204))


@login_not_required
def moved(request: HttpRequest) -> HttpResponse:
    """Take a drag, but nothing into the list `shut`."""
    if request.POST["to"] == "shut":
        return HttpResponse("<p>No</p>", status=422)
    return HttpResponse(f"{request.POST['item']} to {request.POST['to']}")


urlpatterns = [
    path("parts/", parts),
    path("sheet/", sheet),
    path("moved/", moved),
    *product,
]
