//! Header rules.

use super::{Answer, items, text, texts, whole};
use crate::conform::Vector;
use serde_json::{Map, Value, json};
use shared::http::forwarded_for::{
    Mode, client_text, forward, is_too_long, trusted_client as envoy,
};
use shared::http::framing::{self, Framing};
use shared::http::{forwarded as rfc_7239, hop_by_hop as rfc_9110, host, via as via_field};

pub(super) fn forwarded(vector: &Vector) -> Answer {
    let elements = match rfc_7239::parse(text(&vector.input, "forwarded")?) {
        Ok(elements) => elements,
        Err(error) => return Ok(json!({ "error": error.to_string() })),
    };
    let object = |element: rfc_7239::Element| -> Map<String, Value> {
        element.into_iter().map(|(name, value)| (name, json!(value))).collect()
    };
    Ok(json!({ "elements": elements.into_iter().map(object).collect::<Vec<_>>() }))
}

/// A field by its name in any case.
fn field<'a>(headers: &'a Value, name: &str) -> Option<&'a str> {
    let mut fields = headers.as_object()?.iter();
    fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).and_then(|(_, value)| value.as_str())
}

pub(super) fn framing(vector: &Vector) -> Answer {
    let read = |name: &str, rule: fn(Option<&str>, Option<&str>) -> Framing| {
        let headers = &vector.input[name];
        headers
            .is_object()
            .then(|| rule(field(headers, "Transfer-Encoding"), field(headers, "Content-Length")))
    };
    if let Some(of_response) = read("response_headers", framing::of_response) {
        return Ok(match of_response {
            Framing::Refused(status) => {
                json!({ "status_to_client": status, "close_upstream": true })
            }
            other => framing_answer(other),
        });
    }
    let of_request = read("request_headers", framing::of_request).ok_or("no headers are given")?;
    Ok(framing_answer(of_request))
}

fn framing_answer(framing: Framing) -> Value {
    match framing {
        Framing::Refused(status) => json!({ "status": status, "close": true }),
        Framing::Length(length) => json!({ "content_length": length }),
        Framing::Chunked { drop_content_length: true } => json!({
            "action": "treat as error (400) or drop Content-Length before forwarding",
            "chunked": true,
        }),
        Framing::Chunked { drop_content_length: false } => json!({ "chunked": true }),
        Framing::UntilClose => json!({ "until_close": true }),
    }
}

pub(super) fn hop_by_hop(vector: &Vector) -> Answer {
    let headers = vector.input["headers"].as_object().ok_or("input.headers is no object")?;
    let mut fields: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    rfc_9110::strip(&mut fields);
    let kept: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name, json!(value))).collect();
    Ok(json!({ "forwarded": kept }))
}

pub(super) fn host_header(vector: &Vector) -> Answer {
    let input = &vector.input;
    // "default" or a number, as a number or as text.
    let port = match &input["listener_port"] {
        Value::Number(port) => port.as_u64().map(|port| port as u16),
        Value::String(port) => port.parse().ok(),
        _ => None,
    }
    .filter(|port| !matches!(port, 80 | 443));
    let request = text(input, "request")?;
    let target = request.split_whitespace().nth(1).unwrap_or(request);
    let host = |preserve| -> Result<String, String> {
        Ok(host::forwarded_host(text(input, "host")?, target, port, preserve))
    };
    Ok(json!({ "preserve_off": host(false)?, "preserve_on": host(true)? }))
}

pub(super) fn trusted_client(vector: &Vector) -> Answer {
    let input = &vector.input;
    let received = input["xff"].as_str();
    let use_remote_address = input["use_remote_address"] == true;
    let hops = super::whole_or(input, "xff_num_trusted_hops", 0)? as u32;
    let trusted = envoy(text(input, "downstream_ip")?, received, use_remote_address, hops);
    let out = match (trusted.forwarded, received) {
        (None, _) => "absent".to_owned(),
        (Some(out), Some(received)) if out == received => "unchanged".to_owned(),
        (Some(out), _) => out,
    };
    Ok(json!({ "trusted_client": trusted.client, "xff_out": out }))
}

pub(super) fn via(vector: &Vector) -> Answer {
    let input = &vector.input;
    if input.get("path").is_some() {
        // Each hop: `HTTP/<version> <sender> -> <receiver>`.
        let mut via: Option<String> = None;
        for hop in items(input, "path")? {
            let hop = hop.as_str().unwrap_or_default();
            let version = hop.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').next());
            let receiver = hop.split("->").nth(1).map(str::trim);
            let (Some(version), Some(receiver)) = (version, receiver) else {
                return Err(format!("`{hop}` is no hop"));
            };
            via = Some(via_field::append(via.as_deref(), version, receiver));
        }
        return Ok(json!({ "via_at_origin": via }));
    }
    let via = text(input, "via")?;
    if input.get("combine").is_some() {
        let combined = via_field::combine(via, &texts(input, "combine")?, text(input, "as")?);
        return Ok(json!({ "via": combined }));
    }
    let name = ["self", "name", "receiver"].into_iter().find(|name| input[*name].is_string());
    let name = name.and_then(|name| input[name].as_str()).ok_or("input names no receiver")?;
    Ok(json!({ "loop": via_field::names(via, name) }))
}

pub(super) fn xff(vector: &Vector) -> Answer {
    let input = &vector.input;
    if !input["x_forwarded_for_addresses"].is_null() {
        let count = whole(input, "x_forwarded_for_addresses")? as usize;
        let received = vec!["192.0.2.1"; count].join(", ");
        return Ok(json!({ "status": if is_too_long(&received) { Some(463) } else { None } }));
    }
    let mode = match text(input, "mode")? {
        "append" => Mode::Append,
        "preserve" => Mode::Preserve,
        "remove" => Mode::Remove,
        other => return Err(format!("`{other}` is no mode")),
    };
    let name = if input["client_ip"].is_null() { "client" } else { "client_ip" };
    let client = text(input, name)?.parse().map_err(|_| format!("input.{name} is no address"))?;
    let port = ["port", "client_port"].into_iter().find_map(|name| input[name].as_u64());
    let client = client_text(client, port.map(|port| port as u16));
    Ok(json!({ "x-forwarded-for": forward(input["x-forwarded-for"].as_str(), mode, &client) }))
}
