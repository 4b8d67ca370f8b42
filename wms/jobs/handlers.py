"""One handler a kind of job."""

from collections.abc import Mapping

from wms.domain.outbox import JobKind
from wms.jobs import addresses, manifests, printing, purchases, refunds, tracking, voiding, waves, weighing
from wms.jobs.outbox import Handler, Responsible

HANDLERS: Mapping[JobKind, Handler] = {
    JobKind.BUY_LABEL: Responsible(do=purchases.buy, give_up=purchases.give_up),
    JobKind.VOID_LABEL: Responsible(do=voiding.void, give_up=voiding.give_up),
    JobKind.PRINT: Responsible(do=printing.print_job, give_up=printing.give_up),
    JobKind.KEEP_WAVE: waves.keep,
    JobKind.WEIGH: weighing.weigh,
    JobKind.READ_TRACKING: tracking.read,
    JobKind.TRACK: tracking.ask,
    JobKind.MAKE_MANIFEST: Responsible(do=manifests.make, give_up=manifests.give_up),
    JobKind.CHECK_ADDRESS: addresses.check,
    JobKind.FOLLOW_REFUNDS: refunds.follow,
}
