//! Policies that go by a key or an address.

use super::{Answer, balancer, items, number, text, texts, whole, whole_or, whole_value};
use crate::conform::Vector;
use serde_json::{Map, Value, json};
use shared::balance::policy::{
    DEFAULT_TABLE_SIZE, EnvoyBound, HashRing, MAX_RING_SIZE, Maglev, Preference, envoy_choice,
    haproxy_slots, ip_hash as nginx_ip_hash, probe_order, total_slots, weighted_position,
};
use shared::balance::{BackendConfig, EligibilityConfig, Health, Outcome, PolicyConfig, Request};
use shared::hash::crc_32;
use shared::id::BackendId;
use shared::time::Timestamp;
use std::net::IpAddr;

/// Addresses as rows name them: a list, a map to weights, or a range such as
/// `10.0.0.1:443 .. 10.0.0.9:443, weight 100 each`.
fn servers(value: &Value) -> Result<Vec<(String, u32)>, String> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(address, weight)| Ok((address.clone(), whole_value(weight)? as u32)))
            .collect(),
        Value::Array(list) => list
            .iter()
            .map(|address| Ok((address.as_str().ok_or("an address is no text")?.to_owned(), 1)))
            .collect(),
        Value::String(range) => server_range(range),
        other => Err(format!("servers are {other}")),
    }
}

fn server_range(range: &str) -> Result<Vec<(String, u32)>, String> {
    let unclear = || format!("`{range}` is no range of servers");
    let (first, rest) = range.split_once("..").ok_or_else(unclear)?;
    let last = rest.split([',', ' ']).find(|word| !word.is_empty()).ok_or_else(unclear)?;
    let parts = |address: &str| -> Option<(String, u32, String)> {
        let (host, port) = address.trim().rsplit_once(':')?;
        let (network, number) = host.rsplit_once('.')?;
        Some((network.to_owned(), number.parse().ok()?, port.to_owned()))
    };
    let (network, from, port) = parts(first).ok_or_else(unclear)?;
    let (_, to, _) = parts(last).ok_or_else(unclear)?;
    let weight = rest.split("weight").nth(1).and_then(|text| text.split_whitespace().next());
    let weight = weight.and_then(|text| text.trim_end_matches(',').parse().ok()).unwrap_or(1);
    Ok((from..=to).map(|number| (format!("{network}.{number}:{port}"), weight)).collect())
}

/// Keys with their weights: `weights`, `normalized_weights` or all equal.
fn weighted_keys(input: &Value) -> Result<Vec<(String, f64)>, String> {
    let keys = servers(&input["keys"])?;
    let given = ["weights", "normalized_weights"].into_iter().find(|name| !input[*name].is_null());
    let weights = match given {
        Some(name) => super::numbers(input, name)?,
        None => vec![1.0; keys.len()],
    };
    if weights.len() != keys.len() {
        return Err(format!("{} keys have {} weights", keys.len(), weights.len()));
    }
    Ok(keys.into_iter().map(|(key, _)| key).zip(weights).collect())
}

fn borrowed<W: Copy>(members: &[(String, W)]) -> Vec<(&str, W)> {
    members.iter().map(|(key, weight)| (key.as_str(), *weight)).collect()
}

/// Which members a lookup must not end at.
fn rejects(input: &Value, member: &Value) -> bool {
    match &input["reject"] {
        Value::String(all) => all == "all",
        Value::Array(list) => list.contains(member),
        _ => false,
    }
}

