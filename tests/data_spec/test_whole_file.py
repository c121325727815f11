from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data_spec.whole_file import whole_file


def test_a_file_is_there_when_it_is_written_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "new" / "list.csv"
    with whole_file(path) as file:
        file.write(b"all of it")
        assert not path.exists()
    assert path.read_bytes() == b"all of it"
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_file_that_is_not_finished_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"old")

    def write_half() -> None:
        with whole_file(path) as file:
            file.write(b"half of")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_many_who_write_one_file_at_once_leave_the_whole_file_of_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"

    def write(number: int) -> None:
        with whole_file(path) as file:
            for _ in range(100):
                file.write(b"%03d" % number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert path.read_bytes() in {b"%03d" % number * 100 for number in range(40)}
    assert [*tmp_path.iterdir()] == [path]
