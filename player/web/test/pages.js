// The pages themselves: index, switches, keyboard, errors, theme.

import { equal, holds, near } from './check.js';

export function pageCases(server, source) {
  const player = (format, engine = '') => `${server.playerUrl}?url=${encodeURIComponent(server.url(format))}&engine=${engine}`;
  const index = `${server.baseUrl}/`;

  const press = async (visit, ...keys) => {
    for (const key of keys) await visit.page.keyboard.press(key);
  };
  const shown = (visit, words) => visit.page.getByText(words).first().waitFor();

  return [
    ['index lists the asset with a link, a copy and a play button a format', async (visit) => {
      await visit.grant(['clipboard-read', 'clipboard-write']);
      await visit.open(index);
      await shown(visit, server.asset.name);
      await shown(visit, server.asset.locators[0].id);
      const links = await visit.page.locator('.urls a.url').evaluateAll((all) => all.map((a) => a.href));
      const readable = links.map((link) => decodeURI(link)); // html/template writes parentheses as %28 and %29
      for (const path of server.paths) holds(`${path} is not linked`, readable.includes(server.baseUrl + path));
      for (const link of links) equal(`status of ${link}`, (await visit.page.request.head(link)).status(), 200);
      await visit.page.locator('.urls button').first().click();
      await shown(visit, 'Copied');
      const copied = await visit.page.evaluate(() => navigator.clipboard.readText());
      equal('copied', copied, readable[0]);
      await visit.page.locator('.urls').getByText('Play', { exact: true }).first().click();
      await visit.playing('playback from the index');
    }],

    ['index works without scripts', async (visit) => {
      const page = await visit.without({ javaScriptEnabled: false });
      await page.goto(index);
      const plays = await page.locator('.urls a', { hasText: 'Play' }).evaluateAll((all) => all.map((a) => new URL(a.href).searchParams.get('url')));
      equal('play links', [...plays].sort(), [...server.paths].sort());
      equal('copy buttons in sight', await page.locator('button:visible').count(), 0);
    }],

    ['another format keeps the position', async (visit) => {
      await visit.open(player('m3u8-aapl'));
      await visit.playing();
      const middle = source.duration / 2;
      await visit.seek(middle);
      await visit.until('the middle', (s) => s.position > middle);
      for (const [label, format, engine] of [['DASH CMAF', 'mpd-time-cmaf', 'shaka'], ['Smooth 2.2', 'fmp4', 'dashjs'], ['HLS V3', 'm3u8-aapl-v3', 'hlsjs']]) {
        const { position } = await visit.state();
        await visit.page.getByRole('button', { name: label, exact: true }).click();
        await visit.until(label, (s) => s.format === format && s.phase === 'ready');
        const state = await visit.playing(label);
        equal('engine', state.engine, engine);
        near('position', state.position, position, 3);
        const address = new URL(visit.page.url()).searchParams;
        equal('engine in the address', address.get('engine'), engine);
        equal('url in the address', address.get('url'), server.url(format === 'fmp4' ? '' : format));
      }
    }],

    ['another engine keeps the position, the address can be shared', async (visit) => {
      await visit.open(player('mpd-time-csf'));
      equal('first engine', (await visit.playing()).engine, 'shaka');
      await press(visit, 'l');
      const { position } = await visit.until('10 seconds on', (s) => s.position > 10);
      await visit.page.getByRole('button', { name: 'dash.js' }).click();
      await visit.until('dash.js', (s) => s.engine === 'dashjs');
      near('position', (await visit.playing()).position, position, 3);
      await visit.page.reload();
      const state = await visit.playing('playback after a reload');
      equal('engine after a reload', state.engine, 'dashjs');
      equal('format after a reload', state.format, 'mpd-time-csf');
    }],

    ['an engine that cannot play the format is disabled and says why', async (visit) => {
      await visit.open(player(''));
      await visit.playing();
      const shaka = visit.page.getByRole('button', { name: 'Shaka' });
      equal('disabled', await shaka.getAttribute('aria-disabled'), 'true');
      await shaka.click({ force: true });
      await shown(visit, 'Shaka Player 5 has no Smooth Streaming parser');
      equal('engine', (await visit.state()).engine, 'dashjs');
    }],

    ['a URL without a locator shows the words of the origin', async (visit) => {
      visit.allow.refusals = true;
      await visit.open(`${server.playerUrl}?url=/no-such-locator/x.ism/manifest(format=m3u8-cmaf)`);
      const { failure } = await visit.until('failure', (s) => s.phase === 'failed');
      equal('status', failure.status, 404);
      holds(`no code of the origin in ${failure.origin}`, failure.origin?.startsWith('MPE_'));
      await shown(visit, failure.origin);
      for (const line of failure.detail) await shown(visit, line);
      holds('no sentence of the origin', failure.detail.length > 0);
      await visit.page.getByRole('button', { name: 'HLS V4' }).click();
      await visit.until('another try', (s) => s.format === 'm3u8-aapl' && s.phase === 'failed');
    }],

    ['a segment that the origin refuses is told with its code', async (visit) => {
      visit.allow.refusals = true;
      await visit.open(server.playerUrl);
      await visit.page.route(/Fragments\(video=\d+/, (route) => route.continue({ url: route.request().url().replace(/video=\d+/, 'video=7') }));
      await visit.page.locator('.start input').fill(server.url('mpd-time-cmaf'));
      await press(visit, 'Enter');
      const { failure } = await visit.until('failure', (s) => s.phase === 'failed');
      holds(`origin said ${failure.origin}`, /^MPE_EGRESS_TIMESTAMP_NOT_FOUND/.test(failure.origin));
      await shown(visit, 'The server refused a request: 404');
    }],

    ['what is no URL and what is no manifest is refused in words', async (visit) => {
      await visit.open(`${server.playerUrl}?url=javascript:alert(1)`);
      visit.allow.refusals = true;
      await visit.until('refusal', (s) => s.failure?.kind === 'address');
      await shown(visit, 'A player can open http and https URLs, not javascript:');
      await visit.page.locator('#url').fill('/healthz');
      await press(visit, 'Enter');
      await visit.until('refusal', (s) => s.failure?.kind === 'protocol');
      await shown(visit, 'This is no manifest that a player knows');
    }],

    ['playlists with other URLs play', async (visit) => {
      const master = await (await fetch(server.baseUrl + server.url('m3u8-cmaf'))).text();
      const level = master.split('\n').find((line) => line.startsWith('QualityLevels'));
      const path = server.url('m3u8-cmaf').replace(/manifest\(.*/, level);
      await visit.open(`${server.playerUrl}?url=${encodeURIComponent(`${path}.m3u8`)}`);
      equal('protocol', (await visit.playing()).protocol, 'hls');
      await visit.page.goto(`${server.playerUrl}?url=${encodeURIComponent(server.baseUrl + path)}&engine=shaka`);
      const state = await visit.playing('a playlist without an extension');
      equal('protocol', state.protocol, 'hls');
      equal('engine', state.engine, 'shaka');
      equal('formats enabled', await visit.page.locator('#formats [aria-disabled="false"]').count(), 0);
    }],

    ['without the bundle the page says how to make it', async (visit) => {
      visit.allow.refusals = true;
      await visit.open(server.playerUrl);
      await visit.page.route('**/vendor/hlsjs.js', (route) => route.continue({ url: `${server.playerUrl}vendor/absent.js` }));
      await visit.page.locator('.start input').fill(server.url('m3u8-cmaf'));
      await press(visit, 'Enter');
      await visit.until('failure', (s) => s.failure?.kind === 'bundle');
      await shown(visit, 'Run make in the source folder');
    }],

    ['at the end it can be played again, in every engine', async (visit) => {
      for (const [format, engine] of [['m3u8-cmaf', 'hlsjs'], ['mpd-time-cmaf', 'shaka'], ['', 'dashjs']]) {
        await (visit.page ? visit.page.goto(player(format, engine)) : visit.open(player(format, engine)));
        await visit.playing(engine);
        await visit.seek(source.duration - 0.7);
        await visit.until(`the end in ${engine}`, (s) => s.ended);
        await press(visit, 'Space');
        await visit.until(`${engine} at the beginning`, (s) => s.position < source.duration / 2 && !s.ended);
        await visit.playing(`${engine} again`);
      }
    }],

    ['the keyboard', async (visit) => {
      await visit.open(player('m3u8-cmaf'));
      await visit.playing();
      await press(visit, 'Space');
      const { position } = await visit.until('pause', (s) => s.paused);
      await press(visit, 'l');
      await visit.until('10 seconds on', (s) => Math.abs(s.position - position - 10) < 0.2);
      await press(visit, 'ArrowRight');
      await visit.until('5 seconds on', (s) => Math.abs(s.position - position - 15) < 0.2);
      await press(visit, 'j', 'ArrowLeft');
      await visit.until('15 seconds back', (s) => Math.abs(s.position - position) < 0.2);
      await press(visit, 'm');
      await visit.until('silence', (s) => s.muted);
      await press(visit, 'm', 'ArrowDown');
      await visit.until('sound, quieter', (s) => !s.muted && Math.abs(s.volume - 0.9) < 0.01);
      await press(visit, '?');
      await shown(visit, 'Next player engine');
      await press(visit, 'Escape', 'e');
      await visit.until('next engine, still paused', (s) => s.engine === 'shaka' && s.phase === 'ready' && s.paused);
      await press(visit, '2');
      const state = await visit.until('HLS V4', (s) => s.format === 'm3u8-aapl' && s.phase === 'ready');
      equal('engine', state.engine, 'shaka');
      near('position', (await visit.until('position', (s) => s.position > 0)).position, position, 1);
      await press(visit, 'k');
      await visit.playing('playback after k');
      await visit.page.getByRole('button', { name: 'HLS V3' }).click();
      await visit.playing('HLS V3');
      await press(visit, 'Space');
      await visit.until('pause by Space after a click', (s) => s.paused && s.format === 'm3u8-aapl-v3');
    }],

    ['the theme follows the system until one is chosen, and is remembered', async (visit) => {
      await visit.open(server.playerUrl);
      const background = () => visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [dark, light] = ['rgb(20, 23, 28)', 'rgb(243, 244, 247)'];
      await visit.page.emulateMedia({ colorScheme: 'dark' });
      equal('system, dark', await background(), dark);
      await visit.page.emulateMedia({ colorScheme: 'light' });
      equal('system, light', await background(), light);
      await visit.page.getByRole('button', { name: 'Dark' }).click();
      equal('dark chosen', await background(), dark);
      await visit.page.goto(index);
      equal('remembered on the index page', await background(), dark);
      await visit.page.getByRole('button', { name: 'System' }).click();
      equal('system again', await background(), light);
    }],

    ['URLs, curl lines, requests and events are in the drawer', async (visit) => {
      await visit.grant(['clipboard-read', 'clipboard-write']);
      await visit.open(player('m3u8-aapl-v3'));
      await visit.playing();
      const rows = visit.page.locator('#urls .row');
      const clear = server.paths.filter((p) => !p.includes('encryption='));
      equal('rows', await rows.count(), clear.length);
      const listed = await rows.locator('a').evaluateAll((all) => all.map((a) => new URL(a.href).pathname));
      equal('URLs', [...listed].sort(), clear.sort());
      await visit.page.locator('#copy-curl').click();
      await shown(visit, 'Copied curl');
      equal('curl', await visit.page.evaluate(() => navigator.clipboard.readText()), `curl -sS '${server.baseUrl}${server.url('m3u8-aapl-v3')}'`);
      await visit.page.getByRole('tab', { name: /Requests/ }).click();
      holds('no segment among the requests', await visit.page.locator('#requests .row', { hasText: 'Fragments(video=' }).count() > 0);
      await press(visit, 'ArrowRight');
      await shown(visit, /Loaded by hls\.js/);
    }],

    ['the other formats keep encryption and filters, and only what they know', async (visit) => {
      visit.allow.refusals = true;
      const base = server.url('').replace(/\/manifest$/, '');
      await visit.open(`${server.playerUrl}?url=${encodeURIComponent(`${base}/Manifest( Format=m3u8-aapl-V4, encryption=cbc,audio-only=false,filter=a;b).m3u8`)}`);
      await visit.until('an answer', (s) => s.phase === 'failed' || s.phase === 'ready');
      equal('format', (await visit.state()).format, 'm3u8-aapl');
      const listed = await visit.page.locator('#urls a').evaluateAll((all) => all.map((a) => a.textContent.replace(/.*\.ism/, '')));
      equal('URLs', listed, [
        '/manifest(format=m3u8-aapl-v3,encryption=cbc,audio-only=false,filter=a;b)',
        '/manifest(format=m3u8-aapl,encryption=cbc,audio-only=false,filter=a;b)',
        '/manifest(format=m3u8-cmaf,encryption=cbc,audio-only=false,filter=a;b)',
        '/manifest(format=mpd-time-csf,encryption=cbc,filter=a;b)',
        '/manifest(format=mpd-time-cmaf,encryption=cbc,filter=a;b)',
        '/manifest(encryption=cbc,filter=a;b)',
        '/manifest(format=fmp4-v20,encryption=cbc,filter=a;b)',
      ]);
    }],

    ['a browser that demands a click plays without sound and says so', async (visit) => {
      await visit.open(server.playerUrl);
      await visit.page.evaluate(() => {
        const { play } = HTMLMediaElement.prototype;
        HTMLMediaElement.prototype.play = function () {
          return this.muted ? play.call(this) : Promise.reject(new DOMException('no click yet', 'NotAllowedError'));
        };
      });
      await visit.page.locator('.start input').fill(server.url('m3u8-cmaf'));
      await press(visit, 'Enter');
      holds('not muted', (await visit.playing()).muted);
      await shown(visit, 'Muted, since this browser plays sound only after a click');
    }],

    ['nothing is cut off at 1280, 1920 and phone width', async (visit) => {
      await visit.open(player('m3u8-cmaf'));
      await visit.playing();
      for (const [width, height] of [[1280, 800], [1920, 1080], [390, 844]]) {
        await visit.page.setViewportSize({ width, height });
        equal(`cut off at ${width}`, await visit.page.evaluate(cutOff), []);
      }
      await visit.page.goto(index);
      equal('cut off on the index page', await visit.page.evaluate(cutOff), []);
    }],
  ];
}

// cutOff runs in the page: the page itself when it is wider than the window,
// and buttons, captions and figures whose text does not fit.
function cutOff() {
  const cut = [...document.querySelectorAll('button, .button, .caption, .label, dt, dd, h1, h2')]
    .filter((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1)
    .map((node) => node.textContent.trim());
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`page ${scrollWidth} > ${clientWidth}`, ...cut] : cut;
}
