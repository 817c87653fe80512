// The state of the page: one object that is replaced, never changed. Views
// read it when it was replaced; tests read it through window.manifold.

// What is known of what plays, before anything is.
const nothing = {
  failure: null, // of failure.js, while phase is failed

  position: 0, // seconds, as all times here
  duration: 0,
  buffered: [], // [start, end]
  ahead: 0, // buffered from the position on
  paused: true,
  ended: false,
  waiting: false,

  tracks: { video: [], audio: [], text: [] }, // of the engine, see engines.js
  chosen: { video: null, audio: null, text: null, automatic: true },
  width: 0, // of the picture on the screen
  height: 0,
  bandwidth: 0, // bit/s, as the engine estimates it
  decoded: 0, // frames
  dropped: 0,
};

let state = {
  phase: 'empty', // empty, loading, ready or failed
  address: null, // of address.js
  protocol: null, // hls, dash or smooth
  engine: null, // id in engines.js
  engineName: '', // with its version
  licenceServer: '', // URL that the user gave
  token: '', // shown to key servers
  errors: [], // every fatal failure since the URL was opened
  ...nothing,

  muted: false,
  volume: 1,

  requests: [], // the last ones, of requests.js, the oldest first
  requested: 0, // how many there were
  log: [], // {time, kind, text}, the oldest first
  notice: '', // one sentence for the status bar
};

let drawing = false;
const views = [];

export const get = () => state;

// set replaces the given fields and draws the views once before the next frame.
export function set(change) {
  state = { ...state, ...change };
  if (drawing) return;
  drawing = true;
  // Not requestAnimationFrame: a page in the background must go on keeping its state.
  queueMicrotask(() => {
    drawing = false;
    for (const view of views) view(state);
  });
}

// view adds a function of the state that draws a part of the page: at once,
// and again when one of the fields that it depends on was replaced.
export function view(fields, draw) {
  let drawn = state;
  draw(state);
  views.push((next) => {
    if (fields.every((field) => next[field] === drawn[field])) return;
    drawn = next;
    draw(next);
  });
}

// begin forgets what was played and says what comes.
export function begin(change) {
  set({ ...nothing, phase: 'loading', engine: null, engineName: '', errors: [], notice: '', ...change });
}

// notify shows one sentence in the status bar for a while.
export function notify(notice) {
  set({ notice });
  setTimeout(() => state.notice === notice && set({ notice: '' }), noticeTime);
}

const noticeTime = 8000; // ms
const logLength = 500;

// log adds a line to the event log. kind is info, warning or error.
export function log(text, kind = 'info') {
  set({ log: [...state.log, { time: new Date(), kind, text }].slice(-logLength) });
}

// snapshot is the state without what cannot be copied, for tests.
export function snapshot() {
  const { address, requests, log: lines, ...rest } = state;
  const current = rest.tracks.video.find((t) => t.id === rest.chosen.video);
  return structuredClone({
    ...rest,
    url: address?.text ?? '',
    format: address?.format?.id ?? '',
    quality: { ...rest.chosen, width: rest.width, height: rest.height, bitrate: current?.bitrate ?? 0 },
    refused: requests.filter((r) => r.status >= 400).map((r) => `${r.status} ${r.url}`),
    log: lines.map((l) => l.text),
  });
}
