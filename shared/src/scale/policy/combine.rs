//! Several policies at the same moment: which one wins.
//!
//! EC2 Auto Scaling takes the largest capacity, whether policies scale out or in. Target tracking
//! adds its own rule before that: it scales out if any of its policies wants to, and in only if all
//! of them with scale-in enabled agree.

/// What one policy wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which policy.
    pub policy: usize,
    /// The capacity that it wants.
    pub capacity: u32,
}

/// The winning proposal: the largest capacity, and of several the first.
pub fn combine(proposals: &[Proposal]) -> Option<Proposal> {
    proposals.iter().copied().reduce(
        |best, next| {
            if next.capacity > best.capacity { next } else { best }
        },
    )
}

/// Whether target tracking may scale in: each policy says whether its scale-in is enabled and
/// whether it is ready to scale in. Policies that never scale in are not asked.
pub fn target_tracking_may_scale_in(policies: impl IntoIterator<Item = (bool, bool)>) -> bool {
    let mut enabled = policies.into_iter().filter(|(enabled, _)| *enabled).peekable();
    enabled.peek().is_some() && enabled.all(|(_, ready)| ready)
}
