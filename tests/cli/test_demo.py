"""The demo beside other things: ports that others hold, and demos started together."""

import socket

from wms.cli.demo import first_port, free_ports


def test_a_taken_port_is_passed_by() -> None:
    first = free_ports(1, beside=8123)[0]
    with socket.socket() as other:
        other.bind(("127.0.0.1", first))
        other.listen()
        assert first not in free_ports(4, beside=8123)


def test_demos_started_in_the_same_second_reach_for_different_printer_ports() -> None:
    first = [first_port(web_port) for web_port in (8000, 8001, 8002)]
    assert first == [9101, 9107, 9113]  # each has three printers and their trays, a scale and its page


def test_every_web_port_leaves_ports_for_printers() -> None:
    for web_port in (1, 1024, 8000, 32_768, 65_535):
        assert 1024 < first_port(web_port) < 32_768
