"""What came of a shift: figures for machines, and a few lines for people."""

from dataclasses import dataclass, field

_REASONS_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of one shift.

    `orders_*` are the orders the shift added, `floor_orders_*` all that were open. `must_ship` was worked out before;
    `must_ship_gone` of them lost units that pickers did not find, `must_ship_missing` have no excuse. `labels_*` are
    counted in the printers' trays, `labels_bought` alone in the tables. `scans_per_line` counts what pickers scanned
    on the lines' own screens, slips too; `scans_per_clean_line` only those of lines without one, by the profile of
    their zone. `scan_ms_*` are the server's own times. `faults` are sentences, '' parts of
    a perfect shift.
    """

    orders_total: int
    orders_shipped: int
    orders_short: int
    orders_held: int
    floor_orders_total: int
    floor_orders_shipped: int
    must_ship: int
    must_ship_gone: int
    must_ship_missing: int
    lines_picked: int
    units_picked: int
    shorts: int
    scans: int
    scans_refused: int
    scans_per_line: float
    scans_per_clean_line: dict[str, float]
    slips: int
    slips_taken: int
    doubles: int
    doubles_answered_otherwise: int
    units_sorted: int
    units_missing_at_wall: int
    units_missing_at_pack: int
    units_left_in_totes: int
    boxes_sealed: int
    waves: int
    labels_bought: int
    labels_printed: int
    labels_duplicated: int
    labels_missing: int
    labels_read: int
    labels_unreadable: int
    scan_ms_p50: float
    scan_ms_p95: float
    retries: int
    answers_dropped: int
    seconds: float
    verify_breaches: int
    breaches: list[str] = field(default_factory=list)
    stopped_because: str = ""
    people: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """Name everything that makes the shift a failure; empty when it was none."""
        counted = {
            "orders had stock and did not ship": self.must_ship_missing,
            "labels came out twice": self.labels_duplicated,
            "labels were bought and did not come out": self.labels_missing,
            "labels could not be read from paper": self.labels_unreadable,
            "wrong scans were taken": self.slips_taken,
            "scans posted twice were answered otherwise": self.doubles_answered_otherwise,
            "units were missing in totes at the put wall": self.units_missing_at_wall,
            "units were missing in totes at packing": self.units_missing_at_pack,
            "units were left in totes": self.units_left_in_totes,
        }
        said = [self.stopped_because] if self.stopped_because else []
        said += [f"{count} {words}." for words, count in counted.items() if count]
        more = len(self.breaches) - _REASONS_SHOWN
        said += self.breaches[:_REASONS_SHOWN] + ([f"{more} more breaches."] if more > 0 else [])
        return said

    @property
    def words(self) -> str:
        """Say it in a few lines."""
        gone = f", {self.must_ship_gone} of them lost units on the way" if self.must_ship_gone else ""
        clean = ", ".join(f"{scans:.2f} {profile}" for profile, scans in self.scans_per_clean_line.items())
        text = (
            f"{self.orders_shipped} of {self.orders_total} added orders shipped; "
            f"{self.orders_short} short, {self.orders_held} held.\n"
            f"On the floor {self.floor_orders_shipped} of {self.floor_orders_total} shipped; "
            f"{self.must_ship} had to{gone}.\n"
            f"{self.lines_picked} lines, {self.units_picked} units in {self.waves} waves; "
            f"{self.scans} scans, {self.scans_per_line:.2f} a line ({clean} without slips), "
            f"{self.scans_refused} refused; {self.units_sorted} units sorted at the put wall.\n"
            f"{self.labels_bought} labels bought, {self.labels_printed} printed, {self.labels_duplicated} twice; "
            f"{self.labels_read} read from pictures.\n"
            f"Server {self.scan_ms_p50:.1f} ms a scan (median), {self.scan_ms_p95:.1f} ms (95 %); "
            f"{self.retries} retries; {self.seconds:.0f} s in all."
        )
        lines = [text, *(f"  {name}: {screen}" for name, screen in self.people.items())]
        lines += self.faults or ["All that must ship has shipped, and the books are right."]
        return "\n".join(lines)
