"""Every address that the application answers, made from its routes: a new one cannot be forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from flask import Flask

WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Address:
    """One way to ask one route."""

    method: str
    path: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.method} {self.path[:80]} ({self.endpoint})"

    @property
    def is_for_programs(self) -> bool:
        """Whether programs with tokens ask it, and no browser."""
        return self.path.startswith(("/api/", "/metrics"))


def list_addresses(
    app: Flask,
    examples: Mapping[str, Sequence[object]],
    *,
    methods: Sequence[str] = ("GET", *WRITING),
    queries: Sequence[str] = (),
    only_with: str | None = None,
) -> list[Address]:
    """The addresses of all routes but those of static files.

    Args:
        app: the application.
        examples: values of the arguments in the routes, by the argument's name.
        methods: by which the routes are asked.
        queries: those that follow the address of a GET that has no argument, beside none.
        only_with: the name of a converter; then only routes with an argument of this kind.

    Raises:
        LookupError: an argument of a route has no example.
    """
    build = app.url_map.bind("localhost").build
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static" or (only_with is not None and f"<{only_with}:" not in rule.rule):
            continue
        if missing := sorted(rule.arguments - examples.keys()):
            raise LookupError(f"{rule.rule} ({rule.endpoint}): expected an example for {missing}, found none")
        names = sorted(rule.arguments)
        for method in methods:
            if method not in (rule.methods or ()):
                continue
            for values in product(*(examples[name] for name in names)):
                path = build(rule.endpoint, dict(zip(names, values, strict=True)), method)
                found.append(Address(method, path, rule.endpoint))
                if method == "GET" and not names:
                    found += [Address(method, f"{path}?{query}", rule.endpoint) for query in queries]
    return found
