"""The report: a row for each fault, as text for the terminal and as Markdown for docs/faults.md."""

COLUMNS = [
    "system", "fault", "struck", "load", "decisions", "unavailable", "over-admissions", "lost counts",
    "longest unavailability", "other violations", "remarks",
]


def row(result):
    """A result's cells, as text."""
    losses = "may lose" if result.may_lose else ""
    return [
        result.system, result.fault, str(result.injected),
        f"{result.clients} clients, {result.services} services, {result.decisions / max(result.seconds, 0.1):,.0f}/s",
        f"{result.decisions:,}", f"{result.unavailable:,}", str(result.over_admissions), str(len(result.lost)),
        f"{result.longest_gap:.1f} s", others(result), "; ".join(filter(None, [losses, *result.notes])),
    ]


def others(result):
    kinds = [violation.kind.value for violation in result.others]
    return ", ".join(f"{kinds.count(kind)} × {kind}" for kind in dict.fromkeys(kinds)) or "0"


def total(results):
    return ["total", f"{len(results)} trials", str(sum(result.injected for result in results)), "",
            f"{sum(result.decisions for result in results):,}", f"{sum(result.unavailable for result in results):,}",
            str(sum(result.over_admissions for result in results)), str(sum(len(result.lost) for result in results)),
            f"{max((result.longest_gap for result in results), default=0):.1f} s",
            str(sum(len(result.others) for result in results)), ""]


def text(results):
    """A table in columns."""
    rows = [COLUMNS, *map(row, results), total(results)]
    widths = [max(len(line[column]) for line in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def markdown(results):
    """The same as a table of Markdown."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *map(row, results), total(results)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in rows) + "\n"
