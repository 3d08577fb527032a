//! Which seconds of an instance are billed.

use crate::time::Span;

/// An instance's state at EC2, which is finer than its lifecycle in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ec2State {
    /// It starts.
    Pending,
    /// It runs, whether or not it serves.
    Running,
    /// It is being stopped.
    Stopping,
    /// It is being stopped with its memory saved.
    StoppingToHibernate,
    /// It is switched off.
    Stopped,
    /// It is being terminated.
    ShuttingDown,
    /// It is gone.
    Terminated,
}

impl Ec2State {
    /// Whether seconds in this state are billed.
    pub const fn is_billed(self) -> bool {
        matches!(self, Self::Running | Self::StoppingToHibernate)
    }

    /// EC2's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::StoppingToHibernate => "stopping (to hibernate)",
            Self::Stopped => "stopped",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
        }
    }

    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Stopping,
        Self::StoppingToHibernate,
        Self::Stopped,
        Self::ShuttingDown,
        Self::Terminated,
    ];
}

/// The least time that a started instance is billed for.
pub const INSTANCE_MINIMUM: Span = Span::from_s(60);

/// What is billed of a run from a start to a stop.
pub fn billed(run: Span) -> Span {
    run.max(INSTANCE_MINIMUM)
}

/// What is billed of something that counts by the hour begun.
pub const fn hours_begun(span: Span) -> u64 {
    span.as_ns().div_ceil(Span::from_s(3_600).as_ns())
}
