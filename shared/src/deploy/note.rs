//! What a person should know of a document that was made from a drawing.

use std::fmt;

/// Something to do, or something that the Worker does otherwise than the drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// Whose it is: the name of a node, or nothing.
    pub about: String,
    /// Names, numbers or fields, by the kind.
    pub value: String,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Origins that have no address yet.
    Addresses,
    /// No balancer, so rules are the running ones or the defaults.
    NoBalancer,
    /// Nodes that are behind the servers of the first balancers.
    Left,
    /// Origins of the running document that the drawing lacks.
    Gone,
    /// How many routes went with their pools.
    Routes,
    /// Several pools without routes: their order.
    Order,
    /// A pool with servers of several kinds is not scaled.
    Fixed,
    /// More servers than a Worker has origins: how many there would be, and are.
    TooMany,
    /// A number that the Worker does not take: field, value, and the nearest.
    Changed,
    /// Settings that the Worker does not have.
    Ignored,
    /// Scaling policies that the Worker does not have.
    Policies,
    /// The drawing does not repeat requests, so the Worker does not.
    NoRetries,
    /// The Worker does not know why no answer came.
    AnyFailure,
    /// No probe brings what Prequal goes by.
    Prequal,
    /// A drawing does not name the header that clients are known by.
    HeaderName,
}

impl NoteKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Addresses,
        Self::NoBalancer,
        Self::Left,
        Self::Gone,
        Self::Routes,
        Self::Order,
        Self::Fixed,
        Self::TooMany,
        Self::Changed,
        Self::Ignored,
        Self::Policies,
        Self::NoRetries,
        Self::AnyFailure,
        Self::Prequal,
        Self::HeaderName,
    ];
}

impl fmt::Display for Note {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, about, value } = self;
        match kind {
            NoteKind::Addresses => write!(f, "write the address of each into its `url`: {value}"),
            NoteKind::NoBalancer => f.write_str(
                "no balancer is drawn: policy, health check and the rest are the running ones or \
                 the defaults",
            ),
            NoteKind::Left => write!(
                f,
                "not the Worker's, which stands between clients and their servers: {value}"
            ),
            NoteKind::Gone => {
                write!(f, "runs but is not drawn, so a deployment takes it away: {value}")
            }
            NoteKind::Routes => write!(f, "{value} routes named pools that are not drawn: removed"),
            NoteKind::Order => write!(
                f,
                "without `routes`, requests go to the first of these pools that can serve: {value}"
            ),
            NoteKind::Fixed => write!(
                f,
                "{about}: a Worker scales a pool as a whole, and this one has several kinds of \
                 servers, so they stay at their desired capacity"
            ),
            NoteKind::TooMany => {
                write!(f, "{about}: a Worker has 40 origins at most, so {value} servers")
            }
            NoteKind::Changed => write!(f, "{about}: the Worker takes {value}"),
            NoteKind::Ignored => write!(f, "{about}: the Worker has no {value}"),
            NoteKind::Policies => write!(
                f,
                "{about}: left out {value}; the Worker knows step, simple, target_tracking and \
                 scheduled policies over average_cpu_utilization or custom, by average, sum or \
                 count, two hours back"
            ),
            NoteKind::NoRetries => write!(
                f,
                "{about}: without retries a request whose server fails gets an error; \
                 `retry.max_tries` above 1 sends it to another"
            ),
            NoteKind::AnyFailure => write!(
                f,
                "{about}: the Worker cannot tell a connection that failed from one that broke: it \
                 repeats both where the method allows"
            ),
            NoteKind::Prequal => write!(
                f,
                "{about}: no probe tells the Worker what prequal goes by: it chooses as \
                 power_of_choices does"
            ),
            NoteKind::HeaderName => write!(
                f,
                "{about}: write the name of the header that clients are known by into \
                 `affinity.name`"
            ),
        }
    }
}
