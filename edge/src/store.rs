//! What Workers KV keeps: the health document, what people want, versions of the configuration,
//! short links.

use crate::platform;
use crate::state::Reading;
use futures_util::future::{Either, select};
use shared::origins::{Control, HealthDocument};
use std::future::Future;
use std::pin::pin;
use worker::{Env, KvStore, console_error};

const BINDING: &str = "GOMUJUL_KV";
const HEALTH: &str = "health";
const CONTROL: &str = "control";

/// The least that the platform takes for the time that a location caches a value.
const MIN_CACHE_S: u64 = 30;
/// After this long the store is given up. The cron must probe and the console answer while it hangs.
const PATIENCE_MS: u64 = 5_000;
/// Versions and links never change, but a location keeps as long that there is none yet: whoever asks
/// too early must not have to wait for long.
const CONSTANT_CACHE_S: u64 = 60;

/// The store, or nothing where the binding is missing: the Worker then lives by what its own
/// requests teach.
#[derive(Debug)]
pub(crate) struct Store(Option<KvStore>);

/// The store did not do what was asked.
#[derive(Debug)]
pub(crate) struct Unwritten;

impl Store {
    pub(crate) fn of(env: &Env) -> Self {
        Self(env.kv(BINDING).map_err(|error| console_error!("{BINDING}: {error}")).ok())
    }

    async fn get(&self, key: &str, cache_s: u64) -> Result<Option<String>, Reading> {
        let Some(kv) = &self.0 else { return Err(Reading::Failed) };
        let reading = kv.get(key).cache_ttl(cache_s.max(MIN_CACHE_S)).text();
        in_time(reading).await.map_err(|error| {
            console_error!("reading {key}: {error}");
            Reading::Failed
        })
    }

    async fn put(&self, key: &str, text: String) -> Result<(), Unwritten> {
        let Some(kv) = &self.0 else { return Err(Unwritten) };
        let result = match kv.put(key, text) {
            Ok(put) => in_time(put.execute()).await,
            Err(error) => Err(error.to_string()),
        };
        result.map_err(|error| {
            console_error!("writing {key}: {error}");
            Unwritten
        })
    }

    /// Reads the health document; `max_age_s` is how old an answer from the platform's cache may
    /// be.
    pub(crate) async fn read(&self, max_age_s: u32) -> (Reading, Option<HealthDocument>) {
        match self.get(HEALTH, max_age_s.into()).await {
            Ok(Some(text)) => match HealthDocument::from_json(&text) {
                Some(document) => (Reading::Ok, Some(document)),
                None => (Reading::Garbage, None),
            },
            Ok(None) => (Reading::Missing, None),
            Err(reading) => (reading, None),
        }
    }

    /// Writes the health document.
    pub(crate) async fn write(&self, document: &HealthDocument) -> Result<(), Unwritten> {
        self.put(HEALTH, document.to_json()).await
    }

    /// What people want; at first, nothing.
    ///
    /// # Errors
    ///
    /// The store does not answer, and nothing must be written over what it holds; or it holds
    /// garbage.
    pub(crate) async fn read_control(&self) -> Result<Control, Reading> {
        match self.get(CONTROL, 0).await? {
            None => Ok(Control::default()),
            Some(text) => Control::from_json(&text).ok_or(Reading::Garbage),
        }
    }

    /// Writes what people want.
    pub(crate) async fn write_control(&self, control: &Control) -> Result<(), Unwritten> {
        self.put(CONTROL, control.to_json()).await
    }

    /// One version of the configuration, as text.
    pub(crate) async fn read_config(&self, number: u64) -> Option<String> {
        self.get(&config_key(number), CONSTANT_CACHE_S).await.ok().flatten()
    }

    /// Keeps a version of the configuration.
    pub(crate) async fn write_config(&self, number: u64, text: String) -> Result<(), Unwritten> {
        self.put(&config_key(number), text).await
    }

    /// Forgets a version of the configuration; that it stays on failure costs nothing.
    pub(crate) async fn delete_config(&self, number: u64) {
        if let Some(kv) = &self.0 {
            let _ = in_time(kv.delete(&config_key(number))).await;
        }
    }

    /// The text of a short link.
    pub(crate) async fn read_link(&self, name: &str) -> Result<Option<String>, Reading> {
        self.get(&link_key(name), CONSTANT_CACHE_S).await
    }

    /// Keeps the text of a short link.
    pub(crate) async fn write_link(&self, name: &str, text: String) -> Result<(), Unwritten> {
        self.put(&link_key(name), text).await
    }
}

/// What the store answers, unless it takes too long.
async fn in_time<T, E: ToString>(asked: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match select(pin!(asked), pin!(platform::sleep(PATIENCE_MS))).await {
        Either::Left((result, _)) => result.map_err(|error| error.to_string()),
        Either::Right(_) => Err(format!("no answer within {PATIENCE_MS} ms")),
    }
}

fn config_key(number: u64) -> String {
    format!("config/{number}")
}

fn link_key(name: &str) -> String {
    format!("d/{name}")
}
