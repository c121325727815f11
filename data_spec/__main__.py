"""`python -m data_spec`: make, check and publish a corpus."""

from __future__ import annotations

import click

from data_spec.command_line import CommandsByName


@click.group(
    cls=CommandsByName,
    modules={
        "synthesize": "data_spec.commands.synthesize",
        "check": "data_spec.commands.check",
        "publish": "data_spec.commands.publish",
        "extract": "data_spec.commands.extract",
        "import": "data_spec.commands.import_",
        "consensus": "data_spec.commands.consensus",
        "raters": "data_spec.commands.raters",
        "agreement": "data_spec.commands.agreement",
    },
    epilog="""\b
Example:
  python -m data_spec synthesize corpus
  python -m data_spec check corpus
  python -m data_spec publish corpus published
  python -m data_spec extract recordings --out corpus

Exit codes: 0 done, 1 the answer is no, 2 wrong usage.""",
)
def main() -> None:
    """What the data is: make, extract, import, check and publish a corpus, and how far its annotators agree."""


if __name__ == "__main__":
    main(prog_name="python -m data_spec")
