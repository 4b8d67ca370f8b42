"""Printed must be true, not printed must be true, and nothing is ever printed twice."""

import socket
import threading
from collections.abc import Callable

import pytest

from printers.drivers.tcp import judge
from printers.errors import UnreachableError
from printers.printer import Outcome, OutcomeKind
from printers.status import Notice, Status, Trouble
from printers.virtual.engine import Position, Quirk, Switch
from printers.virtual.server import LineFault, Pace, VirtualZebra
from tests.printers.sending import driver, label

PRINTED, NOT_PRINTED, UNKNOWN = OutcomeKind.PRINTED, OutcomeKind.NOT_PRINTED, OutcomeKind.UNKNOWN


def mend(zebra: VirtualZebra) -> None:
    """Put everything right and let out whatever was still on its way."""
    zebra.break_line(LineFault.NONE)
    for switch in Switch:
        zebra.switch(switch, Position.OFF)
    # A whole answer on a new line comes after every older line has been read or dropped.
    _ = driver(zebra).status()
    assert zebra.wait_until_idle()


def assert_true(outcome: Outcome, zebra: VirtualZebra, *, labels: int) -> None:
    """Compare what was said with the paper in the tray, after everything has been mended."""
    mend(zebra)
    on_paper = len(zebra.tray.numbers())
    assert on_paper <= labels, "printed twice"
    if outcome.kind is PRINTED:
        assert on_paper == labels
    if outcome.kind is NOT_PRINTED:
        assert on_paper == 0


@pytest.mark.parametrize("copies", [1, 3])
def test_a_printed_label_is_called_printed(zebra: VirtualZebra, copies: int) -> None:
    outcome = driver(zebra).send(label(copies=copies), labels=copies, timeout_s=10)
    assert outcome == Outcome(kind=PRINTED, labels_printed=copies)
    assert zebra.tray.numbers() == list(range(1, copies + 1))


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (LineFault.REFUSED, {NOT_PRINTED}),
        (LineFault.NEVER_READ, {NOT_PRINTED}),
        (LineFault.RESET_BEFORE, {NOT_PRINTED}),
        (LineFault.RESET_DURING, {NOT_PRINTED}),
        (LineFault.RESET_AFTER, {PRINTED}),
        (LineFault.ONE_CLIENT, {PRINTED}),
        (LineFault.HALF_OPEN, {NOT_PRINTED}),
        (LineFault.HALF_OPEN_DURING, {NOT_PRINTED}),
    ],
)
def test_a_broken_line_ends_in_what_can_be_proven(
    zebra: VirtualZebra, fault: LineFault, kinds: set[OutcomeKind]
) -> None:
    zebra.break_line(fault)
    outcome = driver(zebra).send(label(), labels=1, timeout_s=10)
    assert outcome.kind in kinds
    assert_true(outcome, zebra, labels=1)


@pytest.mark.parametrize("switch", list(Switch))
@pytest.mark.parametrize("position", [Position.ANSWERS, Position.SILENT])
def test_a_printer_in_trouble_gets_nothing_sent(zebra: VirtualZebra, switch: Switch, position: Position) -> None:
    zebra.switch(switch, position)
    outcome = driver(zebra).send(label(), labels=1, timeout_s=10)
    assert (outcome.kind, outcome.is_sent) == (NOT_PRINTED, False)
    assert outcome.reason
    assert_true(outcome, zebra, labels=1)
    assert zebra.tray.numbers() == []


