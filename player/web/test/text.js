// Subtitles are seen in every engine, in each form that formats have of them.

import { link, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { equal, holds } from './check.js';
import { serve } from './server.js';

const combinations = [
  ['m3u8-aapl', ['hlsjs', 'shaka']],
  ['m3u8-cmaf', ['hlsjs', 'shaka']],
  ['mpd-time-csf', ['shaka', 'dashjs']],
  ['mpd-time-cmaf', ['shaka', 'dashjs']],
  ['', ['dashjs']],
];

const files = {
  'ladder.en.vtt': 'WEBVTT\n\n00:01.000 --> 00:09.000\nOne <i>picture</i>\n\n00:12.000 --> 00:20.000 line:10%\nAnother\n',
  'ladder.fr.srt': '1\n00:00:01,000 --> 00:00:09,000\nUne image\n\n2\n00:00:12,000 --> 00:00:20,000\nUne autre\n',
};

export function textCases() {
  return combinations.flatMap(([format, engines]) => engines.map((engine) => [
    `${engine} shows the text of ${format || 'fmp4'}`,
    (visit) => withTexts((server) => show(visit, server, format, engine)),
  ]));
}

// withTexts serves the asset of the tests with text files beside it.
async function withTexts(test) {
  const folder = await mkdtemp(join(tmpdir(), 'manifold-text-'));
  try {
    for (const name of await readdir(process.env.MANIFOLD_ASSET)) {
      if (!name.endsWith('.ism')) await copy(join(process.env.MANIFOLD_ASSET, name), join(folder, name));
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const server = await serve(process.env.MANIFOLD, folder);
    try {
      await test(server);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function copy(from, to) {
  try {
    await link(from, to);
  } catch { // another file system
    const { copyFile } = await import('node:fs/promises');
    await copyFile(from, to);
  }
}

async function show(visit, server, format, engine) {
  await visit.open(`${server.playerUrl}?url=${encodeURIComponent(server.url(format))}&engine=${engine}`);
  const { tracks } = await visit.playing();
  const languages = tracks.text.map((t) => t.language.slice(0, 2)).sort();
  equal('languages', languages, ['en', 'fr']);
  for (const [language, words] of [['en', ['One picture', 'Another']], ['fr', ['Une image', 'Une autre']]]) {
    await visit.page.selectOption('#text-track', tracks.text.find((t) => t.language.startsWith(language)).id);
    for (const [seconds, text] of [[4, words[0]], [15, words[1]]]) {
      await visit.seek(seconds);
      await seen(visit, text);
    }
  }
  const end = await visit.state();
  equal('errors', end.errors, []);
}

// seen waits until a text is on the picture: a cue that is shown by the browser,
// or drawn above the picture by the engine.
async function seen(visit, text) {
  const texts = () => visit.page.evaluate(() => {
    const video = document.querySelector('video');
    const cues = [...video.textTracks].filter((t) => t.mode === 'showing').flatMap((t) => [...(t.activeCues ?? [])].map((c) => c.text.replace(/<[^>]*>/g, '')));
    return [...cues, video.parentElement.textContent];
  });
  const end = Date.now() + 15_000;
  let last = [];
  while (Date.now() < end) {
    last = await texts();
    if (last.some((t) => t.replace(/\s+/g, ' ').includes(text))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  holds(`“${text}” is not seen: ${JSON.stringify(last)}`, false);
}
