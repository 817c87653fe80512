// Every engine plays every format that it can, from the beginning, the middle
// and the last segment, in the lowest and the highest quality and every audio
// track.

import { equal, holds, near } from './check.js';

export const combinations = {
  'm3u8-aapl-v3': ['hlsjs', 'shaka'],
  'm3u8-aapl': ['hlsjs', 'shaka'],
  'm3u8-cmaf': ['hlsjs', 'shaka'],
  'mpd-time-csf': ['shaka', 'dashjs'],
  'mpd-time-cmaf': ['shaka', 'dashjs'],
  '': ['dashjs'],
  'fmp4-v20': ['dashjs'],
};

const muxed = ['m3u8-aapl-v3']; // one audio track, inside the video segments

export function playbackCases(server, source) {
  const plays = Object.entries(combinations).flatMap(([format, engines]) => engines.map((engine) => [
    `${engine} plays ${format || 'fmp4'}`,
    (visit) => play(visit, server, source, format, engine),
  ]));
  return [...plays, ['shaka seeks back while it still fills the buffer', (visit) => back(visit, server, source)]];
}

async function play(visit, server, source, format, engine) {
  await visit.open(`${server.playerUrl}?url=${encodeURIComponent(server.url(format))}&engine=${engine}`);
  const state = await visit.playing();
  equal('engine', state.engine, engine);
  equal('format', state.format, format || 'fmp4');
  near('duration', state.duration, source.duration, 0.1);
  const heights = state.tracks.video.map((t) => t.height).sort((a, b) => a - b);
  equal('renditions', heights, source.heights);

  for (const height of [heights[0], heights.at(-1)]) await quality(visit, height);
  const others = muxed.includes(format) ? 1 : source.languages.length;
  const listed = state.tracks.audio.length; // a muxed track is listed by some engines
  holds(`audio tracks: got ${listed}, want ${others}`, listed === others || muxed.includes(format) && listed === 0);
  await audio(visit, await visit.state(), others);

  await seek(visit, source.duration / 2, 'the middle');
  await seek(visit, source.duration - 1, 'the last segment');
  const end = await visit.until('the end', (s) => s.ended);
  near('last position', end.position, source.duration, 0.15);
  equal('errors', end.errors, []);
  equal('refused requests', end.refused, []);
}

async function quality(visit, height) {
  const { tracks } = await visit.state();
  await visit.page.selectOption('#video-track', tracks.video.find((t) => t.height === height).id);
  await visit.until(`picture of ${height} lines`, (s) => s.height === height && !s.chosen.automatic);
  await visit.playing(`playback of ${height} lines`);
}

// audio chooses every track that does not play yet, and proves by the requests
// and the bytes decoded that another track is played.
async function audio(visit, { tracks, chosen }, count) {
  for (const track of tracks.audio.filter((t) => t.id !== chosen.audio).slice(0, count - 1)) {
    const before = names(visit.requests);
    await visit.page.selectOption('#audio-track', track.id);
    await visit.until(`audio track ${track.id}`, (s) => s.chosen.audio === track.id);
    await visit.playing(`playback with audio track ${track.id}`);
    const fresh = [...names(visit.requests)].filter((name) => !before.has(name));
    equal('new tracks requested', fresh.length, 1);
  }
  const decoded = () => visit.page.evaluate(() => document.querySelector('video').webkitAudioDecodedByteCount);
  const before = await decoded();
  await visit.playing('playback with sound');
  holds('no audio was decoded', await decoded() > before);
}

// names returns the stream names of the segments among URLs.
const names = (urls) => new Set(urls.map((url) => /Fragments\(([^=)]+)=/.exec(decodeURIComponent(url))?.[1]).filter(Boolean));

async function seek(visit, seconds, what) {
  await visit.seek(seconds);
  const from = await visit.until(`position at ${what}`, (s) => Math.abs(s.position - seconds) < 0.5);
  await visit.until(`playback from ${what}`, (s) => s.position > seconds + 0.3 && s.decoded > from.decoded);
}

// back seeks to the last segment and, as soon as that is done, to the second
// one, as somebody does who drags the slider. The event that makes Shaka look
// for gaps comes before the browser's own event of the seek.
async function back(visit, server, source) {
  await visit.open(`${server.playerUrl}?url=${encodeURIComponent(server.url('mpd-time-cmaf'))}&engine=shaka`);
  await visit.playing();
  for (let round = 0; round < 8; round++) {
    const reached = await visit.page.evaluate(async ([late, early]) => {
      const video = document.querySelector('video');
      const slider = document.querySelector('#seek');
      const to = (seconds) => {
        slider.value = seconds;
        slider.dispatchEvent(new Event('input'));
        return new Promise((resolve) => { video.addEventListener('seeked', resolve, { once: true }); });
      };
      await to(late);
      const done = to(early);
      video.dispatchEvent(new Event('waiting'));
      await done;
      return video.currentTime;
    }, [source.duration - 1, 3]);
    near('position', reached, 3, 0.5);
  }
}
