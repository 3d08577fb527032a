//! The short way of a first try: two plain calls from `main.js`, which sends and waits in between.
//!
//! What needs more than a call can do goes the long way from its beginning; what goes wrong on the
//! short way is taken up there by [`resume`]. Requests under way are kept here by number, since the
//! platform may stop `main.js` at its `await` for good when a client goes away.

use super::trip::{Told, Trip, is_refused, may_go_on};
use super::{Exchange, blamed_on_origin, is_type_error, outcome_of};
use crate::console;
use crate::facts::Facts;
use crate::fleet::{Fleet, Place};
use crate::headers::is_usual;
use crate::isolate::Isolate;
use crate::respond::{Failure, Reason};
use crate::state::{Choice, GRACE};
use litemap::LiteMap;
use shared::balance::{Outcome, may_repeat};
use shared::origins::ClientPlace;
use shared::time::{Span, Timestamp};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

/// What [`begin`] says: the request takes the long way;
pub(crate) const LONG: u32 = 0;
/// its plan waits in [`UnderWay`];
const PLANNED: u32 = 1;
/// from here on, the number of a road that a plan has named, and one bit that says whether the
/// client is to be named.
const ROAD: u32 = 2;

/// What `main.js` says where there is no status.
const LATE: u16 = 0;
const LOST: u16 = 1;
const WRONG: u16 = 2;

/// What [`finish`] says: the request goes on the long way;
pub(crate) const ON: u8 = 0;
/// the answer goes to the client as it is;
const AS_IT_IS: u8 = 1;
/// it goes to the client with the edits that wait in [`UnderWay`].
const EDITED: u8 = 2;

/// A request whose first try is under way.
#[derive(Debug)]
struct Begun {
    fleet: Rc<RefCell<Fleet>>,
    place: Place,
    /// Empty where the client is not told of it.
    request_id: String,
    began: Timestamp,
    /// No first try is under way for longer.
    deadline: Timestamp,
    is_https: bool,
    is_refusable: bool,
    has_body: bool,
    /// Whether it may be repeated after it was sent, and when it was not.
    repeats: (bool, bool),
    /// What became of the try, and how long to wait before another one, if there is one.
    end: (Outcome, Option<u64>),
}

/// The requests under way, by the number that `main.js` gives. Numbers rise with time, and so do
/// deadlines, about.
#[derive(Debug, Default)]
pub(crate) struct UnderWay {
    begun: RefCell<LiteMap<u32, Box<Begun>>>,
    text: RefCell<Option<String>>,
}

impl UnderWay {
    fn insert(&self, number: u32, now: Timestamp, begun: Begun) {
        let mut all = self.begun.borrow_mut();
        // Their picks are swept out where they are counted.
        while let Some((&first, overdue)) = all.first()
            && overdue.deadline < now
        {
            all.remove(&first);
        }
        all.insert(number, Box::new(begun));
    }

    /// The plan that [`begin`] or the edits that [`finish`] left, once.
    pub(crate) fn take_text(&self) -> Option<String> {
        self.text.take()
    }
}

/// The number of the way to `place`, whose timeout is that of the pool which comes first.
fn road_to(place: &Place, first: Option<&usize>) -> Option<u32> {
    let pool = u32::from(u8::try_from(place.pool).ok()?);
    let backend = u32::from(u16::try_from(place.choice.backend.0).ok()?);
    (first == Some(&place.pool)).then_some(pool << 16 | backend)
}

