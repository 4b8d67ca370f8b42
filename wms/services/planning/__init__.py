"""Waves: orders claimed with their stock, planned into batches outside any transaction, then recorded and released."""

from wms.services.planning.waves import (
    Draft,
    NotADraftError,
    OpenTransaction,
    Released,
    claim,
    new_batch,
    plan_wave,
    record_plan,
    resume,
    task_for,
    turn_before_all,
    work,
)

__all__ = [
    "Draft",
    "NotADraftError",
    "OpenTransaction",
    "Released",
    "claim",
    "new_batch",
    "plan_wave",
    "record_plan",
    "resume",
    "task_for",
    "turn_before_all",
    "work",
]
