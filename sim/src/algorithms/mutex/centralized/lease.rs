//! A grant that ends by itself: the remedy against a crash inside, and its price.

use super::{Member, Timer};
use crate::Context;

/// The lease of the one that has got the grant begins, where there are leases.
pub(super) fn begin(ctx: &mut Context<'_, Member>) {
    let lease = ctx.setup().span("lease");
    if lease.0 > 0 {
        ctx.set_timer(lease, Timer::Lease);
    }
}

impl Member {
    /// It cannot know whether the holder has crashed or is only slow.
    pub(super) fn lease_is_over(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(holder) = self.desk.holder.filter(|_| self.coordinates()) else { return };
        ctx.line("expire");
        ctx.note(format_args!("The lease of {} has run out. {} takes it for crashed.", holder.id, self.me));
        self.desk.end(holder);
        self.desk.holder = None;
        self.grant_next(ctx);
    }
}
