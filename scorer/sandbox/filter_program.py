"""The list of refused system calls as the kernel reads it: a seccomp filter."""

from __future__ import annotations

import functools
import tempfile

from scorer.sandbox.job import NoSandbox
from scorer.sandbox.system_calls import rules


@functools.cache
def filter_program() -> bytes:
    """The filter, for this machine's own system calls; those of another machine it could also run are all refused.

    Raises:
        NoSandbox: libseccomp is missing.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise NoSandbox(
            f"expected libseccomp, found none ({error}). Install it: apt-get install libseccomp2"
        ) from error
    program = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    for rule in rules():
        if pyseccomp.resolve_syscall(pyseccomp.system_arch(), rule.name) < 0:
            continue  # some machines lack some of them
        arguments = []
        if (found := rule.argument) is not None and found.mask is not None:
            arguments = [pyseccomp.Arg(found.index, pyseccomp.MASKED_EQ, found.mask, found.value)]
        elif found is not None:
            arguments = [pyseccomp.Arg(found.index, pyseccomp.NE, found.value)]
        program.add_rule(pyseccomp.ERRNO(rule.error), rule.name, *arguments)
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()
