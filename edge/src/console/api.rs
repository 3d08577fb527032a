//! The API under `/_lb/api/`: what the console and programs change.

use super::gate::Gate;
use crate::isolate::checked;
use crate::platform;
use crate::respond::{self, Reason};
use crate::state::Reading;
use crate::store::Store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::json::{to_value, write_indented};
use shared::origins::control::Refusal;
use shared::origins::{Control, EdgeConfig, Event, HealthDocument, Override};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;
use worker::Env;

/// The largest body that is read here: forty origins with every setting are a tenth of it.
const BODY_MAX: u64 = 262_144;

/// Answers `/_lb/api/<path>`.
pub(super) async fn answer(gate: &Gate<'_>, env: &Env, path: &str) -> Result<Response, Reason> {
    let store = Store::of(env);
    let parts: Vec<&str> = path.split('/').collect();
    match (parts.as_slice(), gate.facts.method) {
        (["status"], _) => {
            gate.reads(shared::origins::Access::Token)?;
            respond::json(200, &super::status(gate.isolate)).map_err(Reason::Internal)
        }
        (["events"], _) => {
            gate.reads(shared::origins::Access::Token)?;
            events(gate, &store).await
        }
        (["config"], "GET" | "HEAD") => {
            gate.has_token()?;
            current(gate)
        }
        (["config"], _) => {
            gate.changes(&["PUT"])?;
            put_config(gate, &store).await
        }
        (["config", "versions"], _) => {
            gate.reads(shared::origins::Access::Token)?;
            let control = read(gate, &store).await?;
            let current = control.wishes.current;
            answer_json(200, &json!({ "current": current, "versions": tree(&control.versions) }))
        }
        (["config", "versions", number], _) => {
            gate.reads(shared::origins::Access::Token)?;
            version(&store, number).await
        }
        (["config", "rollback"], _) => {
            gate.changes(&["POST"])?;
            roll_back(gate, &store).await
        }
        (["origins", id], _) => {
            gate.changes(&["POST", "PUT"])?;
            set_origin(gate, &store, id).await
        }
        (["pools", id], _) => {
            gate.changes(&["POST", "PUT"])?;
            set_capacity(gate, &store, id).await
        }
        _ => {
            let sentence = "there are status, events, config, config/versions, \
                            config/versions/<number>, config/rollback, origins/<id> and pools/<id>";
            Err(Reason::Refused(404, "not_found", sentence.to_owned()))
        }
    }
}

fn answer_json(status: u16, value: &impl Serialize) -> Result<Response, Reason> {
    // Plain data with string keys cannot fail to serialise.
    let text = write_indented(value).unwrap_or_default();
    respond::json(status, &text).map_err(Reason::Internal)
}

/// A part of an answer. `json!` would have the types within it compiled for a serializer of its own.
fn tree(value: &impl Serialize) -> Value {
    to_value(value).unwrap_or_default()
}

fn refused(Refusal(sentence): Refusal) -> Reason {
    Reason::Refused(422, "refused", sentence)
}

fn store_failed() -> Reason {
    let sentence = "the store cannot be reached: nothing was changed".to_owned();
    Reason::Refused(503, "store", sentence)
}

async fn read(gate: &Gate<'_>, store: &Store) -> Result<Control, Reason> {
    match store.read_control().await {
        Ok(mut control) => {
            if let Ok(fleet) = gate.isolate.fleet()
                && let Some(known) = fleet.borrow().document()
            {
                // The store may have answered from a cache that is older.
                control.wishes.renew(&known.wishes);
            }
            Ok(control)
        }
        Err(Reading::Garbage) => Ok(recovered(gate)),
        Err(_) => Err(store_failed()),
    }
}

/// What people want as far as this isolate knows: what is in its place is of no use to anybody.
fn recovered(gate: &Gate<'_>) -> Control {
    let Ok(fleet) = gate.isolate.fleet() else { return Control::default() };
    let fleet = fleet.borrow();
    let mut wishes = fleet.document().map(|it| it.wishes.clone()).unwrap_or_default();
    wishes.current = wishes.current.max(fleet.version);
    Control::recovered(wishes)
}

async fn body(gate: &Gate<'_>) -> Result<String, Reason> {
    let too_large = || Reason::BodyTooLarge;
    if gate.facts.body_bytes().is_some_and(|bytes| bytes > BODY_MAX) {
        return Err(too_large());
    }
    let text = gate.request.text().map_err(Reason::Internal)?;
    let text = JsFuture::from(text).await.map_err(Reason::Internal)?;
    let text = text.as_string().unwrap_or_default();
    if text.len() as u64 > BODY_MAX { Err(too_large()) } else { Ok(text) }
}

async fn body_as<T: for<'de> Deserialize<'de>>(gate: &Gate<'_>) -> Result<T, Reason> {
    let text = body(gate).await?;
    let text = if text.trim().is_empty() { "{}" } else { &text };
    serde_json::from_str(text)
        .map_err(|error| Reason::Refused(422, "refused", format!("the body: {error}")))
}

