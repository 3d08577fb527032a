// Sliders of the inspector: the same setting as the field above, by mouse and by keys, one step back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GROUP, click, designOf, drag } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const threshold = (design) => design.nodes[2].settings.policies[0].alarm.threshold;

test("a slider sets its field, by mouse and by keys, and each use is one step", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  const before = await designOf(page);
  assert.equal(threshold(before), 80);
  const field = page.locator("[id='field-policies[0].alarm.threshold']");
  const slider = page.locator(".field", { has: field }).locator(".field-slider");
  assert.equal(await slider.getAttribute("aria-valuetext"), "80 %");
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  const y = box.y + box.height / 2;
  await drag(page, { x: box.x + 8 + (box.width - 16) * 0.8, y }, { x: -(box.width - 16) * 0.3, y: 0 });
  const dragged = threshold(await designOf(page));
  assert.ok(Math.abs(dragged - 50) <= 2 && Number.isInteger(dragged), `${dragged}`);
  assert.equal(await field.inputValue(), String(dragged));
  await page.screenshot({ path: browser.artifact("slider") });
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  assert.deepEqual(await designOf(page), before, "a drag is one step");

  await slider.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  const pressed = await designOf(page);
  assert.equal(threshold(pressed), 83);
  const places = (design) => design.nodes.map(({ x, y }) => [x, y]);
  assert.deepEqual(places(pressed), places(before), "the keys moved the knob and nothing else");
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  assert.deepEqual(await designOf(page), before, "a burst of keys is one step");
});

test("rates slide by magnitude; what lies beyond is typed", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=templates]");
  await page.click("[data-item=single-server]");
  await page.waitForFunction(() => document.querySelectorAll(".card").length === 2);
  await click(page, "#node-1");
  const field = page.locator("[id='field-traffic.rate_per_s']");
  const slider = page.locator(".field", { has: field }).locator(".field-slider");
  await slider.focus();
  await page.keyboard.press("End");
  assert.equal(await field.inputValue(), "100000");
  await page.keyboard.press("Home");
  assert.equal(await field.inputValue(), "0");
  await field.fill("250000");
  await field.press("Tab");
  const { nodes } = await designOf(page);
  assert.equal(nodes[0].settings.traffic.rate_per_s, 250_000);
});
