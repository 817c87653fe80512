// Headless Chromium, and one visit of the player page in it.

import { chromium } from 'playwright-core';

const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required',
];
const waitLimit = 30_000; // ms
const pollEvery = 50; // ms

// launch starts a browser with a profile of its own. visit() opens a page in
// a context of its own.
export async function launch() {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  return {
    close: () => browser.close(),
    visit: async () => new Visit(await browser.newContext({ viewport: { width: 1280, height: 800 } })),
  };
}

class Visit {
  #context;
  page;
  requests = []; // URLs of all requests
  #complaints = [];
  #more = []; // contexts

  constructor(context) {
    this.#context = context;
    this.allow = { refusals: false };
  }

  // open goes to a URL. What scripts complain about and what the server
  // refuses is kept for complain.
  async open(url) {
    this.page = await this.#context.newPage();
    this.page.setDefaultTimeout(waitLimit);
    this.page.on('pageerror', (error) => this.#complaints.push(`script: ${error.message}`));
    this.page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) this.#complaints.push(`console: ${message.text()}`);
    });
    this.page.on('request', (request) => this.requests.push(request.url()));
    this.page.on('response', (answer) => {
      if (answer.status() >= 400 && !this.allow.refusals) this.#complaints.push(`${answer.status()} ${answer.url()}`);
    });
    await this.page.goto(url);
  }

  // complain throws when something went wrong unseen.
  complain() {
    if (this.#complaints.length) throw new Error(this.#complaints.join('\n'));
  }

  // state returns the state of the player, undefined while its page is on the way.
  state() {
    return this.page.evaluate(() => window.manifold?.state());
  }

  // until waits for a state of the player for which the condition holds.
  async until(what, condition) {
    const end = Date.now() + waitLimit;
    for (;;) {
      const state = await this.state();
      if (state && condition(state)) return state;
      if (state?.phase === 'failed' && !this.allow.refusals) throw new Error(`the player failed while waiting for ${what}`);
      if (Date.now() > end) throw new Error(`no ${what}`);
      await new Promise((resolve) => { setTimeout(resolve, pollEvery); });
    }
  }

  // playing waits until both the position and the decoded frames advance.
  async playing(what = 'playback') {
    const from = await this.until(`${what}: engine ready`, (s) => s.phase === 'ready' && s.duration > 0);
    return this.until(what, (s) => s.position > from.position + 0.3 && s.decoded > from.decoded + 3);
  }

  // without returns a page of a context that lacks something, scripts for instance.
  async without(options) {
    const context = await this.#context.browser().newContext(options);
    this.#more.push(context);
    return context.newPage();
  }

  // seek moves the slider under the picture.
  async seek(seconds) {
    await this.page.locator('#seek').evaluate((slider, value) => {
      slider.value = value;
      slider.dispatchEvent(new Event('input'));
    }, seconds);
  }

  grant(permissions) {
    return this.#context.grantPermissions(permissions);
  }

  async close() {
    for (const context of [...this.#more, this.#context]) await context.close();
  }
}
