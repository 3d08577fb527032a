//! Where the law of service does not matter: cores that all requests share, and users who take turns
//! at them.
//!
//! Processor sharing is symmetric: it takes and gives work without regard to who came first. The
//! number present then depends on the mean of the service only (Baskett, Chandy, Muntz and Palacios
//! 1975; with several cores, Cohen, "The multiple phase service network with generalized processor
//! sharing", 1979), so it is that of the same queue in order of arrival with exponential service.

use super::finite::ClosedLoop;
use super::formulas::{Figures, MS_PER_S, Predicted, Servers, Stream};
use super::law::Service;
use super::reason::Reason;
use super::{Mg1Ps, Mmc};
use crate::design::Arrivals;

/// Equal independent servers that share their cores among all their requests.
pub(super) fn shared_cores(
    stream: Stream,
    servers: &Servers,
    queues: u32,
) -> Result<Predicted, Reason> {
    if stream.arrivals != Arrivals::Poisson {
        return Err(Reason::Arrivals);
    }
    let (mean, cores) = (servers.service.mean(), servers.cores);
    let rate = stream.rate_per_s / f64::from(queues) / MS_PER_S;
    let (mean_response, load) = if cores == 1 {
        let model = Mg1Ps::new(rate, mean)?;
        (model.mean_response(), model.utilisation())
    } else {
        let model = Mmc::new(rate, 1.0 / mean, cores)?;
        (model.mean_response(), model.utilisation())
    };
    let mut name = format!("M/G/{cores}-PS");
    if queues > 1 {
        name.push_str(&format!(" times {queues}, random split"));
    }
    let source = if cores == 1 { "Kleinrock 1967" } else { "Cohen 1979" };
    Ok(Figures::new(name, source, load, mean_response, None).over(stream))
}

/// Users who think and ask in turn.
#[derive(Clone, Copy)]
pub(super) struct Users {
    pub(super) users: u32,
    pub(super) think_ms: f64,
    /// Time on links to the server and back, milliseconds.
    pub(super) hops_ms: f64,
}

/// A fixed number of users at one server.
pub(super) fn closed(users: Users, servers: &Servers) -> Result<Predicted, Reason> {
    let Users { users, think_ms, hops_ms } = users;
    let name = match servers.service {
        _ if servers.queue_max < users => return Err(Reason::ServerShape),
        _ if servers.is_shared => format!("M/G/{}-PS//{users}", servers.cores),
        Service::Exponential { .. } => format!("M/M/{}//{users}", servers.cores),
        _ => return Err(Reason::ServiceLaw),
    };
    // To the server, time on the way is time to think.
    let away_ms = think_ms + hops_ms;
    let model = ClosedLoop::new(users, away_ms, 1.0 / servers.service.mean(), servers.cores)?;
    let rate_per_s = model.throughput() * MS_PER_S;
    let stream = Stream { rate_per_s, arrivals: Arrivals::Poisson, hops_ms };
    let (load, mean) = (model.utilisation(), model.mean_response());
    let figures = Figures::new(name, "Palm 1947", load, mean, None);
    let figures = if servers.is_shared { figures } else { figures.waiting(model.mean_waiting()) };
    Ok(figures.over(stream))
}
