"""The report says what was measured."""

import report
from trial import Result
from violations import Kind, Violation


def violation(kind, contact="ann"):
    return Violation(kind, "acct", "2026-11", contact, "")


RESULTS = [
    Result("standalone", "kill -9, start", 12, 3, seconds=10.0, injected=4, decisions=20_000, unavailable=7,
           longest_gap=1.25, violations=[violation(Kind.OVER_ADMISSION), violation(Kind.LOST_COUNT),
                                         violation(Kind.GUESSED), violation(Kind.GUESSED, "bob")]),
    Result("cluster", "TAKEOVER | forced", 12, 3, seconds=5.0, injected=1, decisions=5_000, may_lose=True,
           violations=[violation(Kind.LOST_COUNT), violation(Kind.MEMBER_REFUSED),
                       violation(Kind.MEMBER_REFUSED, "bob"), violation(Kind.SET_OVER_LIMIT)], notes=["3 bytes"]),
]


def test_a_row_has_all_that_was_measured():
    assert report.row(RESULTS[0]) == [
        "standalone", "kill -9, start", "4", "12 clients, 3 services, 2,000/s", "20,000", "7", "1", "1", "1.2 s",
        "2 × decided while Redis was down", ""]


def test_what_follows_from_a_loss_that_may_be_is_part_of_the_loss():
    cells = report.row(RESULTS[1])
    assert cells[6:] == ["0", "2", "0.0 s", "1 × set over its limit", "may lose; 3 bytes"]


def test_a_set_over_a_limit_that_was_lost_is_part_of_the_loss():
    violations = [violation(Kind.LOST_PLAN, ""), violation(Kind.SET_OVER_LIMIT, "")]
    assert Result("sentinel", "killed", 12, 3, 1.0, may_lose=True, violations=violations).others == []
    assert len(Result("sentinel", "killed", 12, 3, 1.0, violations=violations).others) == 2


def test_the_table_of_a_terminal_is_aligned():
    lines = report.text(RESULTS).splitlines()
    assert len(lines) == 5 and lines[0].startswith("system") and lines[-1].startswith("total")
    begins = [line.index(cell) for line, cell in zip(lines[2:], ["20,000", "5,000", "25,000"])]
    assert set(begins) == {lines[0].index("decisions")}


def test_the_table_of_markdown_has_as_many_cells_in_each_line():
    lines = report.markdown(RESULTS).splitlines()
    assert len(lines) == 5 and "TAKEOVER \\| forced" in lines[3]
    assert {line.replace("\\|", "").count("|") for line in lines} == {len(report.COLUMNS) + 1}
