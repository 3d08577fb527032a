// The run, as a person sees it: the story plays in a web worker, a dead server is replaced, the same
// seed gives the same result, and a browser without a worker is told so.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openBrowser, projectRoot } from "./run-page.mjs";

const MAX = 6;
const SIXTY = 3;

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("the story scales out, in a worker, and tells why", async (t) => {
  const page = await browser.page(t);
  assert.equal(page.workers().length, 1, "the simulation has a worker");
  assert.equal(await clock(page), "12:00:00");
  await page.keyboard.press("Space");
  await status(page, "running");
  await page.selectOption(".run-speed", { index: SIXTY });
  // The alarm rings a minute or two after the crowd has come, at 12:05; a server boots in 90 s.
  await page.waitForFunction(() => document.querySelectorAll(".chip.in-service").length >= 3, null, {
    timeout: 60_000,
  });
  const log = await events(page);
  assert.match(log, /average CPU \d+ % > 80 % for 2 of 2 periods → ALARM/);
  assert.match(log, /\+1 server: desired capacity 2 → 3 because of the alarm/);
  assert.match(log, /i-3 passed its health check and is in service after 1 min/);
  await page.screenshot({ path: browser.artifact("run-scaled-out") });

  await page.click("[data-tab=run-tab-steps]");
  const done = page.locator("[data-step][data-done=true]");
  const steps = await done.evaluateAll((items) => items.map((item) => item.dataset.step));
  assert.deepEqual(steps.slice(0, 6), [1, 2, 3, 4, 5, 6].map((number) => `step-${number}`));
  await page.keyboard.press("Space");
  await page.screenshot({ path: browser.artifact("run-steps") });
});

test("the space bar pauses, and not while a button has the focus", async (t) => {
  const page = await browser.page(t);
  await page.keyboard.press("Space");
  await status(page, "running");
  await page.keyboard.press("Space");
  await status(page, "paused");
  const paused = await clock(page);
  await page.waitForTimeout(300);
  assert.equal(await clock(page), paused);
  // A focused button takes the space bar itself: one toggle, not two.
  await page.focus("[data-action=run-play-hint]");
  await page.keyboard.press("Space");
  await status(page, "running");
});

test("a killed server is replaced", async (t) => {
  const page = await browser.page(t);
  await skipMinutes(page, 1);
  await page.click("[data-action=run-crash-hint]");
  await page.waitForFunction(() => /i-\d+ died/.test(document.querySelector(".events")?.textContent));
  await skipMinutes(page, 3);
  const log = await events(page);
  assert.match(log, /i-3 launched/);
  assert.match(log, /i-3 passed its health check/);
  await page.click("[data-tab=run-tab-steps]");
  assert.equal(await page.getAttribute("[data-step=step-death]", "data-done"), "true");
  assert.equal(await page.locator(".chip.in-service").count(), 2);
});

test("a click on a server kills that one", async (t) => {
  const page = await browser.page(t);
  await skipMinutes(page, 1);
  const chip = page.locator(".chip.in-service").nth(1);
  const [name] = (await chip.locator("title").textContent()).match(/i-\d+/);
  await chip.click();
  await page.waitForFunction(
    (name) => document.querySelector(".events").textContent.includes(`${name} died`),
    name,
  );
  await skipMinutes(page, 3);
  assert.equal(await page.locator(".chip.in-service").count(), 2, "it was replaced");
});

test("a spike and the traffic slider raise the rate", async (t) => {
  const page = await browser.page(t);
  await page.locator(".run-traffic").fill("7");
  await page.click("[data-action=run-spike-hint]");
  await page.waitForFunction(() => document.querySelectorAll(".event").length >= 2);
  const log = await events(page);
  assert.match(log, /traffic set to ×2/);
  assert.match(log, /spike: traffic ×5 for 1 min/);
  await skipMinutes(page, 1);
  assert.ok((await total(page, "requests")) > 120 * 60 * 5, "ten times 120 a second, for a minute");
});

test("one seed gives one result, with pauses, again, and in the terminal", async (t) => {
  const page = await browser.page(t);
  // Not as fast as it can: it would be over before the pause.
  await page.selectOption(".run-speed", { index: SIXTY });
  await page.keyboard.press("Space");
  await status(page, "running");
  await page.keyboard.press("Space");
  await status(page, "paused");
  await skipMinutes(page, 2);
  await page.selectOption(".run-speed", { index: MAX });
  const paused = await finish(page);
  await page.click("[data-action=run-restart-hint]");
  await status(page, "idle");
  assert.equal(await finish(page), paused);
  await page.screenshot({ path: browser.artifact("run-result") });

  const cli = process.env.GOMUJUL_CLI_BIN;
  if (cli) {
    const story = fileURLToPath(new URL("examples/seven-steps.json", projectRoot));
    const options = { maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(cli, ["simulate", story, "--json"], options);
    assert.equal(JSON.parse(stdout).digest, paused, "native and browser");
  }

  await page.click("[data-action=run-restart-hint]");
  await status(page, "idle");
  await page.fill("#run-seed", "7");
  await page.keyboard.press("Enter");
  assert.notEqual(await finish(page), paused, "another seed");
  await page.fill("#run-seed", "seven");
  await page.keyboard.press("Enter");
  assert.match(await page.textContent(".run-seed-error"), /whole number/);
});

test("the result stands beside theory, says how sure it is and what it cost", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=templates]");
  await page.click("[data-item=single-server]");
  await page.waitForSelector("#node-3", { state: "detached" });
  await page.selectOption(".run-speed", { index: MAX });
  await finish(page);
  const part = async (name) => plain(await page.locator(`[data-part=${name}]`).innerText());
  assert.match(await part("theory-title"), /M\/M\/1, 80 % busy[\s\S]*✓ theory 50 ms, measured .*: agrees/);
  assert.match(await part("trust-title"), /± [\s\S]*✓ arrived = completed \+ failed \+ in flight[\s\S]*✓ .* in flight = /);
  assert.match(await part("bill-title"), /At this pace/);
  assert.doesNotMatch(await page.textContent("body"), /⟨/, "every word is there");
  await page.screenshot({ path: browser.artifact("run-theory") });

  await page.click("[data-action=run-restart-hint]");
  await page.click("[data-action=run-spike-hint]");
  await finish(page);
  assert.match(await part("theory-title"), /You stepped in/);
});

