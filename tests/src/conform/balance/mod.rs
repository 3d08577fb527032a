//! Topics of the balance core.

use super::Topic;

/// Every topic of this folder.
pub(super) fn topics() -> Vec<Topic> {
    Vec::new()
}
