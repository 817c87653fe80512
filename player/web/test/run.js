// The browser proof: both pages of a running server in headless Chromium.
//
//   MANIFOLD=path/of/the/program MANIFOLD_ASSET=folder/of/an/asset npm test [WORDS]
//
// With WORDS only the cases whose name contains them all are run.

import { launch } from './browser.js';
import { filterCases } from './filters.js';
import { pageCases } from './pages.js';
import { playbackCases } from './playback.js';
import { protectionCases } from './protection.js';
import { serve } from './server.js';
import { read } from './source.js';
import { textCases } from './text.js';

const workers = 2; // cases at once
const caseLimit = 90_000; // ms
const wholeLimit = 900_000; // ms; a machine with two free cores takes a third of it

const words = process.argv.slice(2);
const server = await serve(process.env.MANIFOLD, process.env.MANIFOLD_ASSET);
let failed = 0;
let passed = 0;
try {
  const source = await read(process.env.MANIFOLD_ASSET);
  const browser = await launch();
  try {
    await runAll(browser, [...playbackCases(server, source), ...filterCases(server, source), ...protectionCases(server, source), ...textCases(), ...pageCases(server, source)].filter(([name]) => words.every((w) => name.includes(w))));
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
}
if (passed + failed === 0) {
  console.log('FAIL no case was run');
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

async function runAll(browser, cases) {
  const end = Date.now() + wholeLimit;
  const worker = async () => {
    for (let next = cases.shift(); next; next = cases.shift()) await runOne(browser, next, end);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

async function runOne(browser, [name, test], end) {
  const begin = Date.now();
  const seconds = () => `(${((Date.now() - begin) / 1000).toFixed(1)} s)`;
  const limit = Math.min(caseLimit, end - begin);
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('took too long')), limit); });
  const visit = await browser.visit();
  try {
    await Promise.race([test(visit), late]);
    visit.complain();
    passed++;
    console.log(`ok ${name} ${seconds()}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name} ${seconds()}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}\n  ${JSON.stringify(await visit.state().catch(() => null))}`);
  } finally {
    clearTimeout(timer);
    await visit.close();
  }
}
