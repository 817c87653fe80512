// What plays: opens a URL in an engine, keeps the position when the format or
// the engine changes, and samples both into the state four times a second.

import { fromPage, parse, toPage } from './address.js';
import { engineFor } from './engines.js';
import { bundleMissing, explain } from './failure.js';
import { keysOf } from './keys.js';
import { begin, get, log, notify, set } from './state.js';
import { audioLabel, clock, textLabel, videoLabel } from './words.js';

const sampling = 250; // ms
const endTolerance = 0.05; // seconds: dash.js pauses at the manifest's duration, media may last a frame longer

let video = null;
let engine = null; // of engines.js, while one is attached
let closing = Promise.resolve();
let turn = 0; // counts calls of open: an answer for an earlier one is dropped
let from = 0; // seconds, where playback begins once the engine has loaded
let stopped = false; // the user paused

// start takes the video element and opens what the page's address asks for.
export function start(element) {
  video = element;
  for (const type of ['timeupdate', 'durationchange', 'progress', 'play', 'pause', 'ended', 'seeked', 'volumechange', 'resize']) {
    video.addEventListener(type, sample);
  }
  video.addEventListener('waiting', () => set({ waiting: true }));
  video.addEventListener('playing', () => set({ waiting: false }));
  video.addEventListener('seeking', ({ isTrusted }) => { if (isTrusted) log(`Seek to ${clock(video.currentTime)}`); });
  setInterval(sample, sampling);
  const wanted = fromPage();
  set({ token: wanted.token });
  if (wanted.url) open(wanted.url, wanted.engine);
}

// open plays a URL, as text, in the wanted engine if it can.
export async function open(text, wanted = get().engine) {
  const mine = ++turn;
  const before = get();
  await close();
  if (mine !== turn) return;
  let address;
  try {
    address = parse(text);
  } catch (error) {
    begin({ address: null, protocol: null });
    return fail({ kind: 'address', fatal: true, code: '', text: '', advice: error.message }, mine);
  }
  const same = before.address?.asset === address.asset;
  from = same && !before.ended ? before.position || from : 0;
  stopped &&= same;
  begin({ address, protocol: address.protocol ?? null, position: from });
  toPage(address.text, wanted, get().token);

  const protocol = address.protocol ?? await discover(address.url, mine);
  if (mine !== turn || !protocol) return;
  const choice = engineFor(protocol, wanted);
  set({ protocol, engine: choice.id, engineName: choice.label });
  toPage(address.text, choice.id, get().token);
  log(`Open ${address.text}`);
  await load(choice, address, protocol, mine);
}

async function load(choice, address, protocol, mine) {
  let module;
  try {
    module = await choice.load();
  } catch (error) {
    return fail(await bundleMissing(choice, error), mine);
  }
  if (mine !== turn) return;
  set({ engineName: module.name });
  let loaded = false;
  const report = (failure) => (loaded || !failure.fatal) && fail(failure, mine); // load rejects with the fatal one
  const opened = new module.Engine(video, report);
  engine = opened;
  try {
    const { licenceServer: server, token } = get();
    const drm = { server, token, keys: server ? null : await keysOf(address, protocol, token) };
    if (mine !== turn) return;
    await opened.load(address.url, protocol, from, drm);
  } catch (failure) {
    return fail(failure, mine);
  }
  loaded = true;
  if (mine !== turn) return;
  log(`Loaded by ${module.name}`);
  set({ phase: 'ready' });
  sample();
  if (!stopped) play();
}

// close detaches the engine; it waits for an earlier one to finish.
function close() {
  const old = engine;
  engine = null;
  closing = closing.then(() => old?.close()).catch((error) => log(`The engine did not close: ${error?.message ?? error}`, 'warning'));
  return closing;
}

// discover asks for a manifest whose URL does not show its protocol, and
// returns the protocol or reports why there is none.
async function discover(url, mine) {
  const signs = [['#EXTM3U', 'hls'], ['<MPD', 'dash'], ['<SmoothStreamingMedia', 'smooth']];
  try {
    const answer = await fetch(url);
    if (answer.ok) {
      const text = await beginning(answer);
      const protocol = signs.find(([sign]) => text.includes(sign))?.[1];
      if (!protocol) await fail({ kind: 'protocol', fatal: true, code: '', text: answer.headers.get('Content-Type') ?? '', url }, mine);
      return protocol;
    }
    await fail({ kind: 'http', fatal: true, code: '', text: '', url, status: answer.status }, mine);
  } catch (error) {
    await fail({ kind: 'unreachable', fatal: true, code: '', text: error.message, url }, mine);
  }
}

