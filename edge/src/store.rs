//! The health document in Workers KV.

use crate::state::Reading;
use shared::origins::HealthDocument;
use worker::{Env, KvStore, console_error};

const BINDING: &str = "GOMUJUL_KV";
const KEY: &str = "health";

/// The least that the platform takes for the time that a location caches a value.
const MIN_CACHE_S: u32 = 30;

/// The store, or nothing where the binding is missing: the Worker then lives by what its own
/// requests teach.
#[derive(Debug)]
pub(crate) struct Store(Option<KvStore>);

impl Store {
    pub(crate) fn of(env: &Env) -> Self {
        Self(env.kv(BINDING).map_err(|error| console_error!("{BINDING}: {error}")).ok())
    }

    /// Reads the document; `max_age_s` is how old an answer from the platform's cache may be.
    pub(crate) async fn read(&self, max_age_s: u32) -> (Reading, Option<HealthDocument>) {
        let Some(kv) = &self.0 else { return (Reading::Failed, None) };
        let cache_s = u64::from(max_age_s.max(MIN_CACHE_S));
        match kv.get(KEY).cache_ttl(cache_s).text().await {
            Ok(Some(text)) => match HealthDocument::from_json(&text) {
                Some(document) => (Reading::Ok, Some(document)),
                None => (Reading::Garbage, None),
            },
            Ok(None) => (Reading::Missing, None),
            Err(error) => {
                console_error!("reading {KEY}: {error}");
                (Reading::Failed, None)
            }
        }
    }

    /// Writes the document; true if that worked.
    pub(crate) async fn write(&self, document: &HealthDocument) -> bool {
        let Some(kv) = &self.0 else { return false };
        let result = match kv.put(KEY, document.to_json()) {
            Ok(put) => put.execute().await,
            Err(error) => Err(error),
        };
        result.map_err(|error| console_error!("writing {KEY}: {error}")).is_ok()
    }
}
