// Shaka Player behind the interface of engines.js.

import shaka from '../../vendor/shaka.js';
import { protocols } from '../formats.js';
import { bearer, systems } from '../keys.js';

export const name = `Shaka Player ${shaka.Player.version.replace(/^v/, '')}`;

shaka.polyfill.installAll();

const videoID = (t) => `${t.width}x${t.height}@${t.bandwidth}`;
// Not by channels: those are known only after the first segment.
const audioID = (t) => [t.language, t.label, t.codecs].join('|');

export class Engine {
  #player = new shaka.Player();
  #video;

  constructor(video, report) {
    this.#video = video;
    // A rendition whose segment fails is not left out in silence for a while:
    // this page is there to show failures.
    this.#player.configure('streaming.maxDisabledTime', 0);
    // A prefetched init segment whose request a seek aborts is taken for good
    // ever after: shaka-player issue 10569.
    this.#player.configure('streaming.segmentPrefetchLimit', 0);
    this.#player.addEventListener('error', (event) => report(failureOf(event.detail)));
  }

  async load(url, protocol, start, { server, token, keys }) {
    if (server) this.#player.configure('drm.servers', Object.fromEntries(systems.map((s) => [s, server])));
    const { LICENSE, KEY } = shaka.net.NetworkingEngine.RequestType;
    this.#player.getNetworkingEngine().registerRequestFilter((type, request) => {
      if (type !== LICENSE && type !== KEY) return;
      if (type === LICENSE && server) request.uris = [server]; // the manifest's own address would win for ClearKey
      Object.assign(request.headers, bearer(token));
    });
    this.#player.configure('drm.clearKeys', keys ?? {});
    try {
      await this.#player.attach(this.#video);
      await this.#player.load(url, start || undefined, protocols[protocol].type);
    } catch (error) {
      throw failureOf(error);
    }
  }

  tracks() {
    return {
      video: this.#player.getVideoTracks().map((t) => ({ id: videoID(t), width: t.width, height: t.height, bitrate: t.bandwidth, codecs: t.codecs })),
      audio: this.#player.getAudioTracks().map((t) => ({ id: audioID(t), label: t.label, language: t.language, codecs: t.codecs, channels: t.channelsCount })),
      text: this.#player.getTextTracks().map((t) => ({ id: String(t.id), label: t.label, language: t.language })),
    };
  }

  chosen() {
    const active = (tracks, id) => tracks.filter((t) => t.active).map(id)[0] ?? null;
    return {
      video: active(this.#player.getVideoTracks(), videoID),
      audio: active(this.#player.getAudioTracks(), audioID),
      text: active(this.#player.getTextTracks(), (t) => String(t.id)),
      automatic: this.#player.getConfiguration().abr.enabled,
    };
  }

  choose(kind, id) {
    if (kind === 'text') {
      this.#player.selectTextTrack(this.#player.getTextTracks().find((t) => String(t.id) === id) ?? null);
    } else if (kind === 'audio') {
      this.#player.selectAudioTrack(this.#player.getAudioTracks().find((t) => audioID(t) === id));
    } else {
      this.#player.configure('abr.enabled', id === null);
      if (id !== null) this.#player.selectVideoTrack(this.#player.getVideoTracks().find((t) => videoID(t) === id), true);
    }
  }

  // seek announces the seek before the browser does: until then Shaka may take
  // what is buffered from the seek before for the other side of a gap, and jump.
  seek(seconds) {
    this.#video.currentTime = seconds;
    this.#video.dispatchEvent(new Event('seeking'));
  }

  bandwidth() {
    return this.#player.getStats().estimatedBandwidth;
  }

  close() {
    return this.#player.destroy();
  }
}

// What the numbers of shaka.util.Error mean to a user.
const kinds = {
  1001: 'http', 1002: 'unreachable', 1003: 'unreachable', 1010: 'unreachable', 1011: 'unreachable',
  3015: 'append', 3017: 'append', 4000: 'protocol',
  4012: 'codec', 4032: 'codec', 4035: 'codec', 4038: 'codec',
  7000: 'interrupted', 7001: 'interrupted', 7002: 'interrupted', 7003: 'interrupted',
};
const categories = { 2: 'media', 3: 'media', 4: 'manifest', 5: 'media', 6: 'keys' };

function failureOf(error) {
  const { code, category, severity, data = [] } = error;
  const http = code === 1001 || code === 1002 || code === 1003;
  return {
    kind: kinds[code] ?? categories[category] ?? 'internal',
    fatal: severity !== shaka.util.Error.Severity.RECOVERABLE,
    code: code ? `Shaka ${code}` : 'Shaka',
    text: code ? nameOf(code) : String(error?.message ?? error),
    url: http ? data[0] : undefined,
    status: code === 1001 ? data[1] : undefined,
  };
}

const nameOf = (code) => Object.entries(shaka.util.Error.Code).find(([, value]) => value === code)?.[0] ?? '';
