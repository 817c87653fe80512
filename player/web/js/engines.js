// The player engines and what each can play. An engine is loaded when it is
// first used. Its module exports name, the name with the version, and Engine:
//
//   new Engine(video, report)          report(failure) on every error, see failure.js
//   load(url, protocol, start, drm)    resolves when playback can begin at start seconds,
//                                      rejects with the failure that prevents it;
//                                      drm is {server, token, keys}: the URL of a licence server
//                                      of the user's, a token for key servers, and what
//                                      keysOf returned; '' or null for none
//   tracks()                           {video, audio, text}, each a list of {id, …}
//   chosen()                           {video, audio, text, automatic}: ids, or null
//   choose(kind, id)                   id null: video automatic, text off
//   seek(seconds)                      moves the picture
//   bandwidth()                        bit/s, estimated
//   close()                            resolves when the video element is free

export const engines = [
  {
    id: 'shaka',
    label: 'Shaka',
    protocols: ['dash', 'hls'],
    refusal: 'Shaka Player 5 has no Smooth Streaming parser. dash.js plays it.',
    bundle: 'vendor/shaka.js',
    load: () => import('./engines/shaka.js'),
  },
  {
    id: 'hlsjs',
    label: 'hls.js',
    protocols: ['hls'],
    refusal: 'hls.js plays HLS only.',
    bundle: 'vendor/hlsjs.js',
    load: () => import('./engines/hlsjs.js'),
  },
  {
    id: 'dashjs',
    label: 'dash.js',
    protocols: ['dash', 'smooth'],
    refusal: 'dash.js plays DASH and Smooth Streaming, not HLS.',
    bundle: 'vendor/dashjs.js',
    load: () => import('./engines/dashjs.js'),
  },
];

// Which engine begins a protocol.
const first = { hls: 'hlsjs', dash: 'shaka', smooth: 'dashjs' };

export const plays = (engine, protocol) => engine.protocols.includes(protocol);

// engineFor returns the wanted engine if it plays the protocol, else the
// protocol's first.
export function engineFor(protocol, wanted) {
  const find = (id) => engines.find((e) => e.id === id && plays(e, protocol));
  return find(wanted) ?? find(first[protocol]);
}
