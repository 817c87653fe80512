// The content keys of an encrypted stream: what an engine needs beyond its
// manifest to come by them.

// The key systems that a licence server may be for (Encrypted Media Extensions).
export const systems = ['com.widevine.alpha', 'com.microsoft.playready', 'com.apple.fps', 'org.w3.clearkey'];

// keysOf returns the keys of an HLS presentation in CMAF from the server that
// it came from, as {hex ID: hex key}; null for other streams, which say themselves
// where their keys are, in ways that engines read. HLS has no such place for
// ClearKey. A server that keeps its keys to licence servers gives none. It throws
// the failure when the server asks for another token.
export async function keysOf(address, protocol, token) {
  if (protocol !== 'hls' || !sampled.includes(address.encryption)) return null;
  const master = await text(address.url);
  const levels = [...new Set([...master.matchAll(/^[^#\s].*$|URI="([^"]*)"/gm)].map(([line, uri]) => uri ?? line.trim()))];
  const found = new Map();
  for (const uri of levels) {
    const level = await text(new URL(uri, address.url));
    for (const [, id] of level.matchAll(/KEYID=0x([0-9a-f]{32})/gi)) {
      if (!found.has(id)) found.set(id, await key(address.url, id, token));
    }
  }
  if (!found.size) return null; // MPEG-2 TS: the playlists name the key itself
  return Object.fromEntries([...found].filter(([, value]) => value));
}

const sampled = ['cenc', 'cbcs', 'cbcs-aapl'];

async function text(url) {
  const answer = await fetch(url);
  return answer.ok ? answer.text() : ''; // the engine asks, too, and says what is wrong
}

async function key(server, id, token) {
  const url = new URL(`/keydelivery/?kid=${id}`, server);
  const answer = await fetch(url, { cache: 'no-store', headers: bearer(token) });
  if (answer.status === 401) throw { kind: 'http', fatal: true, code: '', text: '', url: url.href, status: answer.status };
  if (!answer.ok) return '';
  return [...new Uint8Array(await answer.arrayBuffer())].map((b) => b.toString(16).padStart(2, '0')).join('');
}

// bearer returns the header that shows a token, none without one.
export const bearer = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

// licence returns keys as a ClearKey licence (Encrypted Media Extensions §9.1.4).
export function licence(keys) {
  const base64url = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((b) => Number.parseInt(b, 16)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  return JSON.stringify({ keys: Object.entries(keys).map(([id, value]) => ({ kty: 'oct', kid: base64url(id), k: base64url(value) })), type: 'temporary' });
}
