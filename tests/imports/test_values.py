import pytest

from pipeline.imports.selectors.values import value_text


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("amount", "3393.0", "3,393"),
        ("amount", 999.5, "999.50"),
        ("amount", "a lot", "a lot"),
        ("amount", None, ""),
        ("amount_source", "list_price", "List price"),
        ("closed_on", "2017-12-30", "30 Dec 2017"),
        ("closed_on", "2017-13-30", "2017-13-30"),
        ("next_step_on", "", ""),
        ("name", "2017-12-30", "2017-12-30"),
        ("name", "Pumps", "Pumps"),
        ("name", "x" * 130, "x" * 119 + "…"),
    ],
)
def test_values_are_told_as_people_read_them(field, value, text):
    assert value_text(field, value) == text