fn current(gate: &Gate<'_>) -> Result<Response, Reason> {
    let fleet = gate.isolate.fleet().map_err(|_| Reason::Misconfigured)?;
    let fleet = fleet.borrow();
    let refused = fleet.refused.as_ref();
    answer_json(
        200,
        &json!({
            "version": fleet.version,
            "refused": refused.map(|(version, why)| json!({ "version": version, "message": why })),
            "config": tree(&fleet.config),
        }),
    )
}

/// A configuration that this Worker can serve by.
fn sound(gate: &Gate<'_>, text: &str) -> Result<EdgeConfig, Reason> {
    let config = EdgeConfig::from_json(text).map_err(|error| error.to_string());
    let config = config.and_then(|config| checked(config, gate.isolate.key()));
    config.map_err(|why| Reason::Refused(422, "refused", why))
}

async fn put_config(gate: &Gate<'_>, store: &Store) -> Result<Response, Reason> {
    let text = body(gate).await?;
    let config = sound(gate, &text)?;
    let mut control = read(gate, store).await?;
    let number = control.next_number();
    store.write_config(number, text).await.map_err(|_| store_failed())?;
    let gone = control.stored(&config, platform::now().as_ms());
    keep(gate, store, &control).await?;
    for number in gone {
        store.delete_config(number).await;
    }
    let adopted = gate.isolate.adopt(config, number);
    adopted.map_err(|why| Reason::Refused(422, "refused", why))?;
    answer_json(200, &json!({ "version": number }))
}

async fn version(store: &Store, number: &str) -> Result<Response, Reason> {
    let number = number.parse().unwrap_or_default();
    match store.read_config(number).await {
        Some(text) => respond::json(200, &text).map_err(Reason::Internal),
        None => {
            let sentence = format!("no version {number} is kept");
            Err(Reason::Refused(404, "not_found", sentence))
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RollBack {
    version: Option<u64>,
}

async fn roll_back(gate: &Gate<'_>, store: &Store) -> Result<Response, Reason> {
    let RollBack { version } = body_as(gate).await?;
    let mut control = read(gate, store).await?;
    let number = control.roll_back(version, platform::now().as_ms()).map_err(refused)?;
    let config = if number == 0 {
        gate.isolate.variable().cloned().ok_or(Reason::Misconfigured)?
    } else {
        sound(gate, &store.read_config(number).await.ok_or_else(store_failed)?)?
    };
    keep(gate, store, &control).await?;
    let adopted = gate.isolate.adopt(config, number);
    adopted.map_err(|why| Reason::Refused(422, "refused", why))?;
    answer_json(200, &json!({ "version": number }))
}

async fn set_origin(gate: &Gate<'_>, store: &Store, id: &str) -> Result<Response, Reason> {
    let wanted: Override = body_as(gate).await?;
    let mut control = read(gate, store).await?;
    let config = gate.isolate.fleet().map_err(|_| Reason::Misconfigured)?.borrow().config.clone();
    let now_ms = platform::now().as_ms();
    control.set_override(&config, id, wanted, now_ms).map_err(refused)?;
    keep(gate, store, &control).await?;
    answer_json(200, &json!({ "origin": id, "wanted": tree(&wanted) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Capacity {
    desired: u32,
}

async fn set_capacity(gate: &Gate<'_>, store: &Store, pool: &str) -> Result<Response, Reason> {
    let Capacity { desired } = body_as(gate).await?;
    let mut control = read(gate, store).await?;
    let config = gate.isolate.fleet().map_err(|_| Reason::Misconfigured)?.borrow().config.clone();
    let now_ms = platform::now().as_ms();
    control.set_capacity(&config, pool, desired, now_ms).map_err(refused)?;
    keep(gate, store, &control).await?;
    answer_json(200, &json!({ "pool": pool, "desired": desired }))
}

/// Stores what people want, and tells isolates: those read the health document only. The cron does
/// the same every minute, should this fail.
async fn keep(gate: &Gate<'_>, store: &Store, control: &Control) -> Result<(), Reason> {
    store.write_control(control).await.map_err(|_| store_failed())?;
    let (_, stored) = store.read(0).await;
    let own = gate.isolate.fleet().ok().and_then(|fleet| fleet.borrow().document().cloned());
    // This isolate may have run the cron since the last write.
    let newest = stored.and_then(|stored| HealthDocument::merged(own.as_ref(), stored));
    let mut document = newest.or(own).unwrap_or_default();
    document.wishes = control.wishes.clone();
    let written = store.write(&document).await;
    // This isolate knows at once, whatever the store's caches say.
    let reading = if written.is_ok() { Reading::Ok } else { Reading::Failed };
    if let Ok(fleet) = gate.isolate.fleet() {
        fleet.borrow_mut().learn(platform::now(), reading, Some(document));
    }
    Ok(())
}

async fn events(gate: &Gate<'_>, store: &Store) -> Result<Response, Reason> {
    let control = read(gate, store).await?;
    let (_, document) = store.read(0).await;
    let document = document.unwrap_or_default();
    let events: Vec<&Event> = document.events.merged(&control.events);
    answer_json(200, &json!({ "events": tree(&events) }))
}
