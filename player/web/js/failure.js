// Failures in words.
//
// An engine reports {kind, fatal, code, text, url, status}: code and text are
// the engine's own, url and status those of the request that failed.
// explain adds title and advice, and what the origin answered.

const kinds = {
  http: ['The server refused a request', 'Open the URL below to see the answer. A segment that the manifest names must exist; a manifest needs a valid locator.'],
  unreachable: ['The server did not answer', 'Check that it runs and that the address is right. A server on another host must also allow this page by CORS headers.'],
  manifest: ['The manifest could not be understood', 'Open the manifest and compare it with the format that its URL asks for.'],
  protocol: ['This is no manifest that a player knows', 'Give the URL of an HLS playlist (.m3u8), a DASH manifest (.mpd) or a Smooth Streaming manifest.'],
  codec: ['This browser cannot decode the tracks', 'Try a browser that has the codec, or a rendition in H.264 and AAC.'],
  media: ['A segment could not be decoded', 'Try another engine: if all fail at this place, the media is damaged; if one plays, that engine is stricter.'],
  append: ['The browser did not take a segment', 'Its buffer is full or closed, or the segment is damaged. Reload; then try another engine.'],
  stall: ['Playback stalled', 'There is a hole in the buffer at this place, or the media came too late.'],
  keys: ['The stream is protected and no key was given', 'Check that the key server of the manifest answers and that this browser has the DRM system.'],
  text: ['A text track could not be read', 'Playback goes on without it.'],
  address: ['This URL cannot be played', 'Give the http URL of a manifest, or a path on this server that begins with a slash.'],
  bundle: ['This player engine is not built in', ''],
  internal: ['The player engine failed', 'Reload the page. If it happens again, another engine may play the stream.'],
};

// explain returns the failure with title, advice, detail (the words of the
// server) and, for an error of the origin, its MPE_ code.
export async function explain(failure) {
  const [title, advice] = kinds[failure.kind] ?? kinds.internal;
  const told = failure.kind === 'http' && failure.url ? await ask(failure.url) : {};
  return {
    ...failure,
    title: failure.status ? `${title}: ${failure.status}` : title,
    advice: failure.advice ?? advice,
    detail: [],
    ...told,
  };
}

// bundleMissing is the failure of an engine whose module cannot be loaded:
// the server says how to build the bundle.
export async function bundleMissing(engine, error) {
  const answer = await fetch(engine.bundle).catch(() => null);
  if (answer?.ok) return { kind: 'internal', fatal: true, code: engine.label, text: String(error?.message ?? error) };
  const words = answer ? (await answer.text()).trim().split('\n') : [];
  return { kind: 'bundle', fatal: true, code: engine.label, text: '', advice: words.join(' ') };
}

// ask fetches a URL that failed once more, for the words in its body. The
// origin writes "MPE_… (0x…)", then one sentence a line.
async function ask(url) {
  try {
    const answer = await fetch(url, { cache: 'no-store' });
    if (answer.ok) {
      await answer.body?.cancel();
      return { detail: ['Asked again, the server answered this URL.'] };
    }
    const plain = answer.headers.get('Content-Type')?.startsWith('text/plain');
    const lines = plain ? (await answer.text()).slice(0, 4000).split('\n').map((line) => line.trim()).filter(Boolean) : [];
    if (!lines[0]?.startsWith('MPE_')) return { status: answer.status, detail: lines };
    return { status: answer.status, origin: lines[0], detail: lines.slice(1) };
  } catch {
    return {};
  }
}
