"""The template tags: what they write, and that nothing gets through them."""

import pytest
from django.template import Context, Template

from rhythm.web import markdown
from rhythm.web.icons import UnknownIcon


def render(source, **values):
    return Template(source).render(Context(values))


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in render('{% icon "lock" "rh-bad" %}')
    assert 'role="img" aria-label="Locked"' in render(
        '{% icon "lock" label="Locked" %}'
    )


def test_an_unknown_icon_fails_the_tests():
    with pytest.raises(UnknownIcon):
        render('{% icon "no-such-icon" %}')


def test_a_chip_escapes_what_it_is_given():
    html = render('{% chip "bad" "calendar-x" text %}', text="<script>")
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert 'class="rh-chip is-bad"' in html


def test_a_pace_bar_never_runs_over_its_end():
    html = render('{% pace 7 4 kind="ok" mark=75 label="7 of 4" %}')
    assert 'width="100.0%"' in html
    assert 'x1="75%"' in html


def test_a_pace_bar_against_nothing_is_empty():
    assert 'class="f" width="0.0%"' in render("{% pace 3 0 %}")


def test_beats_say_their_sum():
    html = render('{% beats "hmn" label %}', label='2 of "3"')
    assert html.count("<i ") == 3
    assert "2 of &quot;3&quot;" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<b hx-get="/x" data-key="j" onclick="x()">hi</b>',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="/" hx-post="/delete">x</a>',
    ],
)
def test_markdown_lets_no_markup_of_people_through(hostile):
    html = str(markdown.render(hostile))
    for forbidden in (
        "<script",
        "<img",
        "<b",
        'href="javascript',
        'href="data',
        "<a h",
    ):
        inner = html.removeprefix('<div class="rh-md" hx-disable>')
        assert forbidden not in inner


def test_markdown_keeps_structure_and_moves_headings_down():
    html = str(markdown.render("# Ask\n\n- **who** signs\n\n[more](https://x.example)"))
    assert "<h3>Ask</h3>" in html
    assert "<li><strong>who</strong> signs</li>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_no_markdown_is_an_empty_box():
    assert render("{{ text|markdown }}", text=None).startswith('<div class="rh-md"')
