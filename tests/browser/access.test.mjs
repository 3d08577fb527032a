// What axe-core finds: in both languages and looks, with each panel and dialog open.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { BALANCER, GROUP, INTERNET, click } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** Notes every rule that is broken, and where. */
async function check(page, broken, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  // What fades in is not yet readable.
  await page.waitForTimeout(400);
  const { violations } = await page.evaluate(() => window.axe.run());
  for (const { id, nodes } of violations) {
    for (const { target, failureSummary } of nodes) {
      broken.push(`${where}: ${id}: ${target.join(" ")}: ${failureSummary.split("\n")[1]}`);
    }
  }
}

for (const [locale, colorScheme] of [
  ["en-US", "light"], ["en-US", "dark"], ["ko-KR", "light"], ["ko-KR", "dark"],
]) {
  test(`axe finds nothing in ${locale}, ${colorScheme}`, async (t) => {
    const page = await browser.page(t, { locale, colorScheme });
    const broken = [];
    const look = (where) => check(page, broken, where);
    await look("first open");
    for (const node of [INTERNET, BALANCER, GROUP]) {
      await click(page, node);
      await look(`settings of ${node}`);
    }
    // Every setting that a switch shows.
    for (let more = 0; more < 3; more++) {
      for (const off of await page.locator("#inspector [role=switch]:not(:checked)").all()) {
        await off.check({ timeout: 500 }).catch(() => {});
      }
    }
    await look("all settings of a group");
    await page.locator("#link-1").focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    await look("settings of a link");
    await page.click("[data-mark=note]");
    await look("a note");
    await page.click("[data-mark=region]");
    await look("a box");
    for (const [open, dialog] of [
      ["[data-action=templates]", "#gallery"],
      ["[data-action=designs]", "#designs"],
      ["[data-action=action-share]", "#share"],
    ]) {
      await page.click(open);
      await page.waitForSelector(`${dialog}[open]`);
      await look(dialog);
      await page.keyboard.press("Escape");
      await page.waitForSelector(dialog, { state: "detached" });
    }
    await page.locator("#canvas").focus();
    await page.keyboard.press("Shift+?");
    await page.getByRole("dialog").waitFor();
    await look("help");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#command-input");
    await look("commands");
    await page.keyboard.press("Escape");
    await page.click(".timeline-add");
    await page.click(".timeline [data-item=fault-crash]");
    await page.focus("[data-total=run-total-p99] .term-word");
    await look("a planned fault, a definition");
    await page.click("[data-tab=run-tab-requests]");
    await page.click("[data-action=run-step-hint]");
    await page.waitForSelector(".run-clock[data-status=run-status-paused]");
    await page.click("[data-action=explain]");
    await page.click("[data-action=trace-p99]");
    await page.waitForSelector(".waterfall-bar");
    await look("single requests");
    await click(page, BALANCER);
    await page.keyboard.press("Delete");
    await page.locator("#canvas").focus();
    await page.keyboard.press("Escape");
    await page.waitForSelector(".issues");
    await look("what is wrong with a design");
    await page.screenshot({ path: browser.artifact(`access-issues-${locale}-${colorScheme}`) });
    await page.setViewportSize({ width: 390, height: 800 });
    await look("narrow");
    await page.click(".sheet-handle");
    await look("narrow, settings open");
    await page.screenshot({ path: browser.artifact(`access-narrow-${locale}-${colorScheme}`) });
    assert.deepEqual(broken, []);
  });
}
