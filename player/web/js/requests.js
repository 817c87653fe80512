// The requests that the engines make, as the browser timed them. One observer
// serves all engines, since each of them fetches through the page.

import { get, set } from './state.js';

const kept = 300;

const kinds = [
  [/\/keyframes\(/i, 'key frame'],
  [/\/fragments\([^)]*=i[,)]/i, 'init'],
  [/\/fragments\(/i, 'segment'],
  [/\/manifest|\.m3u8|\.mpd|\.ismc?$/i, 'manifest'],
  [/\.(ts|m4s|cmf[vat]|mp4|m4[av]|aac|vtt)$/i, 'segment'],
];

export function observe() {
  const pages = new URL('.', location.href).href;
  const fetched = (e) => (e.initiatorType === 'fetch' || e.initiatorType === 'xmlhttprequest') && !e.name.startsWith(pages);
  new PerformanceObserver((list) => {
    const requests = list.getEntries().filter(fetched).map((e) => ({
      url: e.name,
      kind: kinds.find(([pattern]) => pattern.test(new URL(e.name).pathname))?.[1] ?? 'other',
      status: e.responseStatus, // 0 when the browser does not tell
      bytes: e.encodedBodySize,
      start: e.startTime, // ms, as the next two
      firstByte: e.responseStart ? e.responseStart - e.requestStart : 0,
      duration: e.duration,
    }));
    if (!requests.length) return;
    const before = get();
    set({ requested: before.requested + requests.length, requests: [...before.requests, ...requests].slice(-kept) });
  }).observe({ type: 'resource' });
}
