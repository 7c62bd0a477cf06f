import pytest

from rhythm.web.numbers import LARGEST, whole_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("42", 42), ("007", 7), (str(LARGEST), LARGEST)]
)
def test_plain_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", None, "-1", "1.5", " 1", "1a", "²", "٣", "\0", str(LARGEST + 1), "9" * 5000],
)
def test_anything_else_is_none(text):
    assert whole_number(text) is None
