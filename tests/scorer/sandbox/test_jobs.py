"""Honest jobs, in a sandbox of each kind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scorer.sandbox.job import BrokenSandbox, Ending, Job, Limits, Outcome, Runner
from scorer.sandbox.launch import interpreter
from tests.scorer.sandbox.conftest import Workplace
from tests.scorer.sandbox.machine import Machine

Run = Callable[..., tuple[Outcome, str]]

LIMITS = Limits(wall_seconds=30)
PYTHON = str(interpreter())


@pytest.fixture
def run(runner: Runner) -> Run:
    """Runs a command: its outcome, and what it said."""

    def run(*command: str, limits: Limits = LIMITS, **more: object) -> tuple[Outcome, str]:
        said: list[bytes] = []
        outcome = runner.run(Job(command, limits, **more), said.append)  # type: ignore[arg-type]
        return outcome, b"".join(said).decode()

    return run


def test_a_job_reads_its_inputs_and_leaves_its_output(run: Run, workplace: Workplace) -> None:
    bundle = workplace.folder("bundle", {"double.py": DOUBLE})
    inputs = workplace.folder("inputs", {"a.csv": "1\n2\n"})
    outcome, said = run(PYTHON, "double.py", "/input", "/output", bundle=bundle, inputs=inputs)
    assert outcome.ending is Ending.DONE, said
    assert outcome.output == {"prediction/a.csv": b"2\n4\n", "empty": b""}
    assert said == "/bundle 1000\nwarned\n"
    assert outcome.exit_code == 0
    assert 0 < outcome.wall_seconds < 20
    assert 0 < outcome.cpu_seconds < 20
    assert 2**20 < outcome.peak_memory_bytes < 2**28


DOUBLE = """
import os, sys
from pathlib import Path
inputs, output = map(Path, sys.argv[1:])
print(os.getcwd(), os.getuid(), flush=True)
print("warned", file=sys.stderr)
(output / "prediction").mkdir()
(output / "empty").touch()
for file in inputs.iterdir():
    lines = [f"{2 * int(line)}\\n" for line in file.open()]
    (output / "prediction" / file.name).write_text("".join(lines))
"""


def test_words_reach_the_program_as_they_are(run: Run) -> None:
    words = ["", " ", "a b", "$HOME", "'", '"', "\\", "\n", "ü", "--help", "x" * 10_000]
    outcome, said = run(PYTHON, "-c", "import sys; print(sys.argv[1:])", *words)
    assert outcome.ending is Ending.DONE
    assert said == f"{words}\n"


def test_variables_are_those_that_are_given(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_SECRET_KEY", "secret")
    variables = {"PYTHONHASHSEED": "0", "LD_PRELOAD": "/nothing.so", "ÜBER": "a\nb"}
    _, said = run(PYTHON, "-c", "import os; print(sorted(os.environ.items()))", variables=variables)
    given = [*variables.items(), ("HOME", "/tmp"), ("TMPDIR", "/tmp"), ("LANG", "C.UTF-8")]
    given += [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("PYTHONDONTWRITEBYTECODE", "1")]
    assert said.splitlines()[-1] == str(sorted(given))


def test_programs_are_looked_up_in_the_environment_first(run: Run, workplace: Workplace) -> None:
    (workplace.path / "environment").mkdir(mode=0o755)
    tool = workplace.folder("environment/bin", {"true": "#!/bin/sh\necho mine\n"}) / "true"
    tool.chmod(0o755)
    assert run("true", environment=[tool.parent.parent])[1] == "mine\n"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("there-is-no-such-program",), "it could not be started: [Errno 2] No such file or directory: 'there-is-no-"),
        (("/etc/passwd",), "it could not be started: [Errno 13] Permission denied: '/etc/passwd'"),
        (("a\0b",), "it could not be started: embedded null byte"),
        ((), "it could not be started: list index out of range"),
        (("sh", "-c", "exit 3"), "exit code 3"),
        (("sh", "-c", "kill -SEGV $$"), "ended by SIGSEGV"),
        (("sh", "-c", "kill -KILL $$"), "ended by SIGKILL"),
    ],
)
def test_a_job_that_fails_says_how(run: Run, command: tuple[str, ...], reason: str) -> None:
    outcome, _ = run(*command)
    assert outcome.ending is Ending.EXIT_CODE
    assert outcome.reason.startswith(reason)
    assert outcome.output == {}


def test_a_job_that_fails_and_leaves_odd_things_fails_for_the_first_reason(run: Run) -> None:
    outcome, _ = run("sh", "-c", "ln -s /etc/passwd /output/a; exit 4")
    assert outcome.reason == "exit code 4"


def test_python_starts_processes_and_threads(run: Run) -> None:
    program = (
        "import concurrent.futures as f, multiprocessing as m\n"
        "with f.ThreadPoolExecutor(4) as pool: print(sum(pool.map(abs, range(5))))\n"
        "with m.get_context('fork').Pool(2) as pool: print(sum(pool.map(abs, range(5))))\n"
        "a, b = m.Pipe(); a.send(1); print(b.recv()); q = m.SimpleQueue(); q.put(2); print(q.get())"
    )
    outcome, said = run(PYTHON, "-c", program)
    assert (outcome.ending, said) == (Ending.DONE, "10\n10\n1\n2\n"), said


def test_jobs_run_beside_each_other(runner: Runner) -> None:
    if "Ordinary" in type(runner).__name__:
        return  # its other side does one after another
    outcomes: list[Outcome] = []
    jobs = [Job(["sh", "-c", f"echo {number} > /output/a; sleep 0.3"], LIMITS) for number in range(6)]
    threads = [threading.Thread(target=lambda job=job: outcomes.append(runner.run(job, bool))) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.output["a"] for outcome in outcomes) == [b"%d\n" % number for number in range(6)]


def test_a_folder_that_the_job_could_not_enter_is_not_the_jobs_fault(run: Run, workplace: Workplace) -> None:
    closed = workplace.folder("closed", {})
    closed.chmod(0o700)
    with pytest.raises(BrokenSandbox, match="everybody may enter"):
        run("true", bundle=closed)


def test_what_the_listener_raises_ends_the_job_and_is_passed_on(runner: Runner) -> None:
    if "Ordinary" in type(runner).__name__:
        return  # its other side listens
    machine = Machine.now()

    def stop(piece: bytes) -> None:
        if piece:
            raise InterruptedError("stopped by the organiser")

    job = Job(["sh", "-c", "echo words; sleep 100"], LIMITS, variables={"KIT_MARKER": "kit-marker-stopped"})
    with pytest.raises(InterruptedError, match="stopped by the organiser"):
        runner.run(job, stop)
    machine.must_be_as_before("kit-marker-stopped")


@pytest.mark.slow
def test_tensorflow_predicts_with_the_limits_as_they_are(run: Run) -> None:
    program = (
        "import keras, numpy\n"
        "model = keras.Sequential([keras.layers.Input((20, 4)), keras.layers.LSTM(8), keras.layers.Dense(3)])\n"
        "print(model.predict(numpy.zeros((4, 20, 4)), verbose=0).shape)"
    )
    environment = Path(sys.prefix)
    python = str(environment / "bin" / Path(sys.executable).name)
    outcome, said = run(python, "-c", program, limits=Limits(wall_seconds=200), environment=[environment])
    assert outcome.ending is Ending.DONE, (outcome, said)
    assert said.splitlines()[-1] == "(4, 3)"
    assert outcome.peak_memory_bytes > 200 * 2**20
    assert os.path.isdir(environment)
