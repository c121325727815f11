"""One list of refused system calls, in two forms that say the same."""

from __future__ import annotations

import errno
import json
import os
import struct
import time
from pathlib import Path

import pyseccomp
import pytest

from scorer.sandbox.filter_program import filter_program
from scorer.sandbox.oci_profile import FORSAKEN_SECONDS, seccomp_profile, seccomp_profile_file, sweep_profile_files
from scorer.sandbox.system_calls import DENIED, UNKNOWN, rules

INSTRUCTION_BYTES = 8
ANSWER = 0x06  # the instruction that ends a filter with an answer
ALLOWED, REFUSED = 0x7FFF0000, 0x00050000
MOST_INSTRUCTIONS = 4096


def test_no_system_call_is_listed_twice() -> None:
    assert len({*DENIED, *UNKNOWN}) == len(DENIED) + len(UNKNOWN)


def test_every_name_is_one_that_libseccomp_knows_or_that_is_newer_than_it() -> None:
    unknown = {name for name in (*DENIED, *UNKNOWN) if pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) == -1}
    assert unknown <= {"listmount", "statmount", "open_tree_attr", "memfd_secret", "process_mrelease", "quotactl_fd"}


def test_the_filter_is_whole_instructions_and_answers_in_four_ways() -> None:
    content = filter_program()
    assert len(content) % INSTRUCTION_BYTES == 0
    assert 50 < len(content) // INSTRUCTION_BYTES < MOST_INSTRUCTIONS
    answers = {value for code, _, _, value in struct.iter_unpack("=HBBI", content) if code == ANSWER}
    killed = 0
    assert answers == {ALLOWED, REFUSED | errno.EPERM, REFUSED | errno.ENOSYS, killed}


def test_the_profile_refuses_what_the_rules_refuse() -> None:
    profile = json.loads(seccomp_profile())
    assert profile["defaultAction"] == "SCMP_ACT_ALLOW"
    assert len(profile["syscalls"]) == len(list(rules()))
    by_name = {name: entry for entry in profile["syscalls"] for name in entry["names"]}
    assert by_name["ptrace"] == {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": errno.EPERM}
    assert by_name["clone3"]["errnoRet"] == errno.ENOSYS
    assert by_name["socket"]["args"] == [{"index": 0, "value": 1, "op": "SCMP_CMP_NE"}]
    assert by_name["clone"]["args"] == [
        {"index": 0, "value": 0x40000000, "valueTwo": 0x40000000, "op": "SCMP_CMP_MASKED_EQ"}
    ]


def test_the_profiles_file_is_there_while_it_is_needed_and_a_forsaken_one_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with seccomp_profile_file() as new, seccomp_profile_file() as old:
        assert new.read_text() == seccomp_profile()
        os.utime(old, (time.time() - FORSAKEN_SECONDS - 1,) * 2)
        sweep_profile_files()
        assert (new.exists(), old.exists()) == (True, False)
    assert list(tmp_path.iterdir()) == []