pub(super) fn maglev(vector: &Vector) -> Answer {
    let input = &vector.input;
    let size = whole_or(input, "table_size", DEFAULT_TABLE_SIZE.into())? as u32;
    if Maglev::check_size(size).is_err() {
        return Ok(json!({ "error": "table size must be prime" }));
    }
    if !input["offset_skip"].is_null() {
        return maglev_preferences(input, size);
    }
    let members = weighted_keys(input)?;
    let table = Maglev::new(&borrowed(&members), size).map_err(|error| error.to_string())?;
    let mut entries = vec![0_u64; members.len()];
    for &owner in table.table() {
        entries[owner as usize] += 1;
    }
    let preferences: Vec<[u64; 2]> = members
        .iter()
        .map(|(key, _)| Preference::of(key, size))
        .map(|preference| [preference.offset, preference.skip])
        .collect();
    let mut answer = json!({
        "table_host_index": table.table(),
        "offset_skip_per_host": preferences,
        "entries": entries,
        "min_entries": entries.iter().min(),
        "max_entries": entries.iter().max(),
    });
    if !input["hash"].is_null() {
        let hash = whole(input, "hash")?;
        let retries = whole_or(input, "retry_count", 0)? as u32;
        let owners = || (0..=retries).filter_map(|attempt| table.lookup(hash, attempt));
        let found = owners().find(|&owner| !rejects(input, &json!(owner)));
        answer["host_index"] = json!(found.or_else(|| owners().next_back()));
    }
    if !input["remove"].is_null() {
        let removed = match &input["remove"] {
            Value::String(last) if last == "last" => members.len() - 1,
            other => whole_value(other)? as usize,
        };
        let mut rest = members.clone();
        rest.remove(removed);
        let after = Maglev::new(&borrowed(&rest), size).map_err(|error| error.to_string())?;
        let name = |members: &[(String, f64)], owner: u32| members[owner as usize].0.clone();
        let moved = table.table().iter().zip(after.table()).filter(|&(&old, &new)| {
            old as usize != removed && name(&members, old) != name(&rest, new)
        });
        answer["other_entries_that_moved"] = json!(moved.count());
        answer["entries_of_removed"] = json!(entries[removed]);
    }
    Ok(answer)
}

/// Members that bring their offset and skip.
fn maglev_preferences(input: &Value, size: u32) -> Answer {
    let mut preferences = Vec::new();
    for pair in items(input, "offset_skip")? {
        preferences
            .push(Preference { offset: whole_value(&pair[0])?, skip: whole_value(&pair[1])? });
    }
    let permutations: Vec<Vec<u64>> = preferences
        .iter()
        .map(|preference| (0..size.into()).map(|n| preference.wish(n, size)).collect())
        .collect();
    let table = |without: Option<u32>| {
        let members = (0..).zip(preferences.iter().copied());
        let members = members.filter(|(owner, _)| Some(*owner) != without);
        Maglev::from_preferences(members.map(|(owner, p)| (owner, p, 1.0)), size)
            .map(|maglev| json!(maglev.table()))
            .map_err(|error| error.to_string())
    };
    let mut answer = json!({ "permutations": permutations, "table": table(None)? });
    for without in 0..preferences.len() as u32 {
        answer[format!("table_without_backend_{without}")] = table(Some(without))?;
    }
    Ok(answer)
}

pub(super) fn ring_hash(vector: &Vector) -> Answer {
    // Rows may name the ring of the first published test by the row that shows it.
    let published = json!({
        "keys": ["127.0.0.1:90", "127.0.0.1:91", "127.0.0.1:92", "127.0.0.1:93", "127.0.0.1:94",
            "127.0.0.1:95"],
        "minimum_ring_size": 12,
    });
    let input = &vector.input;
    let ring_input = if input["ring"] == "ring_hash-001" { &published } else { input };
    let min = whole_or(ring_input, "minimum_ring_size", 1024)? as u32;
    let max = whole_or(ring_input, "maximum_ring_size", MAX_RING_SIZE.into())? as u32;
    let members = match &ring_input["keys"] {
        Value::Null => Vec::new(),
        _ => weighted_keys(ring_input)?,
    };
    let Ok(ring) = HashRing::envoy(&borrowed(&members), min, max) else {
        return Ok(json!({ "error": true }));
    };
    let key = |owner: u32| members[owner as usize].0.as_str();
    let points: Vec<(String, &str)> =
        ring.points().iter().map(|&(hash, owner)| (hash.to_string(), key(owner))).collect();
    let count = |owners: &mut dyn Iterator<Item = u32>| {
        let mut counts = vec![0_u64; members.len()];
        for owner in owners {
            counts[owner as usize] += 1;
        }
        counts
    };
    let per_host = count(&mut ring.points().iter().map(|&(_, owner)| owner));
    let mut answer = json!({ "ring": points, "size": points.len(), "hashes_per_host": per_host });
    // Where `hash` is no number it describes the hash function.
    if let Ok(hash) = whole(input, "hash") {
        let retries = whole_or(input, "retry_count", 0)? as u32;
        let owners = || (0..=retries).filter_map(|attempt| ring.lookup(hash, attempt));
        let found = owners().find(|&owner| !rejects(input, &json!(key(owner))));
        answer["host"] = json!(found.or_else(|| owners().next_back()).map(key));
    }
    if let Some(probes) = input["probe_hashes"].as_str() {
        // `i * floor((2^64-1)/n), i in 0..n-1`
        let n: u64 = probes
            .split_once("/")
            .and_then(|(_, rest)| rest.split_once(')'))
            .and_then(|(n, _)| n.parse().ok())
            .ok_or_else(|| format!("`{probes}` names no number of probes"))?;
        let step = u64::MAX / n;
        answer["hits"] = json!(count(&mut (0..n).filter_map(|i| ring.lookup(i * step, 0))));
    }
    Ok(answer)
}