/// Where the first try of a request goes, as `main.js` reads it; `None` for the long way.
///
/// Most requests differ in their URL and name only, and texts cost more to pass than all that is
/// decided here. So a plan names its road where it can, and the next usual request to this origin
/// is sent by its number.
pub(crate) fn begin(isolate: &Isolate, number: u32, text: &str, now: Timestamp) -> Option<u32> {
    let facts = Facts::of(text);
    if console::owns(facts.path) || isolate.limiter.is_some() {
        return None;
    }
    let fleet = isolate.fleet().ok()?;
    {
        let fleet = fleet.borrow();
        if !fleet.is_configured() || fleet.is_new() || fleet.needs_document(now) {
            return None;
        }
    }
    let trip = Trip::begin(isolate, &fleet, &facts, now);
    // Questions to the request itself are for the long way.
    let asked = Cell::new(false);
    let ask = || asked.set(true);
    trip.check_limits(|| {
        ask();
        0
    })
    .ok()?;
    let order = trip.route(|| {
        ask();
        ClientPlace::default()
    });
    let order = order.ok()?;
    if asked.get() || (facts.has_body && trip.kept_body_bytes(&order) > 0) {
        return None;
    }
    let usual = if facts.has_body { None } else { is_usual(&facts.inbound, facts.target) };
    // A refusal must come before the pick; what is usual is never refused.
    let unusual = if usual.is_none() { Some(trip.request_edits().ok()?) } else { None };
    let (place, timeout_ms) = trip.pick(now, &order, facts.has_body).ok()?;
    let road = usual.and_then(|names_client| Some((road_to(&place, order.first())?, names_client)));
    let way = match road {
        Some((road, names_client)) if fleet.borrow_mut().tell(&place) => {
            ROAD + (road << 1 | u32::from(names_client))
        }
        _ => {
            // Never refused, as above.
            let edits = unusual.map_or_else(|| trip.request_edits(), Ok).ok()?;
            let road = road.map_or_else(String::new, |(road, _)| road.to_string());
            let name = &fleet.borrow().config.name;
            let Choice { url, resolves_to, .. } = &place.choice;
            let (target, edits) = (facts.target, edits.as_str());
            let plan = format!(
                "{road}\n{timeout_ms}\n{resolves_to}\n{url}\n{target}\n1.1 {name}\n{edits}"
            );
            isolate.under_way.text.replace(Some(plan));
            PLANNED
        }
    };
    let repeats = |outcome| may_repeat(facts.method, facts.has_body, outcome);
    let tells = fleet.borrow().config.server_timing;
    let is_refusable = trip.is_refusable(place.pool, facts.has_body);
    let begun = Begun {
        deadline: now + Span::from_ms(timeout_ms.into()) + GRACE,
        is_https: facts.inbound.scheme == "https",
        is_refusable,
        has_body: facts.has_body,
        repeats: (repeats(Outcome::Reset), repeats(Outcome::ConnectFailed)),
        fleet: Rc::clone(&fleet),
        place,
        request_id: if tells { facts.request_id.to_owned() } else { String::new() },
        began: now,
        end: (Outcome::Canceled, None),
    };
    isolate.under_way.insert(number, now, begun);
    Some(way)
}

/// What becomes of the answer to the first try.
pub(crate) fn finish(
    isolate: &Isolate,
    number: u32,
    status: u16,
    connection: Option<&str>,
    now: Timestamp,
) -> u8 {
    let mut all = isolate.under_way.begun.borrow_mut();
    let Some(begun) = all.get_mut(&number) else { return ON };
    let outcome = match status {
        LATE => Outcome::Timeout,
        LOST => Outcome::Reset,
        WRONG => Outcome::Canceled,
        status => outcome_of(status),
    };
    let mut fleet = begun.fleet.borrow_mut();
    fleet.complete(now, &begun.place, blamed_on_origin(outcome, begun.has_body));
    let pool = begun.place.pool;
    let goes_on = |fleet: &mut Fleet| may_go_on(fleet, now, pool, begun.began, 1);
    let next = match outcome {
        Outcome::Response(status) => {
            let refused = begun.is_refusable && is_refused(&fleet, pool, status);
            let next = if refused { goes_on(&mut fleet) } else { None };
            if next.is_none() {
                let told = Told {
                    is_https: begun.is_https,
                    request_id: &begun.request_id,
                    began: begun.began,
                    tries: 1,
                };
                let session = begun.place.choice.session;
                let head = (status, connection);
                let edits = told.edits(&fleet, isolate.key(), head, pool, session, now);
                drop(fleet);
                all.remove(&number);
                if edits.as_str().is_empty() {
                    return AS_IT_IS;
                }
                isolate.under_way.text.replace(Some(edits.into_lines()));
                return EDITED;
            }
            next
        }
        Outcome::ConnectFailed if begun.repeats.1 => goes_on(&mut fleet),
        Outcome::Reset | Outcome::Timeout if begun.repeats.0 => goes_on(&mut fleet),
        _ => None,
    };
    drop(fleet);
    begun.end = (outcome, next);
    ON
}

/// Goes on after a first try that [`finish`] was not content with.
pub(crate) async fn resume(
    isolate: &Isolate,
    request: &Request,
    facts: &Facts<'_>,
    number: u32,
    thrown: JsValue,
) -> Result<Response, Failure> {
    let begun = isolate.under_way.begun.borrow_mut().remove(&number);
    let Some(begun) = begun else {
        let reason = Reason::Origin(Outcome::Timeout);
        return Err(Failure { reason, request_id: facts.request_id.to_owned() });
    };
    let Begun { fleet, place, began, end: (outcome, goes_on), .. } = *begun;
    let result = if is_type_error(&thrown) {
        Err(Reason::Internal(thrown))
    } else {
        let tried = vec![(place.pool, place.choice.backend)];
        let trip = Trip { isolate, fleet: &fleet, facts, began, tried };
        Exchange { trip, request }.resume(outcome, goes_on).await
    };
    super::told(&fleet, facts.request_id.to_owned(), result)
}
