//! Reads the configuration from the variable `GOMUJUL_CONFIG`: a JSON text, or an object as
//! wrangler.toml writes it under `[vars]`.

use js_sys::{JSON, Reflect};
use shared::origins::EdgeConfig;
use wasm_bindgen::JsValue;
use worker::Env;

const VARIABLE: &str = "GOMUJUL_CONFIG";

/// The configuration; without the variable, the default, which has no origins.
///
/// # Errors
///
/// What is wrong with it, for the operator.
pub(crate) fn read(env: &Env) -> Result<EdgeConfig, String> {
    let named = |message: String| format!("{VARIABLE}: {message}");
    let value = Reflect::get(env, &VARIABLE.into())
        .map_err(|_| named("the variable cannot be read".to_owned()))?;
    if value.is_undefined() || value.is_null() {
        return Ok(EdgeConfig::default());
    }
    let text = match value.as_string() {
        Some(text) if text.trim().is_empty() => return Ok(EdgeConfig::default()),
        Some(text) => text,
        None => JSON::stringify(&value)
            .map_err(|_| named("the variable is neither a text nor an object".to_owned()))?
            .into(),
    };
    EdgeConfig::from_json(&text).map_err(|error| named(error.to_string()))
}

/// A binding that is an object, unless it is missing.
pub(crate) fn binding(env: &Env, name: &str) -> Option<JsValue> {
    Reflect::get(env, &name.into()).ok().filter(JsValue::is_object)
}

/// A secret, unless it is missing or empty.
pub(crate) fn secret(env: &Env, name: &str) -> Option<String> {
    let value = Reflect::get(env, &name.into()).ok()?.as_string()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
