// The state of the page: one object that is replaced, never changed. Views
// read it when it was replaced; tests read it through window.manifold.

const empty = {
  phase: 'empty', // empty, loading, ready or failed
  address: null, // of address.js
  protocol: null, // hls, dash or smooth
  engine: null, // id in engines.js
  engineName: '', // with its version
  failure: null, // of failure.js, while phase is failed
  errors: [], // every fatal failure since the URL was opened

  position: 0, // seconds, as all times here
  duration: 0,
  buffered: [], // [start, end]
  ahead: 0, // buffered from the position on
  paused: true,
  ended: false,
  waiting: false,
  muted: false,
  volume: 1,

  tracks: { video: [], audio: [], text: [] },
  chosen: { video: null, audio: null, text: null, automatic: true },
  width: 0, // of the picture on the screen
  height: 0,
  bandwidth: 0, // bit/s, as the engine estimates it
  decoded: 0, // frames
  dropped: 0,

  requests: [], // the last ones, of requests.js, the oldest first
  requested: 0, // how many there were
  log: [], // {time, kind, text}, the oldest first
  notice: '', // one sentence for the status bar
};

let state = empty;
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

// forget returns the fields of what is played to their beginning.
export const forget = () => {
  const { position, duration, buffered, ahead, ended, waiting, tracks, chosen, width, height, bandwidth, decoded, dropped, failure } = empty;
  return { position, duration, buffered, ahead, ended, waiting, tracks, chosen, width, height, bandwidth, decoded, dropped, failure };
};

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
