"""Who acts, from where and when: one value a transaction, passed to every service and written with every event."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a worker may do. An admin may do all, a supervisor also picks and packs."""

    PICKER = "picker"
    PACKER = "packer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


_IMPLIED = {
    Role.ADMIN: frozenset(Role),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.PICKER, Role.PACKER}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The worker (None for the program itself), the device's number, the moment and the scan behind one transaction.

    `seen_at` is when the worker's session was last noted as in use; `language` is the worker's ('': whatever the device
    speaks), `dark` their choice of colours and `left_handed` of sides; `call_id` is the exception by which they called
    for help. `page` is which of the browser's pages asks, '' where it does not say.
    """

    warehouse_id: int
    at: dt.datetime
    worker_id: int | None = None
    name: str = "system"
    device: str = ""
    roles: frozenset[Role] = frozenset()
    language: str = ""
    dark: bool = False
    left_handed: bool = False
    session_id: int | None = None
    station_id: int | None = None
    seen_at: dt.datetime | None = None
    scan: str | None = None
    call_id: int | None = None
    page: str = ""

    def may(self, role: Role) -> bool:
        """Tell whether one of the actor's roles is or implies `role`."""
        return any(role is own or role in _IMPLIED.get(own, ()) for own in self.roles)
