from dataclasses import replace

from pipeline.accounts.gaps import Gap, Known, gaps

ANKE = Known("Anke", "top", "finance", "sponsor", "champion", "good", 1)
LARS = Known("Lars", "heads", "operations", "decides", "for", "close", 2)


def test_an_empty_map_says_only_that_it_is_empty():
    assert gaps([]) == [Gap("empty")]


def test_a_map_with_a_known_sponsor_from_finance_lacks_nothing():
    assert gaps([ANKE, LARS]) == []


def test_without_a_sponsor_and_finance_both_are_named():
    assert gaps([LARS]) == [Gap("no_sponsor"), Gap("no_finance"), Gap("no_top")]


def test_somebody_with_power_whom_nobody_knows_is_named():
    unknown = replace(ANKE, known_by=None)
    met_by_nobody = replace(LARS, bond="none")
    assert gaps([unknown, met_by_nobody]) == [
        Gap("unknown", "Anke", "finance"),
        Gap("unknown", "Lars", "operations"),
    ]


def test_power_against_us_is_named():
    assert gaps([replace(ANKE, attitude="against"), LARS]) == [
        Gap("against", "Anke", "finance")
    ]


def test_users_may_be_against_us_without_a_word():
    user = replace(LARS, name="Uwe", part="uses", attitude="against")
    assert gaps([ANKE, LARS, user]) == []


def test_knowing_all_by_one_of_ours_is_too_thin():
    people = [replace(ANKE, name=name, known_by=7) for name in "abc"]
    assert gaps(people) == [Gap("one_of_ours")]
    assert gaps([*people[:2], replace(LARS, known_by=8)]) == []
