//! Names of things, as numbers that cannot be mixed up.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A node of a design. Never reused within one document.
    NodeId,
    "n"
);
id!(
    /// A link of a design. Never reused within one document.
    LinkId,
    "l"
);
id!(
    /// A note or a box of a design. Never reused within one document.
    MarkId,
    "m"
);
id!(
    /// Something that a balancer sends requests to: a server, an origin, another node.
    BackendId,
    "b"
);
id!(
    /// A server that an Auto Scaling group launched. Numbered from 1 in launch order.
    InstanceId,
    "i-"
);
