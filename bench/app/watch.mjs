// The page while a run goes on, in real Chromium without a GPU: frames with a hundred nodes, five
// thousand dots and all charts; the simulation's speed with and without somebody watching; memory.
//
//   node bench/app/watch.mjs [--seconds=20] [--minutes=0]
//
// Build the page first (`cargo xtask build page`). Distances between frames are those of this machine at
// this moment; the processor time of the page's thread says what a frame costs.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { designOf, openFile } from "../../tests/browser/editor-page.mjs";
import { openBrowser } from "../../tests/browser/run-page.mjs";
import { onPage } from "./page.mjs";

const option = (name, fallback) => {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found ? Number(found.slice(name.length + 3)) : fallback;
};
const MAX = 6;
const SIXTY = 3;
/** From noon to ten at night. */
const DAYTIME_S = 36_000;

const at = (list, share) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];

/** Thirty sources that all send to fifteen balancers: 450 links with more dots than there may be. */
export function crowded(story) {
  const [source, balancer, group] = story.nodes;
  const copy = { ...structuredClone(story), name: "Crowded", nodes: [], links: [] };
  const add = (like, name, x, y, settings) => {
    const node = structuredClone(like);
    Object.assign(node, { id: copy.nodes.length + 1, name, x, y });
    Object.assign(node.settings, settings);
    copy.nodes.push(node);
    return node.id;
  };
  const link = (from, to) => {
    const like = structuredClone(story.links[0]);
    copy.links.push({ ...like, id: copy.links.length + 1, from, to });
  };
  const grid = (i, left) => [left + Math.floor(i / 8) * 344, (i % 8) * 224];
  const traffic = { type: "constant", rate_per_s: 40 };
  const column = (count, like, name, left, settings) =>
    Array.from({ length: count }, (_, i) => add(like, `${name} ${i + 1}`, ...grid(i, left), settings));
  const sources = column(30, source, "Source", 0, { traffic });
  const balancers = column(15, balancer, "Balancer", 1_700, {});
  const groups = column(55, group, "Group", 2_600, {});
  for (const from of sources) for (const to of balancers) link(from, to);
  groups.forEach((to, i) => link(balancers[i % balancers.length], to));
  return copy;
}

/** The story with a thousand requests a second and thirty servers throughout. */
export function steady(story, duration_s) {
  Object.assign(story.run, { duration_s, warmup_s: 0 });
  story.nodes[0].settings.traffic = { type: "constant", rate_per_s: 1_000 };
  const fixed = { min_size: 30, desired_capacity: 30, max_size: 30, policies: [] };
  Object.assign(story.nodes[2].settings, fixed);
  return story;
}

/**
 * Distances between animation frames over some seconds; what each took until the first task after its
 * paint, as in-page.js measures gestures; and what the page's thread did meanwhile.
 */
async function frames(page, seconds) {
  const client = await page.context().newCDPSession(page);
  // Processor time of the page's thread: what neighbours on the machine take is not in it.
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const metrics = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const before = await metrics();
  const began = Date.now();
  const { gaps, work } = await page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        const [gaps, work] = [[], []];
        const channel = new MessageChannel();
        let last = performance.now();
        const end = last + ms;
        channel.port1.onmessage = () => work.push(performance.now() - last);
        const frame = () => {
          const now = performance.now();
          gaps.push(now - last);
          last = now;
          channel.port2.postMessage(null);
          if (now < end) requestAnimationFrame(frame);
          else resolve({ gaps, work });
        };
        requestAnimationFrame(frame);
      }),
    seconds * 1_000,
  );
  const after = await metrics();
  const wall = (Date.now() - began) / 1_000;
  await client.detach();
  const spent = (name) => after[name] - before[name];
  return { gaps, work, wall, spent };
}

/** Simulated seconds a wall second, in the middle of a run that is played to its end. */
async function watchedRate(page) {
  const now = () =>
    page.evaluate(() => {
      const [h, m, s] = document.querySelector(".run-clock-time").textContent.split(":").map(Number);
      return { wall: performance.now() / 1_000, simulated: (h * 60 + m) * 60 + s };
    });
  await page.selectOption(".run-speed", { index: MAX });
  await page.click("[data-action=run-play-hint]");
  await page.waitForTimeout(1_000);
  const from = await now();
  await page.waitForTimeout(3_000);
  const to = await now();
  await page.waitForSelector(".run-clock[data-status=run-status-finished]", { timeout: 600_000 });
  return (to.simulated - from.simulated) / (to.wall - from.wall);
}

/** The same of an experiment that nobody watches, over all of its runs. */
async function unwatchedRate(page, simulated, runs) {
  await page.click("[data-tab=run-tab-lab]");
  await page.check("[value=lab-repeat]");
  await page.fill("[data-lab=count]", String(runs));
  // Runs one after the other where there is one worker, else beside each other.
  const workers = await page.evaluate(() => Math.max(1, Math.min(8, navigator.hardwareConcurrency - 1)));
  const start = performance.now();
  await page.click("[data-action=lab-start]");
  await page.waitForSelector(".lab-progress[data-done=true]", { timeout: 600_000 });
  const seconds = (performance.now() - start) / 1_000;
  return (simulated * Math.ceil(runs / workers)) / seconds;
}

