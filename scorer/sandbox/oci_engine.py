"""A container engine that this machine has, spoken to by its command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from scorer.sandbox.job import BrokenSandbox, NoSandbox
from scorer.sandbox.oci_command import LABEL
from scorer.sandbox.oci_image import image
from scorer.sandbox.oci_profile import sweep_profile_files

ANSWER_SECONDS = 60.0

DOCKER_TELLS = '{"version": {{json .ServerVersion}}, "security": {{json .SecurityOptions}}, "memory": {{.MemoryLimit}}, "processes": {{.PidsLimit}}}'  # noqa: E501 (one word)
PODMAN_TELLS = '{"version": {{json .Version.Version}}, "rootless": {{.Host.Security.Rootless}}, "controllers": {{json .Host.CgroupControllers}}}'  # noqa: E501 (one word)


class Engine:
    """Docker or Podman."""

    def __init__(self, kind: str) -> None:
        """Ask it what it is.

        Args:
            kind: `docker` or `podman`, which is also the name of its program.

        Raises:
            NoSandbox: there is none, or it cannot do what a sandbox needs.
        """
        self.kind = kind
        told = self._ask("info", "--format", DOCKER_TELLS if kind == "docker" else PODMAN_TELLS)
        self.version = str(told["version"])
        if kind == "docker":
            security = {word for option in told["security"] or () for word in option.split(",")}
            own_users = bool(security & {"name=userns", "name=rootless"})
            bounds = told["memory"] and told["processes"]
            self.as_root = False
        else:
            own_users = True
            bounds = {"memory", "pids"} <= {*(told["controllers"] or ())}
            self.as_root = not told["rootless"]
        if not own_users:
            raise NoSandbox(
                "docker: expected an engine that gives containers users of their own, found one whose users are the"
                ' machine\'s: set "userns-remap" in /etc/docker/daemon.json, or run Docker rootless, or use Podman'
            )
        if not bounds:
            raise NoSandbox(
                f"{kind}: expected an engine that bounds memory and processes, found one that may not: its control"
                " groups must be version 2 with these controllers delegated to it, or it must be root"
            )

    def tell(self, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """Its answer to a command, whatever it is. Raises BrokenSandbox where there is none in time."""
        try:
            answer = subprocess.run(  # noqa: S603 (our own words)
                [self.kind, *words], input=given, capture_output=True, timeout=ANSWER_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BrokenSandbox(f"{self.kind}: expected an answer to `{words[0]}` ({error})") from error
        out, words_said = answer.stdout.decode(errors="replace"), answer.stderr.decode(errors="replace")
        return subprocess.CompletedProcess(answer.args, answer.returncode, out, words_said)

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command with a pipe at each end. Raises BrokenSandbox."""
        try:
            return subprocess.Popen(  # noqa: S603 (our own words: the job's are for the launcher to run)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise BrokenSandbox(f"{self.kind}: expected a program that starts ({error})") from error

    def image(self) -> str:
        """The name of the image, which is made where there is none yet. Raises BrokenSandbox."""
        name, content = image()
        if self.tell("image", "inspect", "--format={{.Id}}", name).returncode != 0:
            made = self.tell("import", "-", name, given=content)
            if made.returncode != 0:
                raise BrokenSandbox(f"{self.kind}: expected an image to be made: {made.stderr.strip()}")
        return name

    def sweep(self) -> None:
        """Remove what servers before us left: containers that have ended, and files."""
        sweep_profile_files()
        found = self.tell("ps", "--all", "--quiet", f"--filter=label={LABEL}", "--filter=status=exited")
        if names := found.stdout.split():
            self.tell("rm", "--force", *names)

    def _ask(self, *words: str) -> dict[str, Any]:
        try:
            answer = self.tell(*words)
        except BrokenSandbox as error:
            raise NoSandbox(f"{error}. Is {self.kind} installed?") from error
        try:
            told = json.loads(answer.stdout)
        except ValueError:
            told = None
        if answer.returncode != 0 or not isinstance(told, dict) or not told.get("version"):
            raise NoSandbox(f"{self.kind}: expected an engine that answers, found: {answer.stderr.strip()}")
        return told