pub(super) fn ketama(vector: &Vector) -> Answer {
    let input = &vector.input;
    let members = servers(&input["servers"])?;
    let ring = HashRing::ketama(&borrowed(&members));
    let mut first_points = Vec::new();
    for &(hash, owner) in ring.points() {
        first_points.push(json!([hash, members[owner as usize].0]));
    }
    let wanted = vector.expected["first_points"].as_array().map_or(4, Vec::len);
    first_points.truncate(wanted);
    let mut answer = json!({ "points": ring.points().len(), "first_points": first_points });
    let keys = match &input["key"] {
        Value::Null if input["keys"].is_null() => Vec::new(),
        Value::Null => texts(input, "keys")?,
        _ => vec![text(input, "key")?],
    };
    let found = picks(&members, &keys)?;
    // "and again with .11 added": the same keys must stay where they are.
    let again = input["servers"].as_str().and_then(|text| text.split("again with .").nth(1));
    if let Some(number) = again.and_then(|text| text.split_whitespace().next()) {
        let mut more = members.clone();
        let (template, weight) = members.first().ok_or("no servers")?.clone();
        let (network, port) = template
            .rsplit_once('.')
            .and_then(|(network, rest)| Some((network, rest.split_once(':')?.1)))
            .ok_or("no address")?;
        more.push((format!("{network}.{number}:{port}"), weight));
        if picks(&more, &keys)? != found {
            return Err("keys move when a server is added".to_owned());
        }
    }
    // "same test after removing X": which keys moved?
    if let Some(removed) = vector.source.split("after removing ").nth(1) {
        let mut before = members.clone();
        before.push((removed.trim().to_owned(), 1));
        let old = picks(&before, &keys)?;
        let moved = keys.iter().zip(old.iter().zip(&found)).filter(|(_, (old, new))| old != new);
        answer["changed_keys"] = json!(moved.map(|(key, _)| *key).collect::<Vec<_>>());
    }
    answer["server"] = json!(found.first());
    answer["servers"] = json!(found);
    Ok(answer)
}

/// Where a whole balancer sends these keys; its ring must agree.
fn picks(members: &[(String, u32)], keys: &[&str]) -> Result<Vec<String>, String> {
    let mut balancer = balancer(PolicyConfig::Ketama, EligibilityConfig::default())?;
    for (id, (address, weight)) in (0..).zip(members) {
        let key = Some(address.as_str().into());
        let config = BackendConfig { weight: *weight, key, ..BackendConfig::default() };
        let done = balancer.register_with(Timestamp::ZERO, BackendId(id), Health::Healthy, config);
        done.map_err(|error| error.to_string())?;
    }
    let ring = HashRing::ketama(&borrowed(members));
    keys.iter()
        .map(|key| {
            let request = Request { key: Some(key.as_bytes()), ..Request::default() };
            let pick = balancer.pick(Timestamp::ZERO, &request).map_err(|e| e.to_string())?;
            let BackendId(index) = pick.backend();
            balancer.complete(Timestamp::ZERO, pick, Outcome::Response(200), &mut Vec::new());
            if ring.lookup(crc_32(key.as_bytes()).into(), 0) != Some(index) {
                return Err(format!("balancer and ring disagree on {key}"));
            }
            Ok(members[index as usize].0.clone())
        })
        .collect()
}

