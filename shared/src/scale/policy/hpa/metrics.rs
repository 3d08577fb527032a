//! Several metrics: the largest answer wins, and one that fails blocks scaling down.

use super::ReplicasError;

/// Why several metrics together change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoScaling {
    /// What was wrong with the first metric that failed.
    pub error: ReplicasError,
}

/// The replicas that several metrics together want.
///
/// # Errors
///
/// No metric gives an answer, or one fails and the others want fewer replicas than there are: the
/// failing one might have wanted more.
pub fn largest(
    current: u32,
    answers: impl IntoIterator<Item = Result<u32, ReplicasError>>,
) -> Result<u32, NoScaling> {
    let (mut wanted, mut failed) = (None, None);
    for answer in answers {
        match answer {
            Ok(replicas) => wanted = wanted.max(Some(replicas)),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match (wanted, failed) {
        (Some(wanted), Some(error)) if wanted < current => Err(NoScaling { error }),
        (Some(wanted), _) => Ok(wanted),
        (None, error) => Err(NoScaling { error: error.unwrap_or(ReplicasError::NoMetrics) }),
    }
}
