// What axe-core finds: in both languages and looks, with each panel and dialog open.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { GROUP, click } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** Fails with every rule that is broken, and where. */
async function check(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  // What fades in is not yet readable.
  await page.waitForTimeout(400);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.split("\n")[1]}`),
  );
  assert.deepEqual(found, [], where);
}

for (const [locale, colorScheme] of [
  ["en-US", "light"], ["en-US", "dark"], ["ko-KR", "light"], ["ko-KR", "dark"],
]) {
  test(`axe finds nothing in ${locale}, ${colorScheme}`, async (t) => {
    const page = await browser.page(t, { locale, colorScheme });
    await check(page, "first open");
    await click(page, GROUP);
    await check(page, "a node's settings");
    await page.click("[data-mark=note]");
    await check(page, "a note");
    await page.click("[data-mark=region]");
    await check(page, "a box");
    for (const [open, dialog] of [
      ["[data-action=templates]", "#gallery"],
      ["[data-action=designs]", "#designs"],
      ["[data-action=action-share]", "#share"],
    ]) {
      await page.click(open);
      await page.waitForSelector(`${dialog}[open]`);
      await check(page, dialog);
      await page.keyboard.press("Escape");
      await page.waitForSelector(dialog, { state: "detached" });
    }
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#command-input");
    await check(page, "commands");
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 390, height: 800 });
    await check(page, "narrow");
    await page.screenshot({ path: browser.artifact(`access-narrow-${locale}-${colorScheme}`) });
  });
}