pub(super) fn ip_hash(vector: &Vector) -> Answer {
    let input = &vector.input;
    let client: IpAddr = text(input, "client_ip")?.parse().map_err(|_| "no IP address")?;
    let hash = nginx_ip_hash(client);
    let mut answer = Map::new();
    answer.insert("hash".to_owned(), json!(hash));
    for (name, weights) in input.as_object().into_iter().flatten() {
        let Some(suffix) = name.strip_prefix("weights") else { continue };
        let weights: Vec<u32> = super::named_weights(weights)?.iter().map(|w| w.1 as u32).collect();
        let position = weighted_position(hash, &weights);
        let mut balancer = super::weighted_balancer(PolicyConfig::IpHash, &weights)?;
        let request = Request { client: Some(client), ..Request::default() };
        let pick = balancer.pick(Timestamp::ZERO, &request).map_err(|error| error.to_string())?;
        if position != Some(pick.backend().0 as usize) {
            return Err(format!(
                "the balancer picks {}, the rule says {position:?}",
                pick.backend()
            ));
        }
        balancer.complete(Timestamp::ZERO, pick, Outcome::Response(200), &mut Vec::new());
        answer.insert(format!("peer_index{suffix}"), json!(position));
    }
    Ok(Value::Object(answer))
}

pub(super) fn bounded_load(vector: &Vector) -> Answer {
    let input = &vector.input;
    if !input["proxy_served"].is_null() {
        let factor = whole(input, "hash_balance_factor")? as u32;
        let total = total_slots(whole(input, "proxy_served")?, factor);
        let weights: Vec<u32> =
            super::named_weights(&input["weights"])?.iter().map(|(_, w)| *w as u32).collect();
        let all: u64 = weights.iter().copied().map(u64::from).sum();
        let mut before = 0;
        let mut slots = Vec::new();
        for weight in weights {
            slots.push(haproxy_slots(total, weight, before, all));
            before += u64::from(weight);
        }
        return Ok(json!({ "total_slots": total, "slots_per_server": slots }));
    }
    if !input["cluster_active"].is_null() {
        let factor = whole(input, "hash_balance_factor")? as u32;
        let bound = EnvoyBound::new(whole(input, "cluster_active")?, factor);
        let share = number(input, "normalized_weight")?;
        let overload = bound.overload_factor(whole(input, "host_active")? as u32, share);
        return Ok(json!({
            "total_slots": bound.total,
            "slots": bound.slots(share),
            "overload_factor": overload,
            "overloaded": overload > 1.0,
        }));
    }
    let hosts = whole(input, "hosts")? as u32;
    if !input["hash_seed"].is_null() {
        let order: Vec<u32> = probe_order(hosts, whole(input, "hash_seed")?).collect();
        return Ok(json!({ "probe_order": order }));
    }
    let hash = whole(input, "hash")?;
    let overloaded = input["overloaded"].as_array().cloned().unwrap_or_default();
    let factor = |host: u32| match &input["overload_factor"] {
        Value::Object(factors) => {
            factors.get(&format!("host_{host}")).and_then(Value::as_f64).unwrap_or(0.0)
        }
        Value::Array(factors) => factors.get(host as usize).and_then(Value::as_f64).unwrap_or(0.0),
        _ if overloaded.contains(&json!(host)) => 2.0,
        _ => 0.5,
    };
    // The published test hashes by remainder.
    let chosen = (hash % u64::from(hosts.max(1))) as u32;
    Ok(json!({ "host_index": envoy_choice(hosts, hash, chosen, factor) }))
}
