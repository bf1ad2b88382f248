"""The program that the tests run."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADCOUNT = os.environ.get("HEADCOUNT_BINARY", str(ROOT / ".build/debug/headcount"))
