"""What a container engine is told: everything that is not allowed, and nothing of the job but to the launcher."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from scorer.sandbox.job import BrokenSandbox, Job, Limits
from scorer.sandbox.launch import launcher_source
from scorer.sandbox.oci_command import run_command
from scorer.sandbox.oci_image import image


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that everybody may enter."""
    tmp_path.chmod(0o755)
    return tmp_path


def told(engine: str, job: Job, *, as_root: bool = False) -> list[str]:
    return run_command(engine, job, name="kit-job-1", image="an:image", profile=Path("/p.json"), as_root=as_root)


JOB = Job(["python", "--privileged"], Limits(memory_bytes=1000, processes=7, temporary_bytes=20, output_bytes=10))


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_everything_is_taken_away(engine: str) -> None:
    command = told(engine, JOB)
    assert command[:2] == [engine, "run"]
    assert {
        *("--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--user=1000:1000"),
        *("--security-opt=seccomp=/p.json", "--log-driver=none", "--ipc=private", "--init=false", "--pids-limit=7"),
        *("--memory=1000b", "--memory-swap=1000b", "--ulimit=core=0:0", "--name=kit-job-1"),
    } <= set(command)
    assert not {"--privileged", "--cap-add", "--device", "--publish", "--volume"} & {
        word.partition("=")[0] for word in command[: command.index("an:image")]
    }


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_a_job_says_nothing_to_the_engine(engine: str) -> None:
    command = told(engine, JOB)
    after = command[command.index("an:image") + 1 :]
    assert after[1:4] == ["-I", "-S", "/launcher.py"]
    assert '"--privileged"' in after[4]
    assert len(after) == 5


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_folders_are_shown_read_only_and_memory_has_its_size(engine: str, folder: Path) -> None:
    command = told(engine, Job(["x"], JOB.limits, bundle=folder))
    mounts = [word for word in command if word.startswith("--mount=")]
    assert f"--mount=type=bind,source={folder.resolve()},destination=/bundle,readonly" in mounts
    assert all(word.endswith(",readonly") for word in mounts)
    sizes = {word.partition("=")[2].partition(":")[0]: word for word in command if word.startswith("--tmpfs=")}
    assert sizes["/tmp"].endswith("size=20")
    assert sizes["/output"].endswith("size=10")
    assert {path.partition("/sys")[0] for path in sizes} == {"", "/tmp", "/output"}


def test_podman_that_is_root_is_told_whose_users_a_containers_are() -> None:
    users = {"--uidmap=0:2000000000:65536", "--gidmap=0:2000000000:65536"}
    assert users <= set(told("podman", JOB, as_root=True))
    assert not users & set(told("podman", JOB))


@pytest.mark.parametrize("name", ["a,b", 'a"b'])
def test_a_folder_that_an_engine_would_misread_is_refused(folder: Path, name: str) -> None:
    (folder / name).mkdir(mode=0o755)
    with pytest.raises(BrokenSandbox, match="expected a path that can be told to an engine"):
        told("docker", Job(["x"], bundle=folder / name))


def test_the_image_holds_the_launcher_and_no_program() -> None:
    name, content = image()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = {member.name: member for member in archive}
        launcher = archive.extractfile("launcher.py")
        assert launcher is not None
        assert launcher.read() == launcher_source()
    assert {one for one, member in members.items() if member.isreg()} == {"etc/passwd", "etc/group", "launcher.py"}
    assert members["tmp"].mode == members["output"].mode == 0o1777
    assert members["bundle"].mode == 0o755
    assert image() == (name, content)
