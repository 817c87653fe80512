// Every engine plays every format under a filter: the stretch of time and the
// renditions that it leaves, with sound, from its beginning to its end.

import { equal, holds, near } from './check.js';
import { combinations } from './playback.js';

const from = 8, to = 16; // s
const fragment = 2.1; // s, of audio a little more than two
const longest = { 'm3u8-aapl-v3': 3 * fragment, 'm3u8-aapl': 3 * fragment }; // segments

export function filterCases(server, source) {
  return Object.entries(combinations).flatMap(([format, engines]) => engines.map((engine) => [
    `${engine} plays ${format || 'fmp4'} under a filter`,
    (visit) => play(visit, server, source, format, engine),
  ]));
}

async function play(visit, server, source, format, engine) {
  const filter = `filter=@type:audio+type:video&bitrate:0-400000@time:${from}-${to}`;
  const whole = server.url(format);
  const url = whole.endsWith(')') ? whole.replace(/\)$/, `,${filter})`) : `${whole}(${filter})`;
  await visit.open(`${server.playerUrl}?url=${encodeURIComponent(url)}&engine=${engine}`);
  const state = await visit.playing();
  const heights = state.tracks.video.map((t) => t.height);
  holds(`renditions of ${heights} lines`, heights.length > 0 && heights.length < source.heights.length && heights.every((h) => source.heights.includes(h)));
  holds(`duration ${state.duration}`, state.duration >= to - from && state.duration <= to - from + 2 * (longest[format] ?? fragment));
  holds(`it begins at ${state.position}`, state.position < 1.5);
  holds('no audio was decoded', await visit.page.evaluate(() => document.querySelector('video').webkitAudioDecodedByteCount) > 0);
  await visit.seek(state.duration - 1);
  const end = await visit.until('the end', (s) => s.ended);
  near('last position', end.position, state.duration, 0.15);
  equal('errors', end.errors, []);
  equal('refused requests', end.refused, []);
}
