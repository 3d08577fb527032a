// What there is to see and do while a run goes on: dots, charts and their files, the next event,
// the guided tour, experiments.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { designOf, fragment, openFile } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

const MAX = 6;

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("requests are dots on the links, and the legend says what a dot is", async (t) => {
  const page = await browser.page(t);
  assert.equal(await page.isHidden(".dots-legend"), true);
  assert.equal(await painted(page), 0);
  await page.keyboard.press("Space");
  await page.waitForFunction(() => /[\d.]+\s*k? requests/.test(document.querySelector(".dots-legend")?.textContent));
  await page.waitForTimeout(1_500);
  assert.ok((await painted(page)) > 100, "dots are painted");
  await page.screenshot({ path: browser.artifact("watch-dots") });
  // Paused, nothing moves.
  await page.keyboard.press("Space");
  await status(page, "paused");
  await page.waitForTimeout(300);
  const before = await picture(page);
  await page.waitForTimeout(400);
  assert.equal(await picture(page), before);
});

test("without motion the dots stand still", async (t) => {
  const page = await browser.page(t, {
    prepare: (page) => page.emulateMedia({ reducedMotion: "reduce" }),
  });
  await page.keyboard.press("Space");
  await page.waitForTimeout(2_000);
  assert.ok((await painted(page)) > 50, "dots are painted");
});

test("the next event is an alarm, then a change of capacity", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=run-next-hint]");
  await status(page, "paused");
  const log = plain(await page.locator(".events-list").textContent());
  assert.match(log, /→ ALARM/);
  const now = await page.textContent(".run-clock-time");
  assert.match(now, /^12:0[5-9]:/);
});

test("every chart gives its numbers as CSV, JSON and a table", async (t) => {
  const page = await browser.page(t);
  await page.selectOption(".run-speed", { index: MAX });
  await page.keyboard.press("Space");
  await status(page, "finished");
  const charts = await page.locator(".chart").evaluateAll((all) => all.map((it) => it.dataset.chart));
  assert.equal(charts.length, 7);
  for (const chart of charts) {
    const figure = page.locator(`[data-chart=${chart}]`);
    await figure.scrollIntoViewIfNeeded();
    await figure.hover();
    const csv = await saved(page, figure.locator("[data-action=chart-csv]"));
    const lines = csv.trimEnd().split("\r\n");
    assert.equal(lines.length, 3_601, chart);
    assert.match(lines[0], /^time_s,clock,[a-z0-9_,]+$/);
    assert.equal(lines[1].split(",").length, lines[0].split(",").length);
    const json = JSON.parse(await saved(page, figure.locator("[data-action=chart-json]")));
    assert.equal(json.points.length, 3_600, chart);
    await figure.locator("[data-action=chart-table]").click();
    assert.ok((await figure.locator("tbody tr").count()) > 100, chart);
    await figure.locator("[data-action=chart-table]").click();
  }
});

test("a drag zooms all charts, a legend hides a line", async (t) => {
  const page = await browser.page(t);
  await page.selectOption(".run-speed", { index: MAX });
  await page.keyboard.press("Space");
  await status(page, "finished");
  const plot = page.locator("[data-chart=chart-requests] .u-over");
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width * 0.1, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await page.waitForSelector(".charts[data-zoomed=true]");
  await page.screenshot({ path: browser.artifact("watch-zoom") });
  await page.click("[data-action=charts-whole]");
  await page.waitForSelector(".charts[data-zoomed=false]");
  const entry = page.locator("[data-chart=chart-latency] .chart-legend button").first();
  await entry.click();
  assert.equal(await entry.getAttribute("aria-pressed"), "false");
});

for (const [locale, words] of [
  ["en-US", [/come to the load balancer/, /one healthy server/, /crowd/, /ALARM/, /launches/, /health check/, /spread/]],
  ["ko-KR", [/로드 밸런서/, /정상 서버/, /몰렸/, /ALARM/, /시작/, /상태 확인/, /나뉘어/]],
]) {
  test(`the tour tells the story in seven captions (${locale})`, async (t) => {
    const page = await browser.page(t, { locale });
    await page.click("[data-action=run-tour-hint]");
    for (let stop = 1; stop <= 7; stop += 1) {
      await page.waitForSelector(`.tour[data-stop=tour-${stop}][data-reached=true] .tour-caption`, {
        timeout: 90_000,
      });
      await status(page, "paused");
      assert.match(await page.textContent(".tour-words"), words[stop - 1]);
      await page.screenshot({ path: browser.artifact(`tour-${locale}-${stop}`) });
      await page.click("[data-action=tour-next]");
    }
    await page.waitForSelector(".tour", { state: "detached" });
    await page.click("[data-tab=run-tab-steps]");
    const done = await page.locator("[data-step][data-done=true]").count();
    assert.ok(done >= 7, `${done} steps are ticked`);
    assert.doesNotMatch(await page.textContent("body"), /⟨/, "every word is there");
  });
}

test("an experiment finds least outstanding requests better than random, with one slow server", async (t) => {
  const page = await browser.page(t);
  const design = await designOf(page);
  await openFile(page, "slow.json", JSON.stringify(withSlowServer(design)));
  await page.waitForSelector("#node-4");
  await page.click("[data-tab=run-tab-lab]");
  await page.fill("[data-lab=field-0]", "policy.type");
  await page.fill("[data-lab=values-0]", "least_outstanding_requests");
  await page.fill("[data-lab=count]", "6");
  await page.click("[data-action=lab-start]");
  await page.waitForSelector(".lab-progress[data-done=true]", { timeout: 90_000 });
  assert.match(plain(await page.textContent("[data-lab=verdict]")), /^B is better: p99 −/);
  assert.equal(await page.getAttribute("[data-metric=mean_ms]", "data-verdict"), "lab-better");
  await page.screenshot({ path: browser.artifact("watch-compare") });
  const report = JSON.parse(await saved(page, page.locator("[data-action=lab-json]")));
  assert.equal(report.summaries[0].replications, 6);
  assert.equal(page.workers().length, 1, "the workers of the experiment are gone");
});

