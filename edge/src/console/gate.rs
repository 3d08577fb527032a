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

/// Wrong tokens a minute that an isolate looks at; more are refused unseen.
const ATTEMPTS_PER_MINUTE: u32 = 20;

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
        let minute = platform::now().as_ms() / 60_000;
        let mut attempts = self.isolate.attempts.borrow_mut();
        if attempts.0 != minute {
            *attempts = (minute, 0);
        }
        if attempts.1 >= ATTEMPTS_PER_MINUTE {
            return Err(Reason::TooMany);
        }
        if is_bearer(&platform::field(self.request, "authorization"), token) {
            return Ok(());
        }
        attempts.1 += 1;
        let sentence = "send the token as `Authorization: Bearer …`".to_owned();
        Err(Reason::Refused(401, "unauthorized", sentence))
    }
}
