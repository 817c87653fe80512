// hls.js behind the interface of engines.js.

import Hls from '../../vendor/hlsjs.js';
import { bearer, licence, systems } from '../keys.js';

export const name = `hls.js ${Hls.version}`;

export class Engine {
  #hls = null;
  #video;
  #report;

  constructor(video, report) {
    this.#video = video;
    this.#report = report;
  }

  async load(url, protocol, start, { server, token, keys }) {
    const drmSystems = {};
    if (keys && !Object.keys(keys).length) throw { kind: 'keys', fatal: true, code: 'hls.js', text: '' }; // it would wait for ever
    if (keys) drmSystems['org.w3.clearkey'] = { licenseUrl: `data:application/json,${encodeURIComponent(licence(keys))}` };
    if (server) for (const system of systems) drmSystems[system] = { licenseUrl: server };
    const show = (request, url) => {
      for (const [name, value] of Object.entries(bearer(token))) if (!url.startsWith('data:')) request.setRequestHeader(name, value);
    };
    const hls = new Hls({
      emeEnabled: true,
      drmSystems,
      licenseXhrSetup: show,
      xhrSetup: (request, url) => {
        if (!url.includes('/keydelivery/')) return;
        request.open('GET', url, true); // a header can be set once it is open
        show(request, url);
      },
      startPosition: start || -1,
      workerPath: new URL('../../vendor/hlsjs-worker.js', import.meta.url).href,
    });
    this.#hls = hls;
    await new Promise((resolve, reject) => {
      hls.once(Hls.Events.MANIFEST_PARSED, resolve);
      hls.once(Hls.Events.DESTROYING, () => reject({ kind: 'interrupted' }));
      hls.on(Hls.Events.ERROR, (_, data) => {
        const failure = failureOf(data);
        this.#report(failure);
        if (failure.fatal) reject(failure);
      });
      hls.attachMedia(this.#video);
      hls.loadSource(url);
    });
  }

  tracks() {
    const { levels, audioTracks, subtitleTracks } = this.#hls;
    return {
      video: levels.map((l, i) => ({ id: String(i), width: l.width, height: l.height, bitrate: l.bitrate, codecs: l.videoCodec ?? l.codecSet })),
      audio: audioTracks.map((t, i) => ({ id: String(i), label: t.name, language: t.lang, codecs: t.audioCodec, channels: Number.parseInt(t.channels, 10) || 0 })),
      text: subtitleTracks.map((t, i) => ({ id: String(i), label: t.name, language: t.lang })),
    };
  }

  chosen() {
    const id = (index) => (index < 0 ? null : String(index));
    const hls = this.#hls;
    return { video: id(hls.currentLevel), audio: id(hls.audioTrack), text: id(hls.subtitleTrack), automatic: hls.autoLevelEnabled };
  }

  choose(kind, id) {
    const index = id === null ? -1 : Number(id);
    if (kind === 'video') this.#hls.currentLevel = index; // at once, where nextLevel would wait for the next segment
    if (kind === 'audio') this.#hls.audioTrack = index;
    if (kind === 'text') this.#hls.subtitleTrack = index;
  }

  seek(seconds) {
    this.#video.currentTime = seconds;
  }

  bandwidth() {
    return this.#hls.bandwidthEstimate;
  }

  async close() {
    this.#hls?.destroy();
  }
}

// What the details of an error of hls.js mean to a user; the first that fits.
const kinds = [
  [/ParsingError|noAudio|levelEmpty/i, 'manifest'],
  [/manifestIncompatibleCodecs|bufferAddCodec|bufferIncompatibleCodecs/, 'codec'],
  [/fragParsing|remuxAlloc|fragDecrypt/, 'media'],
  [/bufferAppend|bufferFull/, 'append'],
  [/bufferStalled|bufferNudge|bufferSeekOverHole/, 'stall'],
  [/^key/, 'keys'],
];

function failureOf(data) {
  const status = data.response?.code;
  const network = data.type === Hls.ErrorTypes.NETWORK_ERROR && !/Parsing|Empty/.test(data.details);
  const byDetails = kinds.find(([pattern]) => pattern.test(data.details))?.[1];
  const byType = { keySystemError: 'keys', mediaError: 'media' }[data.type];
  const fragment = /^frag(Parsing|Decrypt)/.test(data.details) && 'media';
  return {
    kind: network ? (status >= 400 ? 'http' : 'unreachable') : fragment || byDetails || byType || 'internal',
    fatal: data.fatal,
    code: `hls.js ${data.details}`,
    text: (data.reason ?? data.error?.message ?? '').replace(/ \(\{.*$/s, ''), // without its dump of the buffer
    url: data.response?.url || data.frag?.url || data.url,
    status: status >= 400 ? status : undefined,
  };
}
