// The inspector's forms: every kind of scaling policy, what may be left out, and what each setting is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GROUP, click, designOf, fragment } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

const KINDS = ["target_tracking", "step", "simple", "scheduled", "predictive", "hpa"];

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("a target tracking policy is edited and travels in the link", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  const before = await fragment(page);
  await page.getByRole("button", { name: "Add a policy" }).click();
  await page.getByRole("menuitem", { name: /^Target tracking/ }).click();
  const card = page.locator(".cards-list > .item").nth(2);
  assert.match(await card.locator(".item-title").first().innerText(), /Target tracking: CPU at 50 %/);
  await card.getByLabel("Target", { exact: true }).fill("62.5");
  await card.getByLabel("Never scale in", { exact: true }).check();
  await card.getByLabel("Metric", { exact: true }).selectOption("request_count_per_target");
  await card.getByLabel("Instance warm-up", { exact: true }).fill("90");
  await card.getByLabel("Instance warm-up", { exact: true }).press("Tab");
  const wanted = {
    type: "target_tracking",
    metric: "request_count_per_target",
    target_value: 62.5,
    disable_scale_in: true,
    period_s: 60,
    dialect: "ec2_auto_scaling",
    estimated_instance_warmup_s: 90,
  };
  assert.deepEqual((await policies(page))[2], wanted);
  assert.match(await page.locator(".issues-none, .field.invalid").allInnerTexts().then(String), /^$/);

  await page.click("[data-action=action-share]");
  await page.waitForFunction((old) => location.hash.slice(1) !== old, before);
  await page.keyboard.press("Escape");
  const other = await browser.page(t);
  await other.goto(page.url());
  await other.locator(".toast", { hasText: "from the link" }).waitFor();
  assert.deepEqual((await policies(other))[2], wanted);

  await card.getByLabel("Instance warm-up", { exact: true }).fill("");
  await card.getByLabel("Period", { exact: true }).fill("45");
  const error = card.locator(".field-error");
  assert.match(await error.innerText(), /no period of 45 s/);
  assert.equal((await policies(page))[2].estimated_instance_warmup_s, undefined);
});

test("a policy becomes another kind, in both languages", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  const card = page.locator(".cards-list > .item").first();
  for (const language of ["en", "ko"]) {
    await page.waitForSelector(`html[lang=${language}]`);
    for (const kind of KINDS) {
      await card.locator("select").first().selectOption(kind);
      assert.equal((await policies(page))[0].type, kind);
      assert.doesNotMatch(await page.locator("#inspector").innerText(), /⟨/, `${kind}: missing words`);
      await card.scrollIntoViewIfNeeded();
      await page.screenshot({ path: browser.artifact(`settings-${kind}-${language}`) });
    }
    await page.click("#language");
  }
  await page.locator("#canvas").focus();
  for (let steps = 0; steps < 2 * KINDS.length; steps += 1) await page.keyboard.press("Control+z");
  assert.equal((await policies(page))[0].type, "step", "each kind was a step of undo");
});

test("a schedule that never comes says so, in Korean with the values", async (t) => {
  const page = await browser.page(t, { locale: "ko-KR" });
  await click(page, GROUP);
  const card = page.locator(".cards-list > .item").first();
  await card.locator("select").first().selectOption("scheduled");
  const recurrence = card.getByLabel("반복(cron)", { exact: true });
  for (const [typed, reason] of [
    ["0 0 30 2 *", /“0 0 30 2 \*”은\(는\) 오지 않습니다/],
    ["0 25 * * *", /시 항목이 “25”입니다. 0~23/],
    ["0 9 * *", /항목이 4개입니다/],
  ]) {
    await recurrence.fill(typed);
    assert.match(await card.locator(".field-error").first().innerText(), reason);
  }
  await recurrence.fill("0 9 * * 1-5");
  assert.equal(await card.locator(".field-error").count(), 0);
});

test("every setting explains itself to the pointer and to the keyboard", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  const mark = page.getByRole("button", { name: "What is “Minimum”?" });
  const help = page.locator("#field-min_size-help");
  assert.ok(!(await help.isVisible()));
  await mark.focus();
  assert.match(await help.innerText(), /MinSize/);
  await page.screenshot({ path: browser.artifact("settings-help") });
  const inside = await page.evaluate(() => {
    const text = document.querySelector("#field-min_size-help").getBoundingClientRect();
    const panel = document.querySelector("#inspector").getBoundingClientRect();
    return text.left >= panel.left && text.right <= panel.right;
  });
  assert.ok(inside, "the help lies inside of the panel");
  const described = await page.locator("#inspector input, #inspector select").evaluateAll((inputs) =>
    inputs.filter((input) => input.id.startsWith("field-")).map((input) => {
      const ids = (input.getAttribute("aria-describedby") ?? "").split(" ");
      const help = ids.map((id) => document.getElementById(id)).find((it) => it?.role === "tooltip");
      return [input.id, help?.textContent ?? ""];
    }),
  );
  assert.ok(described.length > 20, `${described.length} fields`);
  for (const [id, text] of described) assert.ok(text.length > 10, `${id} has no help`);
});

async function policies(page) {
  return (await designOf(page)).nodes[2].settings.policies;
}
