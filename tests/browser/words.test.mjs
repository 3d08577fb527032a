// The words of the page as Fluent's implementation for JavaScript reads them: the page uses that one,
// while native tests of the words use the one for Rust.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { FluentBundle, FluentNumber, FluentResource } from "@fluent/bundle";

const folder = new URL("../../www/locales/", import.meta.url);

/** Every file of a language in one text, as `cargo xtask build page` leaves them. */
function wordsOf(language) {
  const files = readdirSync(new URL(`${language}/`, folder)).sort();
  return files.map((file) => readFileSync(new URL(`${language}/${file}`, folder), "utf8")).join("\n");
}

for (const language of ["en", "ko"]) {
  test(`every message of ${language} is read and formatted`, () => {
    const words = wordsOf(language);
    const keys = [...words.matchAll(/^([a-z][\w-]*) *=/gm)].map(([, key]) => key);
    assert.ok(keys.length > 500, `${keys.length} messages`);
    const bundle = new FluentBundle(language, { useIsolating: false });
    assert.deepEqual(bundle.addResource(new FluentResource(words)), []);
    // Every placeholder has a value, first a text and then a number.
    const names = new Set([...words.matchAll(/\$([\w-]+)/g)].map(([, name]) => name));
    for (const value of ["many", new FluentNumber(1_234.5, { useGrouping: false, maximumFractionDigits: 15 })]) {
      const values = Object.fromEntries([...names].map((name) => [name, value]));
      for (const key of keys) {
        const pattern = bundle.getMessage(key)?.value;
        assert.ok(pattern, key);
        const errors = [];
        const text = bundle.formatPattern(pattern, values, errors);
        assert.deepEqual(errors, [], key);
        assert.ok(text.trim() !== "" && !/[{}]|1,234/.test(text), `${key}: ${text}`);
      }
    }
  });
}

test("one is another form than two", () => {
  const bundle = new FluentBundle("en", { useIsolating: false });
  bundle.addResource(new FluentResource(wordsOf("en")));
  const { value } = bundle.getMessage("notice-copied");
  const say = (count) => bundle.formatPattern(value, { count: new FluentNumber(count, {}) }, []);
  assert.match(say(1), /1 node\b/);
  assert.match(say(2), /2 nodes\b/);
});
