"""docs/licences.md names what the package is built from, under which licences, as the checkouts have them."""

import json
import re
import subprocess

from service import ROOT


def listed(text):
    """Each package's licence, whether it has a NOTICE, and whether it is in the binary."""
    rows = re.findall(r"^\| ([\w-]+) \| [\d.]+ \| ([^|]+) \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    return {name: (licence, notice.strip(), binary.strip()) for name, licence, notice, binary in rows}


def said(*arguments):
    return subprocess.run([ROOT / "scripts/list-licences.sh", *arguments], check=True, capture_output=True, text=True).stdout


def test_every_dependency_is_listed():
    shipped = listed((ROOT / "docs/licences.md").read_text())
    resolved = {pin["identity"] for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    assert shipped.keys() == resolved, "run make licences"
    assert shipped == listed(said()), "run make licences"


def test_what_is_in_the_binary_is_passed_on_with_its_licence_and_its_notice():
    headings = re.split(r"^==== (\S+) \S+\n", said("--texts"), flags=re.MULTILINE)
    texts = dict(zip(headings[1::2], headings[2::2]))
    shipped = listed((ROOT / "docs/licences.md").read_text())
    assert texts.keys() == {name for name, (_, _, binary) in shipped.items() if binary}
    assert "The SwiftNIO Project" in texts["swift-nio"] and "The MIT License" in texts["yams"]
