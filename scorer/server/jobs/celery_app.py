"""The Celery application: which jobs there are, in which queue each waits, and how to wake a worker."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from celery import Celery
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES

from scorer.server.config import Settings
from scorer.server.jobs import folder_broker
from scorer.server.jobs.work import SWEEP_SECONDS, Work
from scorer.server.verification.verifier import most_seconds

logger = logging.getLogger(__name__)

SCORING, VERIFICATION, MAIL = "scoring", "verification", "mail"
QUEUES = (SCORING, VERIFICATION, MAIL)
"""One for each kind of work, so that no kind waits for another. A job's name begins with its queue's."""

EVERY_SECONDS = 10.0
"""How often each worker sweeps."""

HARD_SECONDS = 110
"""Of one job; what takes longer is killed, and tried again when its lease has ended. Verifications take as long as
the challenge lets them."""

SWEEPS = {SCORING: "scoring.sweep", VERIFICATION: "verification.sweep", MAIL: "mail.send"}
"""The job that looks for what waits, of each queue."""

CONNECT_SECONDS = 2
"""How long a request waits for a broker that does not answer: the sweeper will find the work anyway."""


class Jobs:
    """Wakes workers. A broker that is down changes nothing but the time until the sweeper finds the work."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery

    def judge(self, submission_id: int) -> None:
        """Let a worker judge a submission that was received."""
        self._wake("scoring.judge", submission_id)

    def send_mails(self) -> None:
        """Let a worker send the mails that wait."""
        self._wake("mail.send")

    def verify(self, verification_id: int) -> None:
        """Let a worker run a verification that is queued."""
        self._wake("verification.verify", verification_id)

    def sweep(self, queues: Sequence[str] = QUEUES) -> None:
        """Let workers look for what waits. A message that nobody took until the next one is dropped."""
        for queue in queues:
            self._wake(SWEEPS[queue], expires=EVERY_SECONDS)

    def _wake(self, name: str, *arguments: int, expires: float | None = None) -> None:
        try:
            self._celery.tasks[name].apply_async(arguments, retry=False, expires=expires)
        except (OperationalError, OSError) as error:
            logger.warning("the broker was not reached to wake %s: %s", name, type(error).__name__)


def create_celery(settings: Settings, work: Work) -> Celery:
    """The application, for a web process that wakes workers and for a worker alike. Nothing is connected yet."""
    TRANSPORT_ALIASES[folder_broker.SCHEME] = f"{folder_broker.__name__}:Transport"
    celery = Celery("kit", broker=settings.broker_url or f"{folder_broker.SCHEME}://localhost", set_as_current=False)
    celery.conf.update(
        task_always_eager=settings.jobs_at_once,
        task_eager_propagates=True,
        task_ignore_result=True,
        task_default_queue=SCORING,
        task_create_missing_queues=True,
        task_routes={f"{queue}.*": {"queue": queue} for queue in QUEUES},
        task_time_limit=HARD_SECONDS,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,  # nobody but the queue tells a worker what to do
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_timer_precision=0.2,  # seconds, by which the end of a worker waits for its timer
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_transport_options=_transport_options(settings),
    )

    @celery.task(shared=False, name="scoring.judge")  # type: ignore[untyped-decorator] # Celery has no types
    def judge(submission_id: int) -> None:
        work.judge(submission_id)

    @celery.task(shared=False, name="scoring.sweep")  # type: ignore[untyped-decorator] # Celery has no types
    def sweep() -> None:
        work.sweep()

    verification_seconds = most_seconds(settings.data.load_challenge())

    @celery.task(shared=False, name="verification.verify", time_limit=verification_seconds)  # type: ignore[untyped-decorator] # Celery has no types
    def verify(verification_id: int) -> None:
        work.verify(verification_id)

    @celery.task(shared=False, name="verification.sweep", time_limit=verification_seconds + SWEEP_SECONDS)  # type: ignore[untyped-decorator] # Celery has no types
    def sweep_verifications() -> None:
        work.sweep_verifications()

    @celery.task(shared=False, name="mail.send")  # type: ignore[untyped-decorator] # Celery has no types
    def send_mails() -> None:
        work.send_mails()

    celery.jobs = Jobs(celery)
    return celery


def _transport_options(settings: Settings) -> dict[str, object]:
    if settings.broker_url is None:
        return {"folder": str(settings.data.broker)}
    if settings.broker_url.startswith("redis"):
        return {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": 30}
    return {}
