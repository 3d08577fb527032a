// Single requests and what is planned: why this server, where the time goes, definitions, the
// timeline, links that prove a run, a hidden and a frozen tab, a tour that plays by itself.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { designOf, drag, fragment, middle, openFile } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

const MAX = 6;

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("a balancer says why the next request goes where it goes", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-tab=run-tab-requests]");
  await skipMinute(page);
  await page.click("[data-action=explain]");
  const answer = plain(await page.locator(".why-answer").innerText());
  const [, server] = answer.match(/^12:01:00 · Request [\d,]+ of .+ would go from .+ to (.+ i-\d+)\./);
  const chosen = page.locator(".why-chosen");
  assert.equal(await chosen.count(), 1);
  assert.match(await chosen.innerText(), new RegExp(`${server}[^]*yes`));
  assert.match(await page.innerText(".why-rule"), /^Least outstanding requests|^Round robin/);
  // Whoever is told to be the least loaded is.
  const loads = await page.locator(".decision tbody tr").evaluateAll((rows) =>
    rows.map((row) => [row.className, Number(row.children[2].textContent)]),
  );
  assert.equal(loads.length, 2);
  // A dead server is out as soon as its health checks have failed, and the reason is there.
  await page.click("[data-action=run-crash-hint]");
  await skipMinute(page);
  await page.click("[data-action=explain]");
  await page.waitForFunction(() => /12:02:00/.test(document.querySelector(".why-answer")?.textContent));
  await page.screenshot({ path: browser.artifact("requests-why") });
  assert.equal(await page.locator(".why-chosen").count(), 1);
});

test("requests are shown by percentile, as a waterfall and a table", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-tab=run-tab-requests]");
  await page.click("[data-action=trace-p99]");
  assert.match(await page.innerText(".trace-missing"), /No request that is followed has ended/);
  await skipMinute(page);
  const took = [];
  for (const choice of ["p50", "p95", "p99", "slowest"]) {
    await page.click(`[data-action=trace-${choice}]`);
    await page.waitForSelector(`[data-action=trace-${choice}][aria-pressed=true]`);
    const [, number, unit] = plain(await page.innerText(".trace-summary")).match(
      /answered after ([\d.,]+) (ms|s)$/,
    );
    took.push(Number(number.replaceAll(",", "")) * (unit === "s" ? 1000 : 1));
  }
  assert.deepEqual(took, [...took].sort((a, b) => a - b), "percentiles grow");
  const rows = page.locator(".waterfall tbody tr");
  const spans = await rows.evaluateAll((rows) =>
    rows.map((row) => [row.dataset.activity, row.children[3].textContent]),
  );
  assert.ok(spans.some(([activity]) => activity === "activity-service"), JSON.stringify(spans));
  // The bars lie within the axis, one after the other.
  const boxes = await page.locator(".waterfall-bar").evaluateAll((bars) =>
    bars.map((bar) => [bar.offsetLeft, bar.offsetLeft + bar.offsetWidth, bar.parentElement.clientWidth]),
  );
  assert.ok(boxes.every(([left, right, width]) => left >= 0 && right <= width + 1), JSON.stringify(boxes));
  await page.screenshot({ path: browser.artifact("requests-trace") });

  await page.click("[data-action=trace-next]");
  assert.match(await page.innerText(".trace-missing"), /Run the simulation on/);
  await page.click("[data-action=run-play-hint]");
  await page.waitForSelector(".trace .decision", { timeout: 20_000 });
  const [service] = await page
    .locator(".waterfall tr[data-activity=activity-service] td:nth-child(2)")
    .allInnerTexts();
  assert.match(await page.innerText(".trace .why-answer"), new RegExp(`to ${service}\\.`));
});

test("a run that is traced is the same run", async (t) => {
  const plainly = await browser.page(t);
  const expected = await digest(plainly);
  const page = await browser.page(t, { locale: "ko-KR" });
  await page.click("[data-tab=run-tab-requests]");
  assert.equal(await digest(page), expected);
  await page.click("[data-tab=run-tab-requests]");
  await page.click("[data-action=trace-slowest]");
  await page.waitForSelector(".trace");
  assert.doesNotMatch(await page.textContent("body"), /⟨/, "every word is there");
  await page.screenshot({ path: browser.artifact("requests-ko") });
});

