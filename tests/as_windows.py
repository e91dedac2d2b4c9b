"""The command line without what Windows lacks: python as_windows.py ARGUMENTS.

As much of it as another system can show: calls, flags, signals and modules that are not there.
"""

from __future__ import annotations

import multiprocessing.context
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

OTHERS = (multiprocessing.context, shutil, socket, subprocess, tempfile)
"""Parts of the standard library that look for the same names while they are imported."""

LACKING = {
    os: (
        "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "geteuid", "getuid", "getgid", "getegid", "chown",
        "fchmod", "mkfifo", "sysconf", "statvfs", "killpg", "setsid", "fork", "nice", "getpgid",
    ),
    signal: ("SIGALRM", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGXFSZ", "SIGPIPE", "SIGKILL", "SIGCHLD", "setitimer",
             "alarm"),
}  # fmt: skip
MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "termios")

for module, names in LACKING.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for missing in MODULES:
    sys.modules[missing] = None  # type: ignore[assignment]  # importing it raises ImportError
multiprocessing.get_all_start_methods = lambda: ["spawn"]

if __name__ == "__main__":
    from corpuscheck.cli import main

    main()
