from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from scorer.server.jobs import folder_broker


def connect(folder: Path) -> Connection:
    TRANSPORT_ALIASES[folder_broker.SCHEME] = f"{folder_broker.__name__}:Transport"
    return Connection(f"{folder_broker.SCHEME}://localhost", transport_options={"folder": str(folder)})


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path / "broker") as opened:
        yield opened


def test_messages_leave_in_the_order_in_which_they_came(connection: Connection) -> None:
    queue = connection.SimpleQueue("scoring")
    for number in range(20):
        queue.put({"number": number})
    found = [queue.get(block=False) for _ in range(20)]
    assert [message.payload["number"] for message in found] == list(range(20))
    for message in found:
        message.ack()
    with pytest.raises(Empty):
        queue.get(block=False)
    queue.close()


def test_a_queue_gives_no_message_of_another(connection: Connection) -> None:
    scoring, mail = connection.SimpleQueue("scoring"), connection.SimpleQueue("mail")
    mail.put("to mail")
    with pytest.raises(Empty):
        scoring.get(block=False)
    assert mail.get(block=False).payload == "to mail"
    scoring.close()
    mail.close()


def test_a_message_is_there_for_another_process_that_comes_later(connection: Connection, tmp_path: Path) -> None:
    queue = connection.SimpleQueue("scoring")
    queue.put("kept")
    queue.close()
    with connect(tmp_path / "broker") as other:
        later = other.SimpleQueue("scoring")
        assert later.get(block=False).payload == "kept"
        later.close()


def test_of_many_readers_one_gets_each_message(tmp_path: Path) -> None:
    channels = [connect(tmp_path / "broker").channel() for _ in range(4)]
    for number in range(200):
        channels[0]._put("scoring", {"number": number})
    got: list[int] = []

    def read(channel: folder_broker.Channel) -> None:
        while True:
            try:
                got.append(channel._get("scoring")["number"])
            except Empty:
                return

    threads = [threading.Thread(target=read, args=(channel,)) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(200))
    assert list((tmp_path / "broker").iterdir()) == []


def test_half_a_message_is_none(connection: Connection, tmp_path: Path) -> None:
    channel = connection.channel()
    channel._put("scoring", "whole")
    (tmp_path / "broker" / "scoring.0.part").write_text('"ha')
    assert channel._size("scoring") == 1
    assert channel._get("scoring") == "whole"
    assert channel._purge("scoring") == 0


def test_nobody_else_can_read_the_messages(connection: Connection, tmp_path: Path) -> None:
    connection.channel()._put("scoring", 1)
    assert (tmp_path / "broker").stat().st_mode & 0o077 == 0