/** Resident memory of the browser's page processes, MB. */
async function residentMb(page) {
  const client = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await client.send("SystemInfo.getProcessInfo");
  const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const pages = pids.map((pid) => Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]));
  return pages.reduce((a, b) => a + b, 0) * 4_096 / 1e6;
}

const viewport = { width: 1440, height: 900 };

/** Frames with a hundred nodes, by what moves. */
async function crowd(browser, row, seconds) {
  await onPage(browser, { viewport }, async (page) => {
    const design = crowded(await designOf(page));
    await openFile(page, "crowded.json", JSON.stringify(design));
    await page.waitForFunction(() => document.querySelectorAll(".card").length === 100);
    await page.keyboard.press("Shift+1");
    await page.selectOption(".run-speed", { index: SIXTY });
    const tell = async (what) => {
      await page.waitForTimeout(4_000);
      const { gaps, work, wall, spent } = await frames(page, seconds);
      const p95 = at(work, 0.95);
      const often = `${(gaps.length / wall).toFixed(0)} a second, p95 of distances ${at(gaps, 0.95).toFixed(1)} ms`;
      row(`frames, ${what}`, often, undefined, undefined, "");
      row("  p95 of a frame's work", `${p95.toFixed(1)} ms`, p95, 16.7, "ms");
      const each = (name) => ((1_000 * spent(name)) / gaps.length).toFixed(1);
      const parts = [["script", "ScriptDuration"], ["style", "RecalcStyleDuration"], ["layout", "LayoutDuration"]];
      const told = parts.map(([word, name]) => `${word} ${each(name)}`).join(", ");
      const cpu = 1_000 * spent("TaskDuration") / gaps.length;
      row("  processor time of the thread a frame", `${cpu.toFixed(1)} ms (${told})`, cpu, 16.7, "ms");
      row("  share of one processor", `${((100 * spent("TaskDuration")) / wall).toFixed(0)} %`);
    };
    await tell("100 nodes, nothing runs");
    await page.click("[data-action=run-play-hint]");
    await tell("100 nodes, dots, seven charts");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await tell("the same, dots stand still");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    await page.click("[data-tab=run-tab-result]");
    await tell("the same with dots, no charts");
  });
}

/** The simulation's speed while somebody watches, of that while nobody does. */
async function speed(browser, row) {
  const ratios = [];
  const told = await onPage(browser, { viewport }, async (page) => {
    const story = steady(await designOf(page), DAYTIME_S);
    await openFile(page, "steady.json", JSON.stringify(story));
    await page.waitForFunction(() => /22:00/.test(document.querySelector(".run-clock-bar").title));
    const found = [];
    for (let round = 0; round < 3; round += 1) {
      await page.click("[data-tab=run-tab-charts]");
      const watched = await watchedRate(page);
      const unwatched = await unwatchedRate(page, DAYTIME_S, 2);
      ratios.push(watched / unwatched);
      found.push(`${watched.toFixed(0)} of ${unwatched.toFixed(0)}`);
    }
    return found;
  });
  const ratio = at(ratios, 0.5);
  const figure = `${ratio.toFixed(2)} (${told.join(", ")} x)`;
  row("speed while watched, of that while not", figure, -ratio, -0.9, "at least");
}

/** Memory of the page's processes, minute by minute, while the story is played again and again. */
async function memory(browser, row, minutes) {
  await onPage(browser, { viewport }, async (page) => {
    await page.selectOption(".run-speed", { index: SIXTY });
    await page.click("[data-action=run-play-hint]");
    const told = [];
    for (let minute = 0; minute <= minutes; minute += 1) {
      told.push(await residentMb(page));
      if (minute < minutes) await page.waitForTimeout(60_000);
      // The story takes a minute at this speed: it is played again.
      const over = await page.locator(".run-clock[data-status=run-status-finished]").count();
      if (over > 0) await page.click("[data-action=run-play-hint]");
    }
    const growth = told.at(-1) - told[Math.min(2, told.length - 1)];
    row("memory by the minute", `${told.map((it) => it.toFixed(0)).join(" ")} MB`, growth, 20, "MB more");
  });
}

/** Every measurement; `row` prints one line. `minutes` 0 leaves memory out, `seconds` 0 the rest. */
export async function watch(browser, row, { seconds, minutes }) {
  if (seconds > 0) {
    await crowd(browser, row, seconds);
    await speed(browser, row);
  }
  if (minutes > 0) await memory(browser, row, minutes);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const browser = await openBrowser();
  const row = (what, figure, value, target, unit) => {
    const words = target === undefined ? "" : `${value <= target ? "within" : "MISSED"} ${Math.abs(target)} ${unit}`;
    console.log(`${what.padEnd(44)}${figure.padEnd(34)}${words}`);
  };
  await watch(browser, row, { seconds: option("seconds", 20), minutes: option("minutes", 0) });
  await browser.close();
}
