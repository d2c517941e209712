# Copyright The Flamelake Authors
# SPDX-License-Identifier: Apache-2.0
"""Computes for some seconds while Pyroscope's Python package profiles it: burn.py URL SECONDS."""
import sys
import time

import pyroscope


def spin_python(until):
    total = 0
    while time.time() < until:
        for i in range(10000):
            total = (total * 31 + i) % 1000003
    return total


url, seconds = sys.argv[1:]
pyroscope.configure(
    application_name="sdk.python",
    server_address=url,
    tags={"zone": "z1"},
    upload_interval=5,
)
spin_python(time.time() + float(seconds))
pyroscope.shutdown()
