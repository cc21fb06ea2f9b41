"""Refuse a port that cannot be served, before Streamlit starts: `python scripts/check_port.py 8501`."""

import errno
import socket
import sys

HOST = "127.0.0.1"


def trouble(port: int) -> str | None:
    """Say why a server cannot listen on this port of the loopback address; None where it can."""
    if _answers(port):  # macOS lets a second socket bind beside a server that listens on all addresses
        return "is taken"
    with socket.socket() as probe:
        if sys.platform != "win32":  # as the server does: connections of an earlier run may still be closing
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
    return None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _suggestion(port: int) -> int:
    near = range(port + 1, min(port + 50, 65535))
    return next((other for other in near if trouble(other) is None), 8501)


def main(text: str) -> str | None:
    """Return the sentence that refuses `text` as a port, or None."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        return f"PORT takes a number from 1 to 65535, got {text!r}: make run PORT=8501"
    port = int(text)
    reason = trouble(port)
    return reason and f"Port {port} {reason}: make run PORT={_suggestion(max(port, 1023))}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
