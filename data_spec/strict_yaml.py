"""YAML read strictly: no key stands twice, and nothing is built but plain data."""

from __future__ import annotations

from typing import Any

import yaml

TIMESTAMP = "tag:yaml.org,2002:timestamp"


def parse_yaml(text: str) -> Any:
    """The content of a YAML text; its sequences are tuples, and its dates and times are texts.

    Raises:
        ValueError: not readable, or a key stands twice; the message says where.

    >>> parse_yaml("labels: [Sad, Happy]")
    {'labels': ('Sad', 'Happy')}
    >>> parse_yaml("opens_at: 2017-09-01T12:00:00+02:00")
    {'opens_at': '2017-09-01T12:00:00+02:00'}
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    # The loader leaks what Python says to `!!int x`, and to a thousand brackets.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"not readable as YAML: {error}") from error


class _StrictLoader(yaml.SafeLoader):
    """YAML lets a later key overwrite an earlier one without a word; here that is an error.

    It also makes a moment of what looks like one, and of a zone that is missing or odd what it likes. Whoever
    wants a moment reads it from the text, and can say what is wrong with it.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (as in the class above)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

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
