//! All pools of one isolate: which of them serves a request, and what they learn together. Pure:
//! the time is an argument.

use crate::state::{Choice, Known, Reading, State};
use shared::balance::{Outcome, Request, Unavailable};
use shared::id::BackendId;
use shared::origins::{AffinityBy, ClientPlace, EdgeConfig, HealthDocument, RouteTable, Wishes};
use shared::time::{Span, Timestamp};

/// After this long an unfinished reading of the health document is given up: its request may have
/// been stopped with it.
const READING: Span = Span::from_s(10);

/// Everything that one isolate believes, under one version of the configuration.
#[derive(Debug)]
pub struct Fleet {
    /// The whole document.
    pub config: EdgeConfig,
    /// Its version; 0 for the variable.
    pub version: u64,
    /// Names this set of counters: isolates have counters of their own, and so has each
    /// configuration.
    pub born: u64,
    pub(crate) pools: Vec<State>,
    /// Why a newer version was refused, with its number.
    pub refused: Option<(u64, String)>,
    /// Failures that clients were told of, by the word for them.
    pub failures: Vec<(&'static str, u64)>,
    routes: RouteTable,
    asks_for: (bool, String),
    document: Option<HealthDocument>,
    reading: Reading,
    read_at: Option<Timestamp>,
    /// Until when no other reading starts.
    reading_until: Timestamp,
}

/// A chosen origin and its pool.
#[derive(Clone, Debug)]
pub struct Place {
    /// Position of the pool.
    pub pool: usize,
    /// Who serves.
    pub choice: Choice,
}

impl Fleet {
    /// The fleet of an isolate that was just born, or got a new configuration.
    ///
    /// # Errors
    ///
    /// A setting out of range, for the operator.
    pub fn new(config: EdgeConfig, version: u64, seed: u64) -> Result<Self, String> {
        let pools = config.by_pool().into_iter().zip(0_u64..).map(|((pool, config), nth)| {
            State::of_pool(&pool, config, seed.wrapping_add(nth)).map_err(|error| error.to_string())
        });
        let by = |by: AffinityBy| {
            let pools = config.by_pool().into_iter().map(|(_, pool)| pool.affinity);
            pools.into_iter().find(|affinity| affinity.by == by)
        };
        let header = by(AffinityBy::Header).map(|affinity| affinity.name).unwrap_or_default();
        Ok(Self {
            asks_for: (by(AffinityBy::Cookie).is_some(), header),
            pools: pools.collect::<Result<_, _>>()?,
            routes: RouteTable::new(&config),
            config,
            version,
            born: seed,
            refused: None,
            failures: Vec::new(),
            document: None,
            reading: Reading::Never,
            read_at: None,
            reading_until: Timestamp::ZERO,
        })
    }

    /// What sessions go by: whether by cookies, and the name of the header field, if by one.
    pub fn asks_for(&self) -> (bool, &str) {
        (self.asks_for.0, &self.asks_for.1)
    }

    /// Whether any pool has an origin.
    pub fn is_configured(&self) -> bool {
        self.pools.iter().any(|pool| !pool.members.is_empty())
    }

    /// The pools that serve requests for `path` at `host`, in order of preference; `client` says
    /// where the client is and is asked only if that matters. `None` if no route is for it.
    pub fn route(
        &self,
        host: &str,
        path: &str,
        client: impl FnOnce() -> ClientPlace,
    ) -> Option<Vec<usize>> {
        let found = self.routes.find(host, path)?;
        if let Some(pool) = found.only_pool() {
            return Some(vec![pool]);
        }
        let client = if found.needs_place() { client() } else { ClientPlace::default() };
        Some(found.pools(&client))
    }

    /// One pool.
    pub fn pool(&self, pool: usize) -> Option<&State> {
        self.pools.get(pool)
    }

    /// Chooses an origin of the first pool of `order` that has one left which is believed healthy
    /// and has not failed the request; if none has, of the first that has any left.
    ///
    /// # Errors
    ///
    /// All have failed this request, or there are none.
    pub fn pick<'k>(
        &mut self,
        now: Timestamp,
        order: &[usize],
        tried: &[(usize, BackendId)],
        request: &Request<'_>,
        known: impl Fn(&State) -> Known<'k>,
        timeout: Span,
    ) -> Result<Place, Unavailable> {
        let mut error = Unavailable::NoBackends;
        for only_healthy in [true, false] {
            // With one pool its own rules for the rest are the same thing.
            if only_healthy && order.len() < 2 {
                continue;
            }
            for &pool in order {
                let Some(state) = self.pools.get_mut(pool) else { continue };
                let here: Vec<BackendId> = tried
                    .iter()
                    .filter(|(of, _)| *of == pool)
                    .map(|(_, backend)| *backend)
                    .collect();
                if only_healthy && (!state.is_available(now) || !here.is_empty()) {
                    continue;
                }
                let request = Request { tried: &here, ..*request };
                let known = known(state);
                match state.pick_known(now, &request, known, timeout) {
                    Ok(choice) => return Ok(Place { pool, choice }),
                    Err(unavailable) => error = unavailable,
                }
            }
        }
        Err(error)
    }

