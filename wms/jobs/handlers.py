"""One handler a kind of job."""

from collections.abc import Mapping

from wms.domain.outbox import JobKind
from wms.jobs import addresses, labels, manifests, printing, refunds, tracking, voiding, waves, weighing
from wms.jobs.outbox import Handler

HANDLERS: Mapping[JobKind, Handler] = {
    JobKind.BUY_LABEL: labels.buy,
    JobKind.VOID_LABEL: voiding.void,
    JobKind.PRINT: printing.print_job,
    JobKind.KEEP_WAVE: waves.keep,
    JobKind.WEIGH: weighing.weigh,
    JobKind.READ_TRACKING: tracking.read,
    JobKind.TRACK: tracking.ask,
    JobKind.MAKE_MANIFEST: manifests.make,
    JobKind.CHECK_ADDRESS: addresses.check,
    JobKind.FOLLOW_REFUNDS: refunds.follow,
}
