//! What to do around a pick: pure decisions that the simulation and the edge share.
//!
//! - [`retry`]: may this request be sent again? [`budget`]: may anybody, right now? [`backoff`]:
//!   when? [`timeouts`]: how long may one try take, and all of them? [`hedge`]: send a second copy
//!   before the first has failed?
//! - [`breaker`]: how much may be open at once.
//! - [`affinity`]: which backend had this client before, and does it still count?
//! - [`config`]: which of these a balancer follows, as documents say it.
//! - [`status`]: which status code tells the client what went wrong.

pub mod affinity;
pub mod backoff;
pub mod breaker;
pub mod budget;
pub mod config;
pub mod hedge;
pub mod retry;
pub mod status;
pub mod timeouts;
