// dash.js, with its Smooth Streaming module, behind the interface of engines.js.

import dashjs from '../../vendor/dashjs.js';
import { bearer, systems } from '../keys.js';

const events = dashjs.MediaPlayer.events;

export const name = `dash.js ${dashjs.MediaPlayer().create().getVersion()}`;

const audioID = (t) => String(t.id ?? t.index);

const settings = {
  debug: { logLevel: dashjs.Debug.LOG_LEVEL_NONE },
  streaming: {
    // As the manifest orders them, not by what dash.js takes for the best.
    selectionModeForInitialTrack: dashjs.Constants.TRACK_SELECTION_MODE_FIRST_TRACK,
    text: { defaultEnabled: false },
    // Where playback stalls closer to the end than this, dash.js jumps to the
    // end; by default 1.5 s, which hides a short last segment.
    gaps: { smallGapLimit: 0.5 },
    // At the end dash.js pauses and seeks to the duration of the manifest. This
    // would take it back by half a second.
    seekDurationBackoff: 0,
  },
};

export class Engine {
  #player = dashjs.MediaPlayer().create();
  #video;
  #report;
  #interrupt = () => {};
  #captions = document.createElement('div'); // what TTML is drawn into

  constructor(video, report) {
    this.#video = video;
    this.#report = report;
    this.#captions.className = 'captions';
    video.after(this.#captions);
  }

  async load(url, protocol, start, { server, token }) {
    const player = this.#player;
    await new Promise((resolve, reject) => {
      this.#interrupt = () => reject({ kind: 'interrupted' });
      player.initialize();
      player.updateSettings(settings);
      player.on(events.STREAM_INITIALIZED, resolve);
      // The text of Smooth Streaming has times of the presentation here, as in
      // every format; dash.js takes them for those of the fragment.
      player.on(events.MANIFEST_LOADED, ({ data }) => { data.ttmlTimeIsRelative = false; });
      player.on(events.ERROR, ({ error }) => {
        const failure = failureOf(error);
        this.#report(failure);
        reject(failure);
      });
      // Without a server of the user's, ClearKey goes first: manifests say where its keys are.
      player.setProtectionData(Object.fromEntries(systems.map((s) => [s, { httpRequestHeaders: bearer(token), ...(server ? { serverURL: server } : { priority: s === 'org.w3.clearkey' ? 0 : 1 }) }])));
      player.setAutoPlay(false);
      player.attachView(this.#video);
      player.attachTTMLRenderingDiv(this.#captions);
      player.attachSource(url, start || undefined);
    });
  }

  tracks() {
    const representations = this.#player.getRepresentationsByType('video') ?? [];
    return {
      video: representations.map((r) => ({ id: r.id, width: r.width, height: r.height, bitrate: r.bandwidth, codecs: codecsOf(r) })),
      audio: this.#player.getTracksFor('audio').map((t) => ({ id: audioID(t), label: t.labels?.[0]?.text, language: t.lang, codecs: codecsOf(t), channels: 0 })),
      text: this.#player.getTracksFor('text').map((t, i) => ({ id: String(i), label: t.labels?.[0]?.text, language: t.lang })),
    };
  }

  chosen() {
    const audio = this.#player.getCurrentTrackFor('audio');
    const text = this.#player.getCurrentTextTrackIndex();
    return {
      video: this.#player.getCurrentRepresentationForType('video')?.id ?? null,
      audio: audio ? audioID(audio) : null,
      text: text < 0 || !this.#player.isTextEnabled() ? null : String(text),
      automatic: this.#player.getSettings().streaming.abr.autoSwitchBitrate.video,
    };
  }

  choose(kind, id) {
    const player = this.#player;
    if (kind === 'text') {
      player.enableText(id !== null);
      player.setTextTrack(id === null ? -1 : Number(id));
    } else if (kind === 'audio') {
      player.setCurrentTrack(player.getTracksFor('audio').find((t) => audioID(t) === id));
    } else {
      player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: id === null } } } });
      if (id !== null) player.setRepresentationForTypeById('video', id, true);
    }
  }

  seek(seconds) {
    this.#video.currentTime = seconds;
  }

  bandwidth() {
    return this.#player.getAverageThroughput('video') * 1000; // kbit/s
  }

  async close() {
    this.#interrupt();
    this.#player.destroy();
    this.#captions.remove();
  }
}

// codecsOf returns the RFC 6381 list inside a MIME type or a codecs value.
const codecsOf = ({ codecs, codec = '' }) => codecs ?? /codecs="([^"]*)"/.exec(codec)?.[1] ?? codec;

// What the codes of dash.js mean to a user.
const kinds = {
  10: 'manifest', 31: 'manifest', 32: 'manifest', 34: 'manifest', 200: 'manifest',
  11: 'http', 12: 'http', 15: 'http', 17: 'http', 25: 'http', 26: 'http', 27: 'http', 28: 'http', 29: 'http',
  20: 'append', 21: 'append', 23: 'codec', 35: 'codec', 201: 'codec', 24: 'keys', 33: 'text',
};

function failureOf({ code, message, data }) {
  const status = data?.response?.status;
  const kind = kinds[code] ?? (code >= 100 && code < 120 ? 'keys' : 'media');
  return {
    kind: kind === 'http' && !(status >= 400) ? 'unreachable' : kind,
    fatal: kind !== 'text',
    code: `dash.js ${code}`,
    text: message ?? '',
    url: data?.request?.url,
    status: status >= 400 ? status : undefined,
  };
}
