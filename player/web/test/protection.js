// Encrypted streams play in every engine that has the means, with the keys that
// the server gives, and fail visibly without them.

import { createServer } from 'node:http';
import { once } from 'node:events';

import { equal, holds, near } from './check.js';
import { serve } from './server.js';

// A content key policy that asks for a token.
const kind = (name) => ({ '@odata.type': `#Microsoft.Media.ContentKeyPolicy${name}` });
const viewers = {
  options: [{
    name: 'viewers',
    configuration: kind('ClearKeyConfiguration'),
    restriction: {
      ...kind('TokenRestriction'), issuer: 'urn:issuer', audience: 'urn:audience', restrictionTokenType: 'Jwt',
      primaryVerificationKey: { ...kind('SymmetricTokenKey'), keyValue: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=' },
    },
  }],
};

const combinations = [
  ['m3u8-aapl-v3', 'cbc', ['hlsjs', 'shaka']],
  ['m3u8-aapl', 'cbc', ['hlsjs', 'shaka']],
  ['m3u8-cmaf', 'cbc', ['hlsjs', 'shaka']],
  ['m3u8-aapl', 'cbcs-aapl', ['hlsjs']],
  ['m3u8-cmaf', 'cbcs-aapl', ['hlsjs', 'shaka']],
  ['m3u8-cmaf', 'cenc', ['hlsjs', 'shaka']],
  ['mpd-time-csf', 'cenc', ['shaka', 'dashjs']],
  ['mpd-time-cmaf', 'cenc', ['shaka', 'dashjs']],
  ['mpd-time-cmaf', 'cbcs-aapl', ['shaka', 'dashjs']],
];

export function protectionCases(server, source) {
  const url = (format, scheme) => server.paths.find((p) => p.endsWith(`(format=${format},encryption=${scheme})`));
  const page = (format, scheme, engine) => `${server.playerUrl}?url=${encodeURIComponent(url(format, scheme))}&engine=${engine}`;
  return [
    ...combinations.flatMap(([format, scheme, engines]) => engines.map((engine) => [
      `${engine} decrypts ${format} ${scheme}`,
      (visit) => play(visit, page(format, scheme, engine), source, engine),
    ])),

    ['a licence server of the user is asked, and one without keys is told of', async (visit) => {
      visit.allow.refusals = true;
      const asked = [];
      const licences = createServer((request, answer) => {
        asked.push(request.url);
        answer.writeHead(request.method === 'OPTIONS' ? 204 : 403, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' }).end();
      });
      licences.listen(0, '127.0.0.1');
      await once(licences, 'listening');
      try {
        for (const [format, engine] of [['m3u8-cmaf', 'hlsjs'], ['mpd-time-cmaf', 'shaka'], ['mpd-time-cmaf', 'dashjs']]) {
          await (visit.page ? visit.page.goto(page(format, 'cenc', engine)) : visit.open(page(format, 'cenc', engine)));
          await visit.playing(engine);
          const field = visit.page.locator('#licence-server');
          await field.fill(`http://127.0.0.1:${licences.address().port}/${engine}`);
          await field.press('Enter');
          const failed = await visit.until(`failure of ${engine}`, (s) => s.phase === 'failed');
          equal(`kind in ${engine}`, failed.failure.kind, 'keys');
          holds(`${engine} did not ask the licence server: ${asked}`, asked.includes(`/${engine}`));
        }
      } finally {
        licences.close();
      }
    }],

    ['keys are given for a token alone, in every engine', async (visit) => {
      visit.allow.refusals = true;
      const strict = await serve(process.env.MANIFOLD, process.env.MANIFOLD_ASSET, ['--key-policy', 'viewers'], { 'keypolicies/viewers.json': JSON.stringify(viewers) });
      try {
        const token = strict.token('viewers');
        for (const [format, scheme, engine] of [['m3u8-aapl', 'cbc', 'hlsjs'], ['m3u8-cmaf', 'cbcs-aapl', 'hlsjs'], ['m3u8-aapl', 'cbc', 'shaka'], ['mpd-time-csf', 'cenc', 'shaka'], ['mpd-time-cmaf', 'cbcs-aapl', 'dashjs']]) {
          const path = strict.paths.find((p) => p.endsWith(`(format=${format},encryption=${scheme})`));
          const without = `${strict.playerUrl}?url=${encodeURIComponent(path)}&engine=${engine}`;
          await (visit.page ? visit.page.goto(without) : visit.open(without));
          const failed = await visit.until(`failure of ${engine}`, (s) => s.phase === 'failed');
          holds(`${engine} fails with ${failed.failure.kind}`, ['keys', 'http'].includes(failed.failure.kind));
          const field = visit.page.locator('#token');
          await field.fill(`Bearer ${token}`);
          await field.press('Enter');
          await visit.playing(`${engine} with a token`);
          await visit.page.goto(`${without}&token=${token}`);
          await visit.playing(`${engine} with a token in the address of the page`);
        }
      } finally {
        await strict.stop();
      }
    }],

    ['encryption is switched in the page, and what cannot be says why', async (visit) => {
      await visit.open(page('m3u8-cmaf', 'cenc', 'hlsjs'));
      await visit.playing();
      const group = visit.page.locator('#encryptions');
      await group.getByRole('button', { name: 'CBCS' }).click();
      await visit.playing('CBCS');
      holds('URL', (await visit.state()).url.endsWith('(format=m3u8-cmaf,encryption=cbcs-aapl)'));
      await group.getByRole('button', { name: 'None' }).click();
      await visit.playing('in the clear');
      holds('URL', (await visit.state()).url.endsWith('(format=m3u8-cmaf)'));
      await group.getByRole('button', { name: 'PIFF' }).click({ force: true });
      await visit.page.getByText('PIFF is Smooth Streaming only.').filter({ visible: true }).first().waitFor();
    }],
  ];
}

async function play(visit, page, source, engine) {
  await visit.open(page);
  const state = await visit.playing();
  equal('engine', state.engine, engine);
  near('duration', state.duration, source.duration, 0.1);
  const heights = state.tracks.video.map((t) => t.height).sort((a, b) => a - b);
  equal('renditions', heights, source.heights);
  for (const height of [heights[0], heights.at(-1)]) {
    const { tracks } = await visit.state();
    await visit.page.selectOption('#video-track', tracks.video.find((t) => t.height === height).id);
    await visit.until(`picture of ${height} lines`, (s) => s.height === height);
    await visit.playing(`playback of ${height} lines`);
  }
  await visit.seek(source.duration - 2);
  const end = await visit.until('the end', (s) => s.ended);
  near('last position', end.position, source.duration, 0.15);
  equal('errors', end.errors, []);
  holds('no audio was decoded', await visit.page.evaluate(() => document.querySelector('video').webkitAudioDecodedByteCount) > 0);
}
