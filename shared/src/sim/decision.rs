//! Why a request goes to the server that it goes to, in the terms of a design.

use crate::balance::explain::{Considered, Explanation};
use crate::id::{BackendId, InstanceId, NodeId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What a balancer decides for one request, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Which balancer.
    pub balancer: NodeId,
    /// Which of its instances, from 0, where it has several.
    pub instance: u32,
    /// Who made the request.
    pub source: NodeId,
    /// The request's place at its source, from 1.
    pub number: u64,
    /// The client's address, where the balancer looks at it.
    pub client: Option<IpAddr>,
    /// What the balancing core says.
    pub explanation: Explanation,
    /// The server of each backend in [`Explanation::considered`].
    pub servers: Vec<Server>,
}

/// A server of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// The node that it is or belongs to.
    pub node: NodeId,
    /// Which of the node's servers, if the node is a group.
    pub instance: Option<InstanceId>,
}

impl Decision {
    /// Everybody who was considered, with the server.
    pub fn considered(&self) -> impl Iterator<Item = (Server, &Considered)> {
        self.servers.iter().copied().zip(&self.explanation.considered)
    }

    /// Who is chosen.
    pub fn chosen(&self) -> Option<Server> {
        self.server(self.explanation.choice.ok()?)
    }

    fn server(&self, backend: BackendId) -> Option<Server> {
        self.considered().find(|(_, it)| it.backend == backend).map(|(server, _)| server)
    }
}
