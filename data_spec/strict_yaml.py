"""YAML read strictly: no key stands twice, and nothing is built but plain data."""

from __future__ import annotations

from typing import Any

import yaml


def parse_yaml(text: str) -> Any:
    """The content of a YAML text; its sequences are tuples.

    Raises:
        ValueError: not readable, or a key stands twice; the message says where.

    >>> parse_yaml("labels: [Sad, Happy]")
    {'labels': ('Sad', 'Happy')}
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    # The loader leaks what Python says to a date such as 2017-02-30, and to a thousand brackets.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"not readable as YAML: {error}") from error


class _StrictLoader(yaml.SafeLoader):
    """YAML lets a later key overwrite an earlier one without a word; here that is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no text", key_node.start_mark)
            key = self.construct_object(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_tuple(self, node: yaml.SequenceNode) -> tuple[Any, ...]:
        return tuple(self.construct_sequence(node, deep=True))


_StrictLoader.add_constructor("tag:yaml.org,2002:seq", _StrictLoader.construct_tuple)
