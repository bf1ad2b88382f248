"""Workers that are killed in the middle of their work."""

import hashlib
import hmac
import itertools

from worker import Worker


class Crew:
    """Workers that are killed and replaced. Each signs with a secret of its own, by which its requests are known."""

    def __init__(self, redis, concurrency):
        self.redis = redis
        self.concurrency = concurrency
        self.workers = []
        self.killed = []
        self._numbers = itertools.count()

    def hire(self):
        secret = f"the secret of worker {next(self._numbers)}"
        # Those that were killed have contacts for as long as their leases, and are to keep nobody from going on.
        worker = Worker(self.redis, "--concurrency", self.concurrency, "--action-timeout", 2,
                        "--account-concurrency", 10_000, environment={"HEADCOUNT_SIGNING_SECRET": secret})
        worker.secret = secret
        self.workers.append(worker)

    def kill_one(self):
        """The one that has worked longest."""
        worker = self.workers.pop(0)
        worker.kill()
        self.killed.append(worker)
        self.hire()

    def killed_signer_of(self, request):
        """Which of those that were killed sent it; None if it was another."""
        for worker in self.killed:
            digest = hmac.new(worker.secret.encode(), request.body, hashlib.sha256).hexdigest()
            if request.headers["x-headcount-signature-256"] == f"sha256={digest}":
                return worker
        return None

    def close(self):
        for worker in self.workers + self.killed:
            worker.close()