// beginning returns the first piece of a body, whatever its size.
async function beginning(answer) {
  const reader = answer.body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value?.subarray(0, 4096));
}

// fail logs a failure, and shows it instead of the picture when it is fatal.
async function fail(failure, mine) {
  if (mine !== turn || failure.kind === 'interrupted') return;
  const known = failure instanceof Error ? { kind: 'internal', fatal: true, code: failure.name, text: failure.message } : failure;
  const explained = await explain(known);
  if (mine !== turn) return;
  const { title, code, text, origin } = explained;
  log([title, origin, code, text].filter(Boolean).join(' · '), explained.fatal ? 'error' : 'warning');
  if (!explained.fatal) return;
  set({ errors: [...get().errors, explained] });
  // The first failure is the cause; what follows it are consequences.
  if (get().phase === 'failed') return;
  set({ phase: 'failed', failure: explained, notice: '' });
  close();
}

// sample brings the state up to what the video element and the engine say.
function sample() {
  if (get().phase !== 'ready' || !engine) return;
  const before = get();
  const quality = video.getVideoPlaybackQuality();
  const buffered = Array.from({ length: video.buffered.length }, (_, i) => [video.buffered.start(i), video.buffered.end(i)]);
  const position = video.currentTime;
  const next = {
    position,
    duration: Number.isFinite(video.duration) ? video.duration : 0,
    ahead: Math.max(0, ...buffered.filter(([first, last]) => first <= position + 0.1 && last > position).map(([, last]) => last - position)),
    paused: video.paused,
    ended: video.ended || (video.paused && video.duration - position < endTolerance),
    muted: video.muted,
    volume: video.volume,
    width: video.videoWidth,
    height: video.videoHeight,
    decoded: quality.totalVideoFrames - quality.droppedVideoFrames,
    dropped: quality.droppedVideoFrames,
    bandwidth: engine.bandwidth() || 0,
    buffered: kept(before.buffered, buffered),
    tracks: kept(before.tracks, engine.tracks()),
    chosen: kept(before.chosen, engine.chosen()),
  };
  set(next);
  tell(before, next);
}

// kept returns the old value when the new one says the same, so that views
// which depend on it are not drawn again.
const kept = (old, value) => (JSON.stringify(old) === JSON.stringify(value) ? old : value);

// tell logs the end, and what the engine plays when it changed.
function tell(before, next) {
  if (next.ended && !before.ended) log('Played to the end');
  if (before.chosen === next.chosen) return;
  const labels = { video: videoLabel, audio: audioLabel, text: textLabel };
  for (const kind of Object.keys(labels)) {
    const track = next.tracks[kind].find((t) => t.id === next.chosen[kind]);
    if (track && before.chosen[kind] !== track.id) log(`${kind[0].toUpperCase()}${kind.slice(1)}: ${labels[kind](track)}`);
  }
}

// The actions of the controls and the keyboard.

export async function play() {
  stopped = false;
  try {
    await video.play();
  } catch (error) {
    if (error.name !== 'NotAllowedError' || video.muted) return;
    video.muted = true; // a browser that has not been clicked yet plays only silently
    notify('Muted, since this browser plays sound only after a click. Press M for sound.');
    await video.play().catch(() => {});
  }
}

export function toggle() {
  if (!video.paused) {
    stopped = true;
    video.pause();
  } else if (get().phase === 'ready') {
    if (get().ended) seek(0);
    play();
  }
}

export function seek(seconds) {
  if (get().phase === 'ready') engine?.seek(Math.min(Math.max(0, seconds), get().duration || 0));
}

export const skip = (seconds) => seek(video.currentTime + seconds);

export function setVolume(volume) {
  video.volume = Math.min(Math.max(0, volume), 1);
  video.muted = video.volume === 0;
}

export function mute() {
  video.muted = !video.muted;
}

export function choose(kind, id) {
  engine?.choose(kind, id);
  sample();
}

// switchFormat plays the same asset in another format.
export function switchFormat(format) {
  const { address } = get();
  if (address?.as && address.format !== format) open(address.as(format));
}

// switchEncryption plays the same asset in another encryption, '' for none.
export function switchEncryption(id) {
  const { address } = get();
  if (address?.format && address.encryption !== id) open(address.as(address.format, id));
}

// useLicences gets the keys from a server of the user's, '' for those that the
// stream names, and shows them a token, '' for none.
export function useLicences(licenceServer, token) {
  if (licenceServer === get().licenceServer && token === get().token) return;
  set({ licenceServer, token });
  retry();
}

export const switchEngine = (id) => get().address && get().engine !== id && open(get().address.text, id);

export const retry = () => get().address && open(get().address.text);