@pytest.mark.parametrize("position", [Position.ANSWERS, Position.SILENT])
def test_paper_running_out_under_way_is_unknown_and_never_sent_again(
    switch_on: Callable[..., VirtualZebra], position: Position
) -> None:
    zebra = switch_on(label_s=5)
    outcome = during(zebra, lambda: zebra.switch(Switch.PAPER_OUT, position), timeout_s=1)
    assert outcome.kind is UNKNOWN
    assert outcome.reason == (Trouble.PAPER_OUT if position is Position.ANSWERS else Trouble.SILENT)
    assert zebra.state().formats_waiting == 1


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        (Switch.CUTTER_FAULT, Trouble.CUTTER),
        (Switch.MOTOR_HOT, Trouble.MOTOR_HOT),
        (Switch.BAD_HEAD, Trouble.HEAD_BROKEN),
    ],
)
def test_what_only_the_error_query_tells_is_named_before_and_under_way(
    switch_on: Callable[..., VirtualZebra], switch: Switch, said: Trouble
) -> None:
    zebra = switch_on(label_s=5)
    outcome = during(zebra, lambda: zebra.switch(switch, Position.ANSWERS), timeout_s=1)
    assert (outcome.kind, outcome.reason) == (UNKNOWN, said)
    assert driver(zebra).status().troubles == (said,)
    outcome = driver(zebra).send(label(), labels=1, timeout_s=1)
    assert (outcome.kind, outcome.reason, outcome.is_sent) == (NOT_PRINTED, said, False)


def test_a_printer_that_warns_prints_and_what_it_wants_is_told(zebra: VirtualZebra) -> None:
    zebra.set_quirk(Quirk.PAPER_LOW, is_on=True)
    zebra.set_quirk(Quirk.DIRTY_HEAD, is_on=True)
    wanted = (Notice.CLEAN_HEAD, Notice.PAPER_LOW)
    assert (driver(zebra).status().is_ready, driver(zebra).status().notices) == (True, wanted)
    outcome = driver(zebra).send(label(), labels=1, timeout_s=10)
    assert outcome == Outcome(kind=PRINTED, labels_printed=1, notices=wanted)


def test_a_printer_that_does_not_know_the_error_query_prints_without_waiting_for_it(zebra: VirtualZebra) -> None:
    zebra.set_quirk(Quirk.NO_QUERY, is_on=True)
    zebra.set_quirk(Quirk.PAPER_LOW, is_on=True)
    patient = driver(zebra, reply_timeout_s=60)  # one answer waited for in vain would last longer than the test may
    assert patient.status().troubles == ()
    outcome = patient.send(label(), labels=1, timeout_s=20)
    assert outcome == Outcome(kind=PRINTED, labels_printed=1)


def test_each_of_two_answers_may_take_the_time_of_one(zebra: VirtualZebra) -> None:
    zebra.set_pace(Pace(status_delay_s=0.3))
    assert driver(zebra, reply_timeout_s=0.45).status() == Status(labels_waiting=0, odometer=0)


def test_paper_put_back_in_time_is_printed(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=0.2)

    def run_out_and_reload() -> None:
        zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
        zebra.switch(Switch.PAPER_OUT, Position.OFF)

    assert during(zebra, run_out_and_reload, timeout_s=10).kind is PRINTED
    assert zebra.tray.numbers() == [1]


def test_a_power_cycle_under_way_is_proven_not_printed(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=5)
    outcome = during(zebra, zebra.power_cycle, timeout_s=10)
    assert outcome.kind is NOT_PRINTED
    assert_true(outcome, zebra, labels=1)


def test_a_line_cut_for_good_after_the_last_byte_is_unknown(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=0.5)

    def cut() -> None:
        zebra.break_line(LineFault.REFUSED)
        zebra._drop_lines()

    outcome = during(zebra, cut, timeout_s=1)
    assert outcome.kind is UNKNOWN
    assert_true(outcome, zebra, labels=1)


def during(zebra: VirtualZebra, happening: Callable[[], None], *, timeout_s: float) -> Outcome:
    """Send one label and let something happen while it is under the head."""
    outcomes: list[Outcome] = []
    sender = threading.Thread(
        target=lambda: outcomes.append(driver(zebra).send(label(), labels=1, timeout_s=timeout_s))
    )
    sender.start()
    assert zebra.wait_for_formats(1)
    happening()
    sender.join()
    return outcomes[0]


def test_fewer_labels_than_promised_are_unknown(zebra: VirtualZebra) -> None:
    outcome = driver(zebra).send(label(copies=2), labels=3, timeout_s=10)
    assert (outcome.kind, outcome.labels_printed) == (UNKNOWN, 2)


