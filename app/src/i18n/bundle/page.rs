//! Fluent for the page: `@fluent/bundle` 0.19, loaded by `www/index.html`.

use crate::i18n::{Arg, Locale};
use crate::shell::object;
use js_sys::{Array, Object};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = FluentBundle, js_name = FluentBundle)]
    type JsBundle;

    #[wasm_bindgen(constructor, catch, js_namespace = FluentBundle, js_class = "FluentBundle")]
    fn new(language: &str, options: &JsValue) -> Result<JsBundle, JsValue>;

    #[wasm_bindgen(method, js_class = "FluentBundle", js_name = addResource)]
    fn add_resource(this: &JsBundle, resource: &Resource) -> Array;

    /// Its `value` is what `format_pattern` takes, or null.
    #[wasm_bindgen(method, js_class = "FluentBundle", js_name = getMessage)]
    fn get_message(this: &JsBundle, key: &str) -> Option<Message>;

    /// What goes wrong is added to `errors`.
    #[wasm_bindgen(method, js_class = "FluentBundle", js_name = formatPattern)]
    fn format_pattern(this: &JsBundle, pattern: &JsValue, args: &Object, errors: &Array) -> String;

    type Message;

    #[wasm_bindgen(method, getter)]
    fn value(this: &Message) -> JsValue;

    #[wasm_bindgen(js_namespace = FluentBundle, js_name = FluentResource)]
    type Resource;

    #[wasm_bindgen(constructor, catch, js_namespace = FluentBundle, js_class = "FluentResource")]
    fn new(source: &str) -> Result<Resource, JsValue>;

    #[wasm_bindgen(js_namespace = FluentBundle, js_name = FluentNumber)]
    type Number;

    #[wasm_bindgen(constructor, js_namespace = FluentBundle, js_class = "FluentNumber")]
    fn new(value: f64, options: &JsValue) -> Number;
}

/// The messages of one language.
pub(super) struct Bundle {
    /// None if the script is not there.
    fluent: Option<JsBundle>,
    /// How numbers are written: as they are. What wants units and separators comes from `units` as a
    /// text.
    plain: Object,
}

impl Bundle {
    pub(super) fn new(locale: Locale, source: &str) -> Self {
        // Both languages run from left to right, and the isolation marks would end up in links,
        // downloads and accessible names.
        let options = object([("useIsolating", false.into())]);
        let fluent = JsBundle::new(locale.tag(), &options).and_then(|bundle| {
            // A file with a mistake still yields its good messages; a test refuses the mistake.
            bundle.add_resource(&Resource::new(source)?);
            Ok(bundle)
        });
        let plain = object([("useGrouping", false.into()), ("maximumFractionDigits", 15.into())]);
        Self { fluent: fluent.ok(), plain }
    }

    /// The message `key` with `args` in its placeholders, if there is such a message.
    pub(super) fn format(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
        let fluent = self.fluent.as_ref()?;
        let pattern = fluent.get_message(key)?.value();
        // Most messages are plain text.
        if let Some(text) = pattern.as_string() {
            return Some(text);
        }
        let args = || object(args.iter().map(|(name, arg)| (*name, self.value(arg))));
        // Errors here are placeholders without a value; Fluent then writes the placeholder's name.
        (!pattern.is_null()).then(|| fluent.format_pattern(&pattern, &args(), &Array::new()))
    }

    fn value(&self, arg: &Arg<'_>) -> JsValue {
        match arg {
            Arg::Text(text) => JsValue::from_str(text),
            Arg::Number(number) => Number::new(*number, &self.plain).into(),
        }
    }
}
