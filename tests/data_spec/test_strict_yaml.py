import pytest

from data_spec.strict_yaml import parse_yaml


def test_sequences_are_tuples_at_every_depth() -> None:
    assert parse_yaml("a: [1, [2, {b: [3]}]]") == {"a": (1, (2, {"b": (3,)}))}


@pytest.mark.parametrize("text", ["a: 1\nb: {c: 1, c: 2}", "a: 1\n'a': 2", "[{a: 1, a: 1}]"])
def test_a_key_that_stands_twice_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(ValueError, match=r"key '[ac]' stands twice\s+in .*line \d"):
        parse_yaml(text)


@pytest.mark.parametrize("text", ["2017-09-01", "2017-09-01T12:00:00", "2017-09-01 12:00:00 +2", "2017-02-30"])
def test_what_looks_like_a_date_stays_the_text_that_it_is(text: str) -> None:
    assert parse_yaml(f"opens_at: {text}") == {"opens_at": text}