test("terms are defined on hover and by keyboard", async (t) => {
  const page = await browser.page(t);
  const word = page.locator("[data-total=run-total-p99] .term-word");
  const text = page.locator("[data-total=run-total-p99] .term-text");
  assert.equal(await text.isVisible(), false);
  await word.hover();
  assert.match(await text.innerText(), /99th percentile/);
  await page.mouse.move(5, 5);
  assert.equal(await text.isVisible(), false);
  await word.focus();
  assert.equal(await text.isVisible(), true);
  const box = await text.boundingBox();
  assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 800);
  assert.equal(await word.getAttribute("aria-describedby"), await text.getAttribute("id"));
  await page.screenshot({ path: browser.artifact("requests-term") });
  await page.keyboard.press("Escape");
  assert.equal(await text.isVisible(), false);
  // Each chart says what it shows.
  assert.equal(await page.locator(".chart h2 .term-word").count(), 7);
});

test("what is planned is added, moved by mouse and keys, removed, and undone", async (t) => {
  const page = await browser.page(t);
  assert.match(await page.innerText(".timeline-empty"), /Nothing is planned/);
  assert.match(await page.getAttribute(".timeline-traffic path", "d"), /^M0 100 L.* Z$/, "the traffic behind it");
  await page.click(".timeline-add");
  await page.getByRole("menuitem", { name: /Crash/ }).click();
  const entry = page.locator(".timeline-entry");
  await entry.waitFor();
  const at = async () => Number(await entry.getAttribute("aria-valuenow"));
  const duration = Number(await entry.getAttribute("aria-valuemax"));
  assert.equal(await at(), Math.round(duration / 2), "in the middle of a run that has not begun");
  await entry.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  const moved = await at();
  assert.ok(moved < duration / 2);
  assert.match(await entry.getAttribute("aria-valuetext"), /^at \d\d:\d\d:\d\d/);
  const track = await page.locator(".timeline-track").boundingBox();
  await drag(page, await middle(page, ".timeline-entry"), { x: track.width / 4, y: 0 });
  const dragged = await at();
  assert.ok(Math.abs(dragged - moved - duration / 4) < duration / 50, `${moved} ${dragged}`);
  const design = await designOf(page);
  assert.equal(design.run.faults[0].when.at_s, dragged);
  await page.screenshot({ path: browser.artifact("requests-timeline") });
  await page.keyboard.press("Control+z");
  assert.equal(await at(), moved, "a drag is one step");
  await entry.focus();
  await page.keyboard.press("Delete");
  assert.equal(await entry.count(), 0);
  assert.equal((await designOf(page)).run.faults?.length ?? 0, 0);
  await page.keyboard.press("Control+z");
  assert.equal(await entry.count(), 1);
  // The run does what is planned.
  await page.selectOption(".run-speed", { index: MAX });
  await page.click("[data-action=run-play-hint]");
  await status(page, "finished");
  assert.match(await page.locator(".events-list").innerText(), /died|Crash/);
});

test("a link proves a run", async (t) => {
  const page = await browser.page(t, { prepare: catchClipboard });
  await openFile(page, "short.json", JSON.stringify(shorter(await designOf(page))));
  await digest(page);
  assert.equal(await page.locator("[data-claim]").count(), 0, "nothing was claimed");
  await page.click("[data-action=claim-copy]");
  const link = await page.evaluate(() => window.copied);
  const { search, hash } = new URL(link);
  assert.match(search, /^\?run=\d+\.\d+\.[0-9a-f]{16}\.[0-9a-f]{16}$/);

  const again = await browser.page(t, { query: search, fragment: hash.slice(1) });
  await digest(again);
  assert.match(await again.innerText("[data-claim=claim-reproduced]"), /^✓ Reproduced/);
  await again.screenshot({ path: browser.artifact("requests-claim") });
  const end = search.at(-1) === "0" ? "1" : "0";
  const wrong = await browser.page(t, { query: search.slice(0, -1) + end, fragment: hash.slice(1) });
  await digest(wrong);
  assert.match(await wrong.innerText("[data-claim=claim-differs]"), /^✗ Not reproduced/);
  const older = search.replace(/=\d+\./, "=0.");
  const old = await browser.page(t, { query: older.slice(0, -1) + end, fragment: hash.slice(1) });
  await old.click("[data-action=run-crash-hint]");
  await digest(old);
  await old.waitForSelector("[data-claim=claim-other-run]");
});

test("nobody has stepped in until somebody does", async (t) => {
  const page = await browser.page(t);
  assert.equal(await page.locator(".run-kept").count(), 0);
  await skipMinute(page);
  assert.doesNotMatch(await page.textContent("body"), /stepped in 0/);
  await page.click("[data-action=run-crash-hint]");
  await page.waitForSelector(".run-kept");
});

