//! Short links to designs: `POST /_lb/d/` stores the part of a share link behind the `#` and names
//! it by its content; `GET /_lb/d/<name>` leads to the page with it.

use super::gate::Gate;
use crate::platform;
use crate::respond::{self, Reason};
use crate::secret::name_of;
use crate::store::Store;
use serde_json::json;
use shared::origins::Access;
use std::cell::Cell;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;
use worker::Env;

/// The longest link that is stored.
const LINK_MAX: usize = 65_536;
/// New links that an isolate stores in a minute and in a day: the free plan has 1,000 writes a day for
/// everything, and the probes need most of them.
const PER_MINUTE: u32 = 5;
const PER_DAY: u32 = 50;

thread_local! {
    /// The minute and its links, the day and its links.
    static STORED: Cell<[(u64, u32); 2]> = const { Cell::new([(0, 0); 2]) };
}

pub(super) async fn answer(gate: &Gate<'_>, env: &Env, name: &str) -> Result<Response, Reason> {
    let store = Store::of(env);
    match (gate.facts.method, name) {
        ("POST", "") => add(gate, &store).await,
        ("GET" | "HEAD", name) if is_name(name) => match store.read_link(name).await {
            Ok(Some(text)) => respond::redirect(&format!("/_lb/#{text}")).map_err(Reason::Internal),
            Ok(None) => {
                let sentence = "there is no such link; a new one may take a minute".to_owned();
                Err(Reason::Refused(404, "not_found", sentence))
            }
            Err(_) => Err(unreachable_store()),
        },
        _ => {
            let sentence = "POST a link's part behind the # to /_lb/d/, or GET /_lb/d/<name>";
            Err(Reason::Refused(404, "not_found", sentence.to_owned()))
        }
    }
}

fn unreachable_store() -> Reason {
    Reason::Refused(503, "store", "the store cannot be reached".to_owned())
}

async fn add(gate: &Gate<'_>, store: &Store) -> Result<Response, Reason> {
    gate.is_of_this_site()?;
    let access = gate.isolate.fleet().map_or(Access::Token, |f| f.borrow().config.short_links);
    if access == Access::Token {
        gate.has_token()?;
    }
    // Anybody may be asked in, so nothing is read whose size is not known.
    match gate.facts.body_bytes() {
        Some(bytes) if bytes > LINK_MAX as u64 => return Err(Reason::BodyTooLarge),
        None if gate.facts.has_body => return Err(Reason::LengthRequired),
        _ => {}
    }
    let text = JsFuture::from(gate.request.text().map_err(Reason::Internal)?).await;
    let text = text.map_err(Reason::Internal)?.as_string().unwrap_or_default();
    let text = text.trim().trim_start_matches('#');
    if text.len() > LINK_MAX {
        return Err(Reason::BodyTooLarge);
    }
    if text.is_empty() || !text.bytes().all(is_link_byte) {
        let sentence = "the body is no link: send the part of a share link behind the #";
        return Err(Reason::Refused(422, "refused", sentence.to_owned()));
    }
    let name = name_of(text);
    // The same design has the same name and is stored once.
    let known = store.read_link(&name).await.map_err(|_| unreachable_store())?;
    if known.is_none() {
        if !is_within_rate() {
            return Err(Reason::TooMany);
        }
        store.write_link(&name, text.to_owned()).await.map_err(|_| unreachable_store())?;
    }
    let url = format!("{}://{}/_lb/d/{name}", gate.facts.inbound.scheme, gate.facts.inbound.host);
    let body = json!({ "name": name, "url": url }).to_string();
    respond::json(200, &body).map_err(Reason::Internal)
}

fn is_within_rate() -> bool {
    let minute = platform::now().as_ms() / 60_000;
    STORED.with(|stored| {
        let [of_minute, of_day] = stored.get();
        let count = |(known, count), time| if known == time { count } else { 0 };
        let day = minute / 1_440;
        let (a_minute, a_day) = (count(of_minute, minute), count(of_day, day));
        let is_within = a_minute < PER_MINUTE && a_day < PER_DAY;
        if is_within {
            stored.set([(minute, a_minute + 1), (day, a_day + 1)]);
        }
        is_within
    })
}

fn is_name(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|byte| is_link_byte(byte) && byte != b'.')
}

/// What share links are made of.
fn is_link_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'&' | b'~')
}
