"""`bundle.yaml` is read strictly; each fault names the key, what was expected and what was found."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scorer.bundles.manifest import Hardware, Manifest
from scorer.bundles.manifest_file import read_manifest

GOOD = 'command: [python, predict.py]\npython: "3.11"\n'


def faults(text: str) -> list[str]:
    manifest, found = read_manifest(text)
    assert (manifest is None) == bool(found)
    return [str(fault) for fault in found]


def test_what_is_not_said_has_a_default():
    manifest, _ = read_manifest(GOOD)
    assert manifest == Manifest(command=("python", "predict.py"), python="3.11")
    assert manifest.hardware == Hardware(cpus=1, memory_bytes=None, gpu=False)


WORDS = st.text(min_size=1, max_size=20).filter(str.isprintable)


@given(
    command=st.lists(WORDS, min_size=1, max_size=5),
    seeds=st.dictionaries(WORDS, st.integers(-(2**63), 2**64 - 1), max_size=4),
    models=st.lists(WORDS, max_size=4),
    gpu=st.booleans(),
    cpus=st.integers(1, 1024),
)
def test_what_is_written_is_read(
    command: list[str], seeds: dict[str, int], models: list[str], gpu: bool, cpus: int
) -> None:
    document = {"command": command, "python": "3.11", "seeds": seeds, "models": models}
    manifest, found = read_manifest(
        yaml.safe_dump({**document, "hardware": {"gpu": gpu, "cpus": cpus}}, allow_unicode=True)
    )
    assert found == []
    assert manifest is not None
    assert (list(manifest.command), manifest.seeds, list(manifest.models)) == (command, seeds, models)
    assert manifest.hardware == Hardware(gpu=gpu, cpus=cpus)


def test_every_fault_is_named_with_its_key():
    text = """
command: python predict.py
python: 3.10
hardware: {gpu: maybe, cpus: 0, tpu: 1, memory_bytes: 1.5}
seeds: {model: x}
models: model.h5
author: me
"""
    assert faults(text) == [
        "bundle.yaml, command: expected a list, such as [python, predict.py], found 'python predict.py'",
        "bundle.yaml, python: expected a text, in quotes where it looks like a number, found 3.1",
        "bundle.yaml, hardware.cpus: expected a number greater than 0, found 0",
        "bundle.yaml, hardware.memory_bytes: expected a whole number, found 1.5",
        "bundle.yaml, hardware.gpu: expected true or false, found 'maybe'",
        "bundle.yaml, hardware.tpu: expected one of the keys cpus, memory_bytes, gpu, found an unknown key",
        "bundle.yaml, seeds.model: expected a whole number, found 'x'",
        "bundle.yaml, models: expected a list, such as [python, predict.py], found 'model.h5'",
        "bundle.yaml, author: expected one of the keys command, python, hardware, seeds, models, found an unknown key",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "bundle.yaml: expected keys with values, such as command: [python, predict.py], found nothing"),
        ("python", "bundle.yaml: expected keys with values, such as command: [python, predict.py], found 'python'"),
        ("command: []\npython: '3.11'", "bundle.yaml, command: expected at least one, found an empty list"),
        ("command: [python, 7]\npython: '3.11'", "bundle.yaml, command.1: expected a text, in quotes where it looks"),
        ("command: [python, '']\npython: '3.11'", "bundle.yaml, command.1: expected printable characters, at least"),
        ('command: ["a\\0b"]\npython: "3.11"', "bundle.yaml, command.0: expected printable characters, at least one"),
        ('command: ["\\ud800"]\npython: "3.11"', "bundle.yaml, command.0: expected"),
        (GOOD + '"\\ud800": 1', "bundle.yaml: expected a text of UTF-8, found"),
        (GOOD + "models: ['a\tb']", "bundle.yaml, models.0: expected printable characters, at least one, found"),
        (GOOD + "seeds: {a: 18446744073709551616}", "bundle.yaml, seeds.a: expected a number less than"),
        (GOOD + "seeds: {1: 2}", "bundle.yaml, seeds.1: expected a text, in quotes where it looks like a number"),
        (GOOD + "seeds: {a: 1" + ":1" * 9_999 + "}", "bundle.yaml, seeds.a: expected a number less than"),
        (GOOD + "hardware:", "bundle.yaml, hardware: expected keys with values, found nothing"),
        ("command: [a]\npython: three", "bundle.yaml, python: expected a version such as \"3.11\", found 'three'"),
        ("command: [a\npython: 3", "bundle.yaml, row 2: expected readable YAML, found"),
        (
            "command: [a]\ncommand: [b]",
            "bundle.yaml, row 2: expected readable YAML, found \"key 'command' stands twice",
        ),
        ("a: \0", "bundle.yaml: expected readable YAML, found"),
        (GOOD + "seeds: {a: 1" + "1" * 5_000 + "}", "bundle.yaml: expected readable YAML, found"),
        (GOOD + "---\n" + GOOD, "bundle.yaml, row 3: expected readable YAML, found 'but found another document'"),
        ("%YAML 1.1\n---\n" + GOOD, "bundle.yaml, row 1: expected plain keys and values, found a directive"),
        (
            GOOD + "models: !!python/object:os.system [x]",
            "bundle.yaml, row 3: expected plain keys and values, found a t",
        ),
        (GOOD + "models: &x [a]", "bundle.yaml, row 3: expected plain keys and values, found an anchor"),
        (GOOD + "models: *x", "bundle.yaml, row 3: expected plain keys and values, found an alias"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told_why(text: str, fault: str):
    assert faults(text)[0].startswith(fault)
    assert all(line.isprintable() for line in faults(text))


def test_a_document_may_begin_with_its_mark():
    assert faults("---\n" + GOOD) == []


@pytest.mark.parametrize("text", ["[" * 60_000, "{" * 60_000, "- " * 30_000, "{a: " * 15_000, "[," * 30_000])
def test_brackets_in_brackets_are_refused_at_once(text: str):
    begin = time.perf_counter()
    assert "more than 10 lists in lists" in faults(text)[0]
    assert time.perf_counter() - begin < 10


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*"[]{}:,-?&*!|>'\"%@` \n#", "a", "command", "python", "1", "3.11"]), max_size=40).map(
        "".join
    )
)
def test_no_text_raises(text: str):
    manifest, found = read_manifest(text)
    assert (manifest is None) == bool(found)
    assert all(str(fault).isprintable() for fault in found)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["command", "python", "hardware", "seeds", "models", "more"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_no_value_of_a_key_raises(document: dict[str, object]):
    faults(yaml.safe_dump(document))
