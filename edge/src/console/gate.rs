//! Who may do what under `/_lb/`.
//!
//! Changes need the bearer token, a method that browsers do not send by themselves, and no foreign
//! `Origin`. Without the secret `GOMUJUL_TOKEN` nothing can be changed at all. Whoever tries tokens
//! is slowed down.

use crate::facts::Facts;
use crate::isolate::Isolate;
use crate::platform;
use crate::respond::Reason;
use crate::secret::is_bearer;
use shared::origins::Access;
use std::rc::Rc;
use web_sys::Request;

/// Wrong tokens of a client a minute that an isolate looks at; whatever else it brings is refused
/// unseen. Others are not kept out by that.
const ATTEMPTS_PER_MINUTE: u32 = 20;
/// Clients whose attempts are counted apart; further ones share a count.
const CLIENTS_MAX: usize = 256;

/// A request at the door.
pub(super) struct Gate<'a> {
    pub(super) isolate: &'a Rc<Isolate>,
    pub(super) request: &'a Request,
    pub(super) facts: &'a Facts<'a>,
}

impl Gate<'_> {
    /// Lets readers in: everybody, or who has the token.
    pub(super) fn reads(&self, access: Access) -> Result<(), Reason> {
        if !matches!(self.facts.method, "GET" | "HEAD") {
            return Err(Reason::Refused(
                405,
                "method",
                "this can be read only: use GET".to_owned(),
            ));
        }
        match access {
            Access::Public => Ok(()),
            Access::Token => self.has_token(),
        }
    }

    /// Lets those in who may change something.
    pub(super) fn changes(&self, methods: &[&str]) -> Result<(), Reason> {
        if !methods.contains(&self.facts.method) {
            let sentence = format!("this is changed by {}", methods.join(" or "));
            return Err(Reason::Refused(405, "method", sentence));
        }
        self.is_of_this_site()?;
        self.has_token()
    }

    /// A page of another site must not use the browser of somebody who has the token.
    pub(super) fn is_of_this_site(&self) -> Result<(), Reason> {
        let origin = platform::field(self.request, "origin");
        let own = format!("{}://{}", self.facts.inbound.scheme, self.facts.inbound.host);
        if origin.is_empty() || origin.eq_ignore_ascii_case(&own) {
            return Ok(());
        }
        let sentence = "the request comes from a page of another site".to_owned();
        Err(Reason::Refused(403, "foreign_origin", sentence))
    }

    pub(super) fn has_token(&self) -> Result<(), Reason> {
        let Some(token) = &self.isolate.token else {
            let sentence = "no token is set, so nothing can be changed: run `npx wrangler secret \
                            put GOMUJUL_TOKEN`";
            return Err(Reason::Refused(403, "no_token", sentence.to_owned()));
        };
        let brought = platform::field(self.request, "authorization");
        // Who brings nothing does not guess.
        if !brought.is_empty() {
            let minute = platform::now().as_ms() / 60_000;
            let mut attempts = self.isolate.attempts.borrow_mut();
            let (of_minute, clients) = &mut *attempts;
            if *of_minute != minute {
                *of_minute = minute;
                clients.clear();
            }
            let mut client = self.facts.client_key();
            if clients.len() >= CLIENTS_MAX && !clients.contains_key(&client) {
                client.clear();
            }
            let count = clients.entry(client).or_insert(0);
            if *count >= ATTEMPTS_PER_MINUTE {
                return Err(Reason::TooMany);
            }
            if is_bearer(&brought, token) {
                return Ok(());
            }
            *count += 1;
        }
        let sentence = "send the token as `Authorization: Bearer …`".to_owned();
        Err(Reason::Refused(401, "unauthorized", sentence))
    }
}