test("a sweep draws its figures, a bad field says what to write, cancel keeps what is done", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-tab=run-tab-lab]");
  await page.check("[value=lab-sweep]");
  await page.fill("[data-lab=field-0]", "speed");
  await page.fill("[data-lab=values-0]", "1,2");
  await page.click("[data-action=lab-start]");
  assert.match(await page.textContent(".lab-trouble"), /no setting “speed”/);
  await page.fill("[data-lab=field-0]", "cores");
  await page.fill("[data-lab=values-0]", "1,2,4");
  await page.fill("[data-lab=count]", "2");
  await page.click("[data-action=lab-start]");
  await page.waitForSelector(".lab-progress[data-done=true]", { timeout: 90_000 });
  assert.equal(await page.locator("[data-point]").count(), 3);
  assert.ok(await page.locator(".lab-plot canvas").isVisible());
  await page.screenshot({ path: browser.artifact("watch-sweep") });
  await page.fill("[data-lab=count]", "500");
  await page.click("[data-action=lab-start]");
  await page.waitForSelector("[data-action=lab-cancel]:not([hidden])");
  await page.waitForSelector("[data-point]");
  await page.click("[data-action=lab-cancel]");
  await page.waitForSelector("[data-action=lab-cancel]", { state: "hidden" });
  assert.ok((await page.locator("[data-point]").count()) > 0);
  assert.equal(page.workers().length, 1);
});

test("a system too large is simulated in parts, and the report says so", async (t) => {
  const page = await browser.page(t);
  const design = await designOf(page);
  Object.assign(design.run, { duration_s: 600, warmup_s: 60 });
  const [source, , group] = design.nodes;
  source.settings.traffic = { type: "constant", rate_per_s: 2_000 };
  Object.assign(group.settings, { policies: [], min_size: 100, desired_capacity: 100, max_size: 100 });
  await openFile(page, "large.json", JSON.stringify(design));
  await page.click("[data-tab=run-tab-lab]");
  await page.check("[value=lab-repeat]");
  await page.fill("[data-lab=count]", "2");
  await page.fill("[data-lab=scale]", "7");
  await page.click("[data-action=lab-start]");
  assert.match(await page.textContent(".lab-trouble"), /100, which is no multiple of 7/);
  await page.fill("[data-lab=scale]", "10");
  await page.click("[data-action=lab-start]");
  await page.waitForSelector(".lab-progress[data-done=true]", { timeout: 90_000 });
  assert.equal(await page.textContent(".lab-trouble"), "");
  assert.match(plain(await page.textContent("[data-lab=scaled]")), /^One part in 10 was simulated/);
  const report = JSON.parse(await saved(page, page.locator("[data-action=lab-json]")));
  const found = (metric) => report.summaries[0].estimates.find((it) => it.metric === metric).mean;
  assert.equal(report.summaries[0].scaled_by, 10);
  assert.ok(Math.abs(found("throughput_per_s") / 2_000 - 1) < 0.05, `${found("throughput_per_s")} a second`);
});

test("a shared run replays to the same digest", async (t) => {
  const page = await browser.page(t);
  await page.selectOption(".run-speed", { index: MAX });
  const first = await digest(page);
  const link = await fragment(page);
  const other = await browser.page(t, { fragment: link, locale: "ko-KR" });
  await other.selectOption(".run-speed", { index: MAX });
  assert.equal(await digest(other), first);
});

/** The story without scaling, balanced at random, with a fourth server that is four times as slow. */
function withSlowServer(design) {
  const copy = structuredClone(design);
  Object.assign(copy.run, { duration_s: 600, warmup_s: 60 });
  const [source, balancer, group] = copy.nodes;
  source.settings.traffic = { type: "constant", rate_per_s: 80 };
  balancer.settings.policy = { type: "random" };
  const fixed = (size) => ({ policies: [], min_size: size, desired_capacity: size, max_size: size });
  Object.assign(group.settings, fixed(3));
  const slow = structuredClone(group);
  Object.assign(slow, { id: 4, name: "Slow server", y: group.y + 220 });
  Object.assign(slow.settings, fixed(1));
  slow.settings.service.mean_ms *= 4;
  copy.nodes.push(slow);
  copy.links.push({ ...copy.links.at(-1), id: 3, from: balancer.id, to: slow.id });
  return copy;
}

/** Pixels of the layer that are not empty. */
function painted(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector(".dots");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) count += 1;
    return count;
  });
}

function picture(page) {
  return page.evaluate(() => document.querySelector(".dots").toDataURL());
}

async function saved(page, button) {
  const download = page.waitForEvent("download");
  await button.click();
  return readFile(await (await download).path(), "utf8");
}

function status(page, name) {
  return page.waitForSelector(`.run-clock[data-status=run-status-${name}]`, { timeout: 60_000 });
}

async function digest(page) {
  await page.click("[data-action=run-play-hint]");
  await status(page, "finished");
  await page.click("[data-tab=run-tab-result]");
  return page.textContent("[data-result=result-digest] code");
}

function plain(text) {
  return text.replaceAll("\u202f", " ");
}