def test_more_labels_than_promised_are_unknown(zebra: VirtualZebra) -> None:
    outcome = driver(zebra).send(label(copies=2), labels=1, timeout_s=10)
    assert (outcome.kind, outcome.labels_printed) == (UNKNOWN, 2)


def test_bytes_that_are_no_label_are_proven_not_printed(zebra: VirtualZebra) -> None:
    assert driver(zebra).send(b"hello", labels=1, timeout_s=10).kind is NOT_PRINTED


def test_a_label_that_never_ends_is_unknown(zebra: VirtualZebra) -> None:
    assert driver(zebra).send(label()[:-5], labels=1, timeout_s=0.5).kind is UNKNOWN


def test_a_printer_without_a_counter_proves_nothing() -> None:
    assert judge(printed=None, labels=1).kind is UNKNOWN


def test_a_printer_busy_with_other_labels_gets_ours_afterwards(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=0.1)
    with socket.create_connection((zebra.host, zebra.port)) as other:
        other.sendall(label("OTHER", copies=2))
        assert zebra.wait_for_formats(1)
        outcome = driver(zebra).send(label(), labels=1, timeout_s=10)
    assert outcome == Outcome(kind=PRINTED, labels_printed=1)
    assert zebra.tray.zpl(3) == label().strip()


def test_a_printer_busy_for_too_long_gets_nothing(switch_on: Callable[..., VirtualZebra]) -> None:
    zebra = switch_on(label_s=30)
    with socket.create_connection((zebra.host, zebra.port)) as other:
        other.sendall(label("OTHER"))
        assert zebra.wait_for_formats(1)
        outcome = driver(zebra).send(label(), labels=1, timeout_s=0.2)
    assert outcome == Outcome(kind=NOT_PRINTED, reason="it is busy with other labels", is_sent=False)


def test_a_second_client_is_refused_by_a_printer_that_takes_one(zebra: VirtualZebra) -> None:
    zebra.break_line(LineFault.ONE_CLIENT)
    with socket.create_connection((zebra.host, zebra.port)) as first:
        first.sendall(b"~HS")
        assert first.recv(1)
        outcome = driver(zebra).send(label(), labels=1, timeout_s=5)
    assert (outcome.kind, outcome.is_sent) == (NOT_PRINTED, False)
    assert zebra.tray.numbers() == []


def test_many_jobs_through_a_bad_day_are_each_told_truly(zebra: VirtualZebra) -> None:
    faults = [
        LineFault.NONE,
        LineFault.RESET_BEFORE,
        LineFault.NONE,
        LineFault.RESET_DURING,
        LineFault.HALF_OPEN,
        LineFault.RESET_AFTER,
    ]
    said_printed = 0
    for number in range(24):
        zebra.break_line(faults[number % len(faults)])
        outcome = driver(zebra).send(label(f"P{number:09d}"), labels=1, timeout_s=10)
        assert outcome.kind is not UNKNOWN
        said_printed += outcome.kind is PRINTED
    mend(zebra)
    assert len(zebra.tray.numbers()) == said_printed == 12


def test_status_names_troubles_waiting_labels_and_the_odometer(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.HEAD_OPEN, Position.ANSWERS)
    with socket.create_connection((zebra.host, zebra.port)) as line:
        line.sendall(label(copies=4))
        assert zebra.wait_for_formats(1)
        status = driver(zebra).status()
    assert (status.troubles, status.labels_waiting, status.odometer) == ((Trouble.HEAD_OPEN,), 4, 0)
    assert not status.is_ready


def test_a_silent_printer_is_not_ready(zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.SILENT)
    assert driver(zebra).status().troubles == (Trouble.SILENT,)


def test_an_absent_printer_is_unreachable(zebra: VirtualZebra) -> None:
    zebra.break_line(LineFault.REFUSED)
    with pytest.raises(UnreachableError) as gone:
        _ = driver(zebra).status()
    assert gone.value.url == f"tcp://127.0.0.1:{zebra.port}"
