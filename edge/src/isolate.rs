//! The one value that lives as long as the isolate.

use crate::fleet::Fleet;
use crate::proxy::quick::UnderWay;
use crate::secret::Key;
use crate::state::Reading;
use crate::store::Store;
use crate::{config, platform};
use futures_util::FutureExt as _;
use futures_util::future::select;
use litemap::LiteMap;
use shared::origins::{EdgeConfig, HealthDocument, Wishes};
use shared::time::Span;
use std::cell::{Cell, OnceCell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use worker::{Context, Env, console_error};

thread_local! {
    static ISOLATE: OnceCell<Rc<Isolate>> = const { OnceCell::new() };
}

/// How long the first requests of an isolate wait for the store, so that it already knows who is
/// healthy and which configuration is current: two readings one after the other. Later ones never
/// wait.
const FIRST_READING_MS: u64 = 1_000;
/// The same where the variable has nobody to serve by: until the store is given up, twice.
const ONLY_READING_MS: u64 = 10_000;
/// How often somebody looks whether another request's reading has ended.
const GLANCE_MS: u64 = 20;

/// Made from the first request or cron run.
#[derive(Debug)]
pub(crate) struct Isolate {
    /// Never borrow across an `await`: other requests run there. Requests keep the fleet that they
    /// began with when a new configuration replaces it.
    fleet: RefCell<Result<Rc<RefCell<Fleet>>, String>>,
    /// What the variable says, to which a roll-back may lead.
    variable: Result<EdgeConfig, String>,
    key: Option<Key>,
    /// The secret that opens the console.
    pub(crate) token: Option<String>,
    /// The platform's rate limit, if one is bound.
    pub(crate) limiter: Option<JsValue>,
    /// The last health document of the cron did not reach the store.
    pub(crate) unwritten: Cell<bool>,
    /// When the store was asked last while there is no fleet.
    asked_ms: Cell<u64>,
    /// Requests whose first try goes the short way.
    pub(crate) under_way: UnderWay,
    /// Attempts with a wrong token by client, and the minute in which they were made.
    pub(crate) attempts: RefCell<(u64, LiteMap<String, u32>)>,
}

impl Isolate {
    /// The isolate's own.
    pub(crate) fn of(env: &Env) -> Rc<Self> {
        ISOLATE.with(|cell| Rc::clone(cell.get_or_init(|| Rc::new(Self::new(env)))))
    }

    /// The isolate's own, if a request or the cron has made it.
    pub(crate) fn current() -> Option<Rc<Self>> {
        ISOLATE.with(|cell| cell.get().cloned())
    }

    fn new(env: &Env) -> Self {
        let token = config::secret(env, "GOMUJUL_TOKEN");
        // One secret is enough to begin with; a key of its own lets the token be changed alone.
        let key = config::secret(env, "GOMUJUL_KEY").or_else(|| token.clone());
        let key = key.as_deref().and_then(Key::new);
        let variable = config::read(env).and_then(|config| checked(config, key.as_ref()));
        let fleet = variable.clone().and_then(|config| Fleet::new(config, 0, platform::random()));
        if let Err(message) = &fleet {
            console_error!("{message}");
        }
        if let Ok(fleet) = &fleet {
            look_at(fleet);
        }
        let fleet = RefCell::new(fleet.map(|fleet| Rc::new(RefCell::new(fleet))));
        Self {
            fleet,
            variable,
            key,
            token,
            limiter: config::binding(env, "GOMUJUL_RATE_LIMIT"),
            unwritten: Cell::new(false),
            asked_ms: Cell::new(0),
            under_way: UnderWay::default(),
            attempts: RefCell::default(),
        }
    }

    /// The fleet of the current configuration, or why it was refused.
    pub(crate) fn fleet(&self) -> Result<Rc<RefCell<Fleet>>, String> {
        self.fleet.borrow().clone()
    }

    /// The configuration of the variable.
    pub(crate) fn variable(&self) -> Option<&EdgeConfig> {
        self.variable.as_ref().ok()
    }

    /// What cookies and webhooks are signed with.
    pub(crate) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// How long a request of this isolate may wait for what it does not know yet.
    fn patience_ms(&self) -> u64 {
        let serves = self.fleet().is_ok_and(|fleet| fleet.borrow().is_configured());
        if serves { FIRST_READING_MS } else { ONLY_READING_MS }
    }

    /// Waits for a reading that another request has begun. Its promise is that request's own: on
    /// this platform only a timer of one's own may be waited for.
    async fn await_reading(&self) {
        let is_awaited = || {
            let Ok(fleet) = self.fleet() else { return false };
            let fleet = fleet.borrow();
            let patience = Span::from_ms(self.patience_ms());
            fleet.is_new() && fleet.reads_since(platform::now()) < patience
        };
        while is_awaited() {
            platform::sleep(GLANCE_MS).await;
        }
    }

    /// Reads the health document when it is due, behind the request that noticed: the request
    /// itself does not wait, and no failure of the store reaches it. Only the first requests of an
    /// isolate wait a little.
    pub(crate) async fn refresh(self: &Rc<Self>, env: &Env, context: &Context) {
        let (wants, is_new, refresh_s) = match self.fleet() {
            Ok(fleet) => {
                let mut fleet = fleet.borrow_mut();
                let is_new = fleet.is_new();
                (fleet.wants_document(platform::now()), is_new, fleet.config.health_refresh_s)
            }
            // The store may hold a version that is better than the variable.
            Err(_) => {
                let refresh_s = EdgeConfig::default().health_refresh_s;
                let now_ms = platform::now().as_ms();
                let wants = now_ms >= self.asked_ms.get() + u64::from(refresh_s) * 1_000;
                if wants {
                    self.asked_ms.set(now_ms);
                }
                (wants, true, refresh_s)
            }
        };
        if !wants {
            return self.await_reading().await;
        }
        let (isolate, env) = (Rc::clone(self), env.clone());
        let reading = async move {
            let store = Store::of(&env);
            let (reading, document) = store.read(refresh_s).await;
            isolate.learn(&store, reading, document).await;
        };
        if is_new {
            // What is not read in time goes on behind the request.
            let reading = reading.shared();
            context.wait_until(reading.clone());
            let _ = select(reading, pin!(platform::sleep(self.patience_ms()))).await;
        } else {
            context.wait_until(reading);
        }
    }

    /// A reading ended: learns from it, and follows it to another version of the configuration.
    pub(crate) async fn learn(
        &self,
        store: &Store,
        reading: Reading,
        document: Option<HealthDocument>,
    ) {
        let wanted = document.as_ref().map(|document| {
            let newest = |fleet: Rc<RefCell<Fleet>>| {
                let Wishes { current, at_ms, .. } = *fleet.borrow().newest_wishes(document);
                (current, at_ms)
            };
            let Wishes { current, at_ms, .. } = document.wishes;
            self.fleet().map_or((current, at_ms), newest)
        });
        // First, so that nobody takes a new isolate for ready that waits for its configuration.
        if let Some((wanted, at_ms)) = wanted {
            self.follow(store, wanted, at_ms).await;
        }
        if let Ok(fleet) = self.fleet() {
            fleet.borrow_mut().learn(platform::now(), reading, document);
        }
    }

    /// Takes over the version `wanted` by wishes of the time `at_ms`, unless it runs already or was
    /// refused before.
    async fn follow(&self, store: &Store, wanted: u64, at_ms: u64) {
        let known = self.fleet().ok().map(|fleet| {
            let fleet = fleet.borrow();
            fleet.version == wanted || fleet.refused.as_ref().is_some_and(|(n, _)| *n == wanted)
        });
        // Without a fleet the variable was refused.
        if known.unwrap_or(wanted == 0) {
            return;
        }
        let config = if wanted == 0 {
            self.variable.clone()
        } else {
            match store.read_config(wanted).await {
                Some(text) => EdgeConfig::from_json(&text).map_err(|error| error.to_string()),
                // Not there yet, or not readable now: asked for again at the next reading.
                None => return,
            }
        };
        // Somebody may have wished another one while this was read.
        let is_newer = |wishes: &Wishes| wishes.at_ms > at_ms && wishes.current != wanted;
        let known = self.fleet().ok();
        let known = known.as_ref().map(|fleet| fleet.borrow());
        let document = known.as_ref().and_then(|fleet| fleet.document());
        if document.is_some_and(|document| is_newer(&document.wishes)) {
            return;
        }
        drop(known);
        if let Err(message) = config.and_then(|config| self.adopt(config, wanted)) {
            console_error!("version {wanted} of the configuration: {message}");
            if let Ok(fleet) = self.fleet() {
                fleet.borrow_mut().refused = Some((wanted, message));
            }
        }
    }

    /// Serves by `config` from now on. What was learnt stays.
    pub(crate) fn adopt(&self, config: EdgeConfig, version: u64) -> Result<(), String> {
        let config = checked(config, self.key())?;
        let mut next = Fleet::new(config, version, platform::random())?;
        if let Ok(fleet) = self.fleet() {
            fleet.borrow().hand_over(platform::now(), &mut next);
        }
        look_at(&next);
        *self.fleet.borrow_mut() = Ok(Rc::new(RefCell::new(next)));
        Ok(())
    }
}

/// From now on requests are described with what `fleet` wants to know of them.
fn look_at(fleet: &Fleet) {
    let (cookie, field) = fleet.asks_for();
    platform::look_at(cookie, field);
}

/// What a configuration needs besides being right in itself.
pub(crate) fn checked(config: EdgeConfig, key: Option<&Key>) -> Result<EdgeConfig, String> {
    if key.is_none() && config.needs_key() {
        return Err("cookies and webhooks are signed: set the secret GOMUJUL_KEY with \
                    `npx wrangler secret put GOMUJUL_KEY`"
            .to_owned());
    }
    Ok(config)
}
