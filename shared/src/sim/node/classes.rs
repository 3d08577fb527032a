//! Classes of requests: which one a request is of.

use crate::design::RequestClass;
use crate::rng::{KeyedBits, RandomBits, Rng};
use crate::time::Span;

/// The classes of a source. The draw is keyed by the request, so it shifts no other draw and is the
/// same wherever somebody asks.
#[derive(Debug)]
pub(in crate::sim) struct Classes {
    key: u64,
    /// Up to which share of all requests each class reaches.
    reaches: Vec<f64>,
    classes: Vec<RequestClass>,
}

impl Classes {
    /// `None` where all requests are alike.
    pub(in crate::sim) fn new(classes: &[RequestClass], mut stream: Rng) -> Option<Self> {
        let total: f64 = classes.iter().map(|class| class.share).sum();
        let reach = |sum: &mut f64, class: &RequestClass| {
            *sum += class.share / total;
            Some(*sum)
        };
        let reaches = classes.iter().scan(0.0, reach).collect();
        let key = stream.next_u64();
        (!classes.is_empty()).then(|| Self { key, reaches, classes: classes.to_vec() })
    }

    /// The class of a request, by its place.
    pub(in crate::sim) fn of(&self, request: u64) -> usize {
        let luck = KeyedBits::new(self.key, request).unit();
        let place = self.reaches.partition_point(|reach| *reach <= luck);
        // The sum of the shares may be a hair below 1.
        place.min(self.classes.len() - 1)
    }

    /// How many times as much work a request is.
    pub(in crate::sim) fn size(&self, request: u64) -> f64 {
        self.class(request).map_or(1.0, |class| class.size)
    }

    /// How long the client of a request waits, if its class says so.
    pub(in crate::sim) fn timeout(&self, request: u64) -> Option<Span> {
        self.class(request)?.timeout_ms.map(Span::from_ms_f64)
    }

    /// Some clients may give up.
    pub(in crate::sim) fn any_timeout(&self) -> bool {
        self.classes.iter().any(|class| class.timeout_ms.is_some_and(|timeout| timeout > 0.0))
    }

    /// The names, in order of place.
    pub(in crate::sim) fn names(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().map(|class| class.name.as_str())
    }

    fn class(&self, request: u64) -> Option<&RequestClass> {
        self.classes.get(self.of(request))
    }
}
