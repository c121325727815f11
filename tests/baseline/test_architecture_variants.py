"""Variants named by an architecture and modalities."""

import pytest

from baseline.architecture_variants import every_variant, parse_variant
from data_spec.challenge import load_challenge


def test_there_are_all_architectures_with_all_seven_subsets_and_the_first_has_all_modalities():
    variants = every_variant(("blstm", "lstm", "cnn"), load_challenge("mosei"))
    assert variants[0] == "blstm:audio+text+video"
    assert len(set(variants)) == len(variants) == 3 * 7


def test_every_variant_is_read_back():
    challenge = load_challenge("mosei")
    for variant in every_variant(("lstm",), challenge):
        architecture, modalities = parse_variant(variant, ("lstm",), challenge)
        assert (architecture, "+".join(modalities)) == tuple(variant.split(":"))


def test_modalities_that_are_no_tables_are_in_no_variant():
    assert every_variant(("cnn",), load_challenge("recola")) == ("cnn:features",)


@pytest.mark.parametrize("variant", ["", "gru:audio", "audio", "lstm", "lstm:"])
def test_an_unknown_architecture_or_one_alone_is_refused_with_those_there_are(variant):
    with pytest.raises(ValueError, match=r"expected one of lstm, cnn, then a colon .* cnn:video\. Received"):
        parse_variant(variant, ("lstm", "cnn"), load_challenge("mosei"))


@pytest.mark.parametrize("variant", ["lstm:smell", "lstm:audio+smell", "lstm:audio,text"])
def test_an_unknown_modality_is_refused_with_those_there_are(variant):
    with pytest.raises(ValueError, match=r"some of text\+audio\+video\. Received"):
        parse_variant(variant, ("lstm",), load_challenge("mosei"))