test("a design that changes during a run waits for a restart", async (t) => {
  const page = await browser.page(t);
  await skipMinutes(page, 1);
  await page.fill("#run-seed", "42");
  await page.keyboard.press("Enter");
  // The seed field restarts by itself; the undone change has to be asked for.
  await status(page, "idle");
  await skipMinutes(page, 1);
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  await page.click("[data-action=run-design-restart]");
  await status(page, "idle");
  assert.equal(await page.inputValue("#run-seed"), "1");
});

test("a broken design does not run, says so, and runs once it is mended", async (t) => {
  const page = await browser.page(t);
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.waitForSelector("[data-notice=run-blocked]:not([hidden])");
  assert.ok(await page.isDisabled("[data-action=run-play-hint]"));
  await page.keyboard.press("Control+z");
  await status(page, "idle");
  await skipMinutes(page, 1);
});

test("without a worker the page says so, and tries again", async (t) => {
  let blocked = true;
  const page = await browser.page(t, {
    prepare: (page) =>
      page.route(/sim_worker/, (route) => (blocked ? route.abort() : route.continue())),
    ready: "[data-notice=run-worker-failed]:not([hidden])",
    // The browser itself reports the blocked file.
    expectedErrors: [/ERR_FAILED/],
  });
  assert.equal(await page.locator(".card").count(), 3, "the design is there");
  await page.screenshot({ path: browser.artifact("run-no-worker") });
  blocked = false;
  await page.selectOption(".run-speed", { index: MAX });
  assert.match(await finish(page), /^[0-9a-f]{16}$/);
});

test("a worker that dies is replaced, and the design is safe", async (t) => {
  const page = await browser.page(t, { expectedErrors: [/on purpose/] });
  await skipMinutes(page, 1);
  const [worker] = page.workers();
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });
  await page.waitForSelector("[data-notice=run-crashed]:not([hidden])");
  await page.click("[data-action=run-play-hint]");
  await status(page, "running");
  assert.equal(page.workers().length, 1);
  assert.equal(await page.locator("#canvas [id^=node-]").count(), 3);
});

test("Korean, in the dark, in a narrow window", async (t) => {
  const page = await browser.page(t, { locale: "ko-KR", colorScheme: "dark" });
  await page.selectOption(".run-speed", { index: MAX });
  await page.keyboard.press("Space");
  await status(page, "finished");
  const log = await events(page);
  assert.match(log, /평균 CPU \d+ % > 80 %, 2개 기간 중 2개 위반 → ALARM/);
  assert.match(log, /서버 \+1대: 원하는 용량 2 → 3 원인: 경보/);
  assert.doesNotMatch(await page.textContent("body"), /⟨/, "every word is there");
  await page.screenshot({ path: browser.artifact("run-korean-dark") });
  await page.setViewportSize({ width: 700, height: 900 });
  await page.click("[data-tab=run-tab-events]");
  await page.screenshot({ path: browser.artifact("run-narrow") });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overflow, 0, "nothing is wider than the window");
});

/** Waits until the run does this. */
function status(page, name) {
  return page.waitForSelector(`.run-clock[data-status=run-status-${name}]`, { timeout: 60_000 });
}

/** Plays to the end and returns the result's digest. */
async function finish(page) {
  await page.click("[data-action=run-play-hint]");
  await status(page, "finished");
  await page.click("[data-tab=run-tab-result]");
  return page.textContent("[data-result=result-digest] code");
}

/** Simulates minutes one by one. */
async function skipMinutes(page, minutes) {
  for (let minute = 0; minute < minutes; minute += 1) {
    const before = await clock(page);
    await page.click("[data-action=run-step-hint]");
    await page.waitForFunction(
      (old) => document.querySelector(".run-clock-time").textContent !== old,
      before,
    );
    await status(page, "paused");
  }
}

async function clock(page) {
  return (await page.textContent(".run-clock-time")).trim();
}

/** The event log with ordinary spaces. */
async function events(page) {
  return plain(await page.locator(".events-list").textContent());
}

async function total(page, name) {
  const text = await page.textContent(`[data-total=run-total-${name}] dd`);
  return Number(text.replaceAll(",", ""));
}

function plain(text) {
  return text.replaceAll("\u202f", " ");
}
