"""A child process that holds one runner and times it on request.

The parent starts one per peer and asks them in turns, so that all see the machine in the same state.
"""
from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from runners import Arrays, Peer


class PeerError(RuntimeError):
    """The peer could not run; the message says why, as far as it said so itself."""


class Worker:
    """The parent's side of one child."""

    def __init__(self, peer: Peer, path: str, inputs: Arrays, timeout: float) -> None:
        self.peer, self.timeout = peer, timeout
        handle, log = tempfile.mkstemp(suffix=".log")
        os.close(handle)
        self._log = Path(log)
        context = multiprocessing.get_context("spawn")
        self._channel, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, peer, path, inputs, log), daemon=True)
        self._process.start()
        theirs.close()
        self.first_seconds, self.first_processor_seconds, self.load_seconds, self.outputs = self._answer()

    def times(self, seconds: float, most: int) -> list[float]:
        """Seconds of each run, for about `seconds`, at least one and at most `most`."""
        self._channel.send((seconds, most))
        return self._answer()

    def close(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.join()
        self._log.unlink()

    def _answer(self) -> Any:
        try:
            if not self._channel.poll(self.timeout):
                raise PeerError(f"no answer within {self.timeout:.0f} s")
            answer = self._channel.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            code = self._process.exitcode or 0
            how = f"died of {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"
            raise PeerError(f"the process {how}{self._last_line()}") from None
        if isinstance(answer, str):
            raise PeerError(f"{answer}{self._last_line()}")
        return answer

    def _last_line(self) -> str:
        lines = [x.strip() for x in self._log.read_text(errors="replace").splitlines() if "error" in x.lower()]
        return f"; it printed: {lines[-1][:160]}" if lines else ""


def serve(channel: Connection, peer: Peer, path: str, inputs: Arrays, log: str) -> None:
    """The child's side. What the peer prints goes to `log`."""
    output = os.open(log, os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    try:
        _time_on_request(channel, peer, path, inputs)
    except EOFError:
        pass  # the parent hung up: done
    except Exception as error:
        channel.send(f"{type(error).__name__}: {error}")


def _time_on_request(channel: Connection, peer: Peer, path: str, inputs: Arrays) -> None:
    begin, busy = time.perf_counter(), time.process_time()
    run = peer.make(path, **peer.options)
    loaded = time.perf_counter()
    outputs = [np.array(x) for x in run(inputs)]
    channel.send((time.perf_counter() - begin, time.process_time() - busy, loaded - begin, outputs))
    while True:
        seconds, most = channel.recv()
        times: list[float] = []
        stop = time.perf_counter() + seconds
        while not times or (time.perf_counter() < stop and len(times) < most):
            begin = time.perf_counter()
            run(inputs)
            times.append(time.perf_counter() - begin)
        channel.send(times)
