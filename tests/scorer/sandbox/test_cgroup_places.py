"""Where groups can be made is read from what the kernel says, of either version."""

from __future__ import annotations

from pathlib import Path

import pytest

from scorer.sandbox.cgroup_places import Hierarchy, groups_of, hierarchies


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder in which a machine's `/proc` and `/sys` are written down."""
    (tmp_path / "proc" / "self").mkdir(parents=True)
    return tmp_path


def say(machine: Path, groups: str, mounts: str) -> Path:
    """Write what the kernel says of this process and of what is mounted."""
    (machine / "proc" / "self" / "cgroup").write_text(groups)
    (machine / "proc" / "self" / "mountinfo").write_text(mounts.replace("/sys", f"{machine}/sys"))
    return machine / "proc"


def group(machine: Path, path: str, offered: str, enabled: str) -> Path:
    """A group of version 2."""
    folder = machine / "sys" / path
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.controllers").write_text(f"{offered}\n")
    (folder / "cgroup.subtree_control").write_text(f"{enabled}\n")
    return folder


VERSION_2 = "30 23 0:26 / /sys rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_version_1_has_a_folder_for_each_controller(machine: Path) -> None:
    groups = "8:pids:/a\n4:memory:/a/b\n3:cpuset:/\n2:cpuacct:/\n0::/\n"
    mounts = "".join(
        f"{number} 31 0:{number} / /sys/{name} rw,relatime shared:9 - cgroup cgroup rw,{name}\n"
        for number, name in enumerate(("cpuset", "memory", "pids", "cpuacct"), 32)
    )
    assert list(hierarchies(say(machine, groups, mounts))) == [
        Hierarchy(1, frozenset({"memory"}), machine / "sys/memory/a/b"),
        Hierarchy(1, frozenset({"pids"}), machine / "sys/pids/a"),
        Hierarchy(1, frozenset({"cpuacct"}), machine / "sys/cpuacct"),
    ]


def test_controllers_that_are_mounted_together_are_one_place(machine: Path) -> None:
    mounts = "33 31 0:29 / /sys/both rw - cgroup cgroup rw,memory,pids\n"
    assert list(hierarchies(say(machine, "4:memory,pids:/a\n", mounts))) == [
        Hierarchy(1, frozenset({"memory", "pids"}), machine / "sys/both/a")
    ]


def test_in_a_container_a_hierarchy_is_mounted_from_its_own_group_on(machine: Path) -> None:
    mounts = "33 31 0:29 /docker/1 /sys/memory rw - cgroup cgroup rw,memory\n"
    (found,) = hierarchies(say(machine, "4:memory:/docker/1/inner\n", mounts))
    assert found.parent == machine / "sys/memory/inner"
    (found,) = hierarchies(say(machine, "4:memory:/elsewhere\n", mounts))
    assert found.parent == machine / "sys/memory"


def test_a_mount_point_may_have_a_space_in_its_name(machine: Path) -> None:
    (found,) = hierarchies(
        say(machine, "4:memory:/\n", "33 31 0:29 / /sys/with\\040space rw - cgroup cgroup rw,memory\n")
    )
    assert found.parent == machine / "sys/with space"


def test_in_version_2_a_service_makes_groups_beside_its_own(machine: Path) -> None:
    group(machine, "kit.service", "cpu memory pids", "memory pids")
    group(machine, "kit.service/server", "memory pids", "")
    (found,) = hierarchies(say(machine, "0::/kit.service/server\n", VERSION_2))
    assert found == Hierarchy(2, frozenset({"memory", "pids"}), machine / "sys/kit.service")


def test_in_version_2_groups_are_made_in_the_own_one_where_the_kernel_lets_it_be(machine: Path) -> None:
    group(machine, "a", "memory", "memory")
    found = next(hierarchies(say(machine, "0::/a\n", VERSION_2)))
    assert found == Hierarchy(2, frozenset({"memory"}), machine / "sys/a")


def test_in_version_2_what_is_offered_but_not_enabled_is_asked_for(machine: Path) -> None:
    folder = group(machine, "kit.service", "cpu memory pids", "cpu")
    list(hierarchies(say(machine, "0::/kit.service\n", VERSION_2)))
    assert (folder / "cgroup.subtree_control").read_text() == "+memory +pids"  # to which the kernel would say yes or no


def test_in_version_2_without_memory_there_is_no_place(machine: Path) -> None:
    group(machine, "a", "cpu pids", "pids")
    group(machine, ".", "hugetlb", "")
    assert list(hierarchies(say(machine, "0::/a\n", VERSION_2))) == []


@pytest.mark.parametrize(
    ("groups", "mounts"), [("", ""), ("0::/a\n", VERSION_2), ("4:memory:/\n", ""), ("", VERSION_2)]
)
def test_where_there_are_none_there_is_no_place(machine: Path, groups: str, mounts: str) -> None:
    assert list(hierarchies(say(machine, groups, mounts))) == []


def test_a_machine_that_says_nothing_has_no_place(tmp_path: Path) -> None:
    assert list(hierarchies(tmp_path)) == []
    assert groups_of(1, tmp_path) == []