test("in a hidden tab the run goes on, and the page catches up", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=run-play-hint]");
  await status(page, "running");
  const client = await page.context().newCDPSession(page);
  await hide(page, client, true);
  const before = await seconds(page);
  await page.waitForTimeout(3_000);
  await hide(page, client, false);
  await runsBeyond(page, before + 90);
  // 60 times as fast as life: three seconds are three minutes, and no more than the wall allows.
  const passed = (await seconds(page)) - before;
  assert.ok(passed > 90 && passed < 500, `${passed} s passed`);
  // Charts were not drawn meanwhile and are now.
  await page.waitForFunction(
    () => document.querySelector("[data-chart=chart-requests] .chart-plot canvas") !== null,
  );
  await page.click("[data-action=run-play-hint]");
  await status(page, "paused");
});

test("a tab that the browser freezes goes on without a jump", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=run-play-hint]");
  await status(page, "running");
  const client = await page.context().newCDPSession(page);
  const before = await seconds(page);
  const began = Date.now();
  // The browser's own freezer, as for a tab that was long in the background.
  await client.send("Page.setWebLifecycleState", { state: "frozen" });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await client.send("Page.setWebLifecycleState", { state: "active" });
  await runsBeyond(page, before + 20);
  // 60 times as fast as life, and no faster to make up for lost time.
  const passed = (await seconds(page)) - before;
  const most = (60 * (Date.now() - began)) / 1_000 + 60;
  assert.ok(passed <= most, `${passed} s passed, ${most} could`);
  await page.click("[data-action=run-play-hint]");
  await status(page, "paused");
});

test("in a frame the tour plays by itself", async (t) => {
  const page = await browser.page(t);
  const link = await fragment(page);
  const frame = await browser.page(t, { query: `?embed&tour&hide=dock#${link}`, ready: ".tour-caption" });
  const places = [];
  for (const stop of [1, 2, 3]) {
    await frame.waitForSelector(`.tour[data-stop=tour-${stop}]`, {
      state: "attached",
      timeout: 60_000,
    });
    places.push(await frame.innerText(".tour-place"));
  }
  assert.equal(new Set(places).size, 3);
  assert.equal(await frame.evaluate(() => document.activeElement.tagName), "BODY", "no focus is taken");
  await frame.screenshot({ path: browser.artifact("requests-tour") });
  await frame.click("[data-action=tour-end]");
  await frame.waitForSelector(".tour", { state: "detached" });
});

/** Hides the page's tab or shows it again, as far as scripts can tell. */
async function hide(page, client, hidden) {
  // A headless browser has no tabs that cover each other: the page is told.
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (hidden ? "hidden" : "visible"),
    });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await client.send("Emulation.setCPUThrottlingRate", { rate: hidden ? 4 : 1 });
}

/** Waits until the run's clock is past this second of its day. */
function runsBeyond(page, second) {
  return page.waitForFunction((second) => {
    const [h, m, s] = document.querySelector(".run-clock-time").textContent.split(":").map(Number);
    return (h * 60 + m) * 60 + s > second;
  }, second);
}

async function seconds(page) {
  const [h, m, s] = (await page.textContent(".run-clock-time")).split(":").map(Number);
  return (h * 60 + m) * 60 + s;
}

/** The design with a run of two minutes. */
function shorter(design) {
  const copy = structuredClone(design);
  Object.assign(copy.run, { duration_s: 120, warmup_s: 0 });
  return copy;
}

async function catchClipboard(page) {
  await page.addInitScript(() => {
    const write = async (text) => {
      window.copied = text;
    };
    Object.defineProperty(navigator, "clipboard", { value: { writeText: write } });
  });
}

async function skipMinute(page) {
  const before = await page.textContent(".run-clock-time");
  await page.click("[data-action=run-step-hint]");
  await page.waitForFunction(
    (old) => document.querySelector(".run-clock-time").textContent !== old,
    before,
  );
  await status(page, "paused");
}

/** Plays to the end and returns the result's digest. */
async function digest(page) {
  await page.selectOption(".run-speed", { index: MAX });
  await page.click("[data-action=run-play-hint]");
  await status(page, "finished");
  await page.click("[data-tab=run-tab-result]");
  return page.textContent("[data-result=result-digest] code");
}

function status(page, name) {
  return page.waitForSelector(`.run-clock[data-status=run-status-${name}]`, { timeout: 90_000 });
}

function plain(text) {
  return text.replaceAll("\u202f", " ");
}
