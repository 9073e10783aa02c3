"""Programs beside Python that some tests need: the real thing is started, and its absence is said aloud."""

import os
from typing import NoReturn

import pytest

__all__ = ["absent"]


def absent(program: str, *, package: str) -> NoReturn:
    """Ends a test that needs a program which this machine lacks: a failure on a CI machine, else a skip that says so.

    Args:
        program: What is missing.
        package: The Debian package that brings it.
    """
    said = f"{program} is missing: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(f"NOT TESTED, {said}")