    /// Notes that the way to this origin is told now. Whether it was before.
    pub fn tell(&mut self, place: &Place) -> bool {
        let pool = self.pools.get_mut(place.pool);
        pool.is_some_and(|pool| pool.tell(place.choice.backend))
    }

    /// A try ended.
    pub fn complete(&mut self, now: Timestamp, place: &Place, outcome: Outcome) {
        if let Some(state) = self.pools.get_mut(place.pool) {
            state.complete(now, place.choice.ticket, outcome);
        }
    }

    /// Whether the pool's budget allows one more retry.
    pub fn may_retry(&mut self, now: Timestamp, pool: usize) -> bool {
        self.pools.get_mut(pool).is_some_and(|state| state.may_retry(now))
    }

    /// Counts a failure that a client is told of.
    pub fn count_failure(&mut self, word: &'static str) {
        match self.failures.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.failures.push((word, 1)),
        }
    }

    /// Whether the health document is to be read, and nobody reads it.
    pub fn needs_document(&self, now: Timestamp) -> bool {
        let refresh = Span::from_s(u64::from(self.config.health_refresh_s));
        let fresh = self.read_at.is_some_and(|read_at| now < read_at + refresh);
        !fresh && now >= self.reading_until
    }

    /// The same, once per refresh time: whoever gets `true` reads.
    pub fn wants_document(&mut self, now: Timestamp) -> bool {
        let needed = self.needs_document(now);
        if needed {
            self.reading_until = now + READING;
        }
        needed
    }

    /// For how long somebody has been reading the health document; for ever, if nobody is.
    pub fn reads_since(&self, now: Timestamp) -> Span {
        let left = self.reading_until.since(now);
        if left > Span::ZERO {
            Span::from_ns(READING.as_ns().saturating_sub(left.as_ns()))
        } else {
            Span::MAX
        }
    }

    /// Whether nothing was read yet.
    pub fn is_new(&self) -> bool {
        self.read_at.is_none()
    }

    /// A reading ended. Without a document, what was known stays known.
    pub fn learn(&mut self, now: Timestamp, reading: Reading, document: Option<HealthDocument>) {
        (self.reading, self.read_at) = (reading, Some(now));
        self.reading_until = Timestamp::ZERO;
        for pool in &mut self.pools {
            pool.learn(now, reading, document.clone());
        }
        if let Some(news) =
            document.and_then(|new| HealthDocument::merged(self.document.as_ref(), new))
        {
            self.document = Some(news);
        }
    }

    /// What was read last.
    pub const fn document(&self) -> Option<&HealthDocument> {
        self.document.as_ref()
    }

    /// What people want as far as is known, of this and of `document`: the newest.
    pub fn newest_wishes<'a>(&'a self, document: &'a HealthDocument) -> &'a Wishes {
        let own = self.document.as_ref().map(|document| &document.wishes);
        own.filter(|own| own.at_ms > document.wishes.at_ms).unwrap_or(&document.wishes)
    }

    /// What came of the last reading, and when that was.
    pub const fn last_reading(&self) -> (Reading, Option<Timestamp>) {
        (self.reading, self.read_at)
    }

    /// Hands what was learnt over to the fleet of another configuration.
    pub fn hand_over(&self, now: Timestamp, next: &mut Self) {
        next.learn(now, self.reading, self.document.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(s: u64) -> Timestamp {
        Timestamp::from_s(s)
    }

    /// Two pools of one origin each, the second for failover.
    fn fleet() -> Fleet {
        let text = r#"{
            "origins": [{"id": "a", "url": "http://a"}],
            "pools": [{"id": "far", "origins": [{"id": "b", "url": "http://b"}]}],
            "routes": [
                {"path": "/", "pools": ["default", "far"]},
                {"path": "/far", "pools": ["far"]}
            ]
        }"#;
        Fleet::new(EdgeConfig::from_json(text).unwrap(), 0, 1).unwrap()
    }

    fn pick(fleet: &mut Fleet, now: Timestamp, path: &str, tried: &[(usize, BackendId)]) -> String {
        let order = fleet.route("any", path, ClientPlace::default).unwrap();
        let known = |_: &State| Known::default();
        let request = Request::default();
        let place = fleet.pick(now, &order, tried, &request, known, Span::from_s(1)).unwrap();
        fleet.complete(now, &place, Outcome::Response(200));
        place.choice.url.to_string()
    }

    #[test]
    fn the_next_pool_takes_over_when_nobody_is_healthy_or_all_have_failed() {
        let mut fleet = fleet();
        assert_eq!(pick(&mut fleet, at(1), "/x", &[]), "http://a");
        assert_eq!(pick(&mut fleet, at(1), "/far/x", &[]), "http://b");
        assert_eq!(pick(&mut fleet, at(1), "/x", &[(0, BackendId(0))]), "http://b");
        let known = |_: &State| Known::default();
        let request = Request::default();
        let place = fleet.pick(at(2), &[0, 1], &[], &request, known, Span::from_s(1)).unwrap();
        fleet.complete(at(2), &place, Outcome::Reset);
        assert_eq!(pick(&mut fleet, at(3), "/x", &[]), "http://b", "a is ejected");
        assert_eq!(pick(&mut fleet, at(12), "/x", &[]), "http://a");
        // When nobody is healthy anywhere, the first pool fails open.
        for path in ["/x", "/far"] {
            let order = fleet.route("any", path, ClientPlace::default).unwrap();
            let place = fleet.pick(at(20), &order, &[], &request, known, Span::from_s(1)).unwrap();
            fleet.complete(at(20), &place, Outcome::Reset);
        }
        assert_eq!(pick(&mut fleet, at(21), "/x", &[]), "http://a");
    }

    #[test]
    fn one_request_per_refresh_time_reads() {
        let mut fleet = fleet();
        assert!(fleet.wants_document(at(100)));
        assert!(!fleet.wants_document(at(100)), "somebody reads already");
        assert_eq!(fleet.reads_since(at(103)), Span::from_s(3));
        assert_eq!(fleet.reads_since(at(110)), Span::MAX, "nobody any more");
        assert!(fleet.wants_document(at(110)), "but seems to have been stopped");
        fleet.learn(at(111), Reading::Missing, None);
        assert!(!fleet.wants_document(at(140)));
        assert!(fleet.wants_document(at(141)));
    }

    #[test]
    fn the_newest_wishes_stay_whatever_document_comes_late() {
        use shared::origins::{HealthCheck, OriginState, Override};
        let mut fleet = fleet();
        let check = HealthCheck::default();
        let round =
            |s, a| HealthDocument::after_round(None, at(s), &[("a", a), ("b", true)], &check);
        let drained = Override { state: Some(OriginState::Drain), ..Override::default() };
        let mut wished = round(10, true);
        wished.wishes.at_ms = 11_000;
        wished.wishes.current = 4;
        wished.wishes.origins.insert("a".to_owned(), drained);
        fleet.learn(at(11), Reading::Ok, Some(wished.clone()));
        // A round that began before has not heard of it; nor has an old copy.
        for late in [round(40, true), round(9, true)] {
            assert_eq!(fleet.newest_wishes(&late).current, 4);
            fleet.learn(at(41), Reading::Ok, Some(late));
            let known = fleet.document().unwrap();
            assert_eq!((known.checked_at(), known.wishes.current), (at(40), 4));
            assert_eq!(pick(&mut fleet, at(42), "/x", &[]), "http://b", "a drains");
        }
        // What is wished later counts, even in a document of earlier probes.
        let mut back = round(20, true);
        back.wishes.at_ms = 50_000;
        fleet.learn(at(51), Reading::Ok, Some(back));
        assert_eq!(fleet.document().unwrap().checked_at(), at(40));
        assert_eq!(pick(&mut fleet, at(52), "/x", &[]), "http://a");
    }

    #[test]
    fn another_configuration_knows_what_was_learnt() {
        use shared::origins::HealthCheck;
        let mut old = fleet();
        let check = HealthCheck { unhealthy_threshold: 1, ..HealthCheck::default() };
        let document =
            HealthDocument::after_round(None, at(10), &[("a", false), ("b", true)], &check);
        old.learn(at(11), Reading::Ok, Some(document));
        let mut next = fleet();
        old.hand_over(at(12), &mut next);
        assert_eq!(pick(&mut next, at(13), "/x", &[]), "http://b");
    }
}
