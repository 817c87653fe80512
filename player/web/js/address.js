// The URL of a manifest: what it selects, and the same asset in other formats.
//
//   /{locator}/{name}.ism/manifest(format=X,encryption=Y,filter=Z)
//
// Any other http URL is taken as it is; its protocol shows in its extension,
// or not at all.

import { formatOf } from './formats.js';

const originPath = /^(.*\/([^/]+)\.isml?)\/manifest(?:\(([^()]*)\))?(?:\.m3u8|\.mpd)?$/i;

// Parameters that only HLS knows.
const hlsOnly = ['audio-only', 'audiotrack'];

const extensions = [[/\.m3u8$/i, 'hls'], [/\.mpd$/i, 'dash'], [/\.ismc?(\/manifest)?$/i, 'smooth']];

// parse reads what a user typed or a link holds. It throws an Error with a
// sentence when that is no http URL.
export function parse(text, base = location.href) {
  let url;
  try {
    url = new URL(text.trim(), base);
  } catch {
    throw new Error(`“${text}” is not a URL.`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`A player can open http and https URLs, not ${url.protocol}`);
  }
  url.hash = '';
  const origin = originPath.exec(url.pathname);
  return origin ? fromOrigin(url, origin) : plain(url);
}

function fromOrigin(url, [, asset, name, list = '']) {
  const parameters = list.split(',').map((p) => p.replace(/^(%20)+|(%20)+$/g, '')).filter(Boolean).map((p) => p.split('='));
  const selector = parameters.find(([key]) => key.toLowerCase() === 'format')?.[1] ?? '';
  const encryption = parameters.find(([key]) => key.toLowerCase() === 'encryption')?.[1] ?? '';
  const others = parameters.filter(([key]) => !['format', 'encryption'].includes(key.toLowerCase()));
  const format = formatOf(selector);
  return {
    url: url.href,
    text: relative(url),
    asset: url.origin + asset,
    name: decode(name),
    format,
    protocol: format?.protocol,
    encryption: encryption === 'cbcs' ? 'cbcs-aapl' : encryption,
    // as returns the URL of the same asset in another format or encryption, as text.
    as(other, sealed = encryption) {
      const kept = others.filter(([key]) => other.protocol === 'hls' || !hlsOnly.includes(key.toLowerCase()));
      if (sealed) kept.unshift(['encryption', sealed]);
      if (other.id !== 'fmp4') kept.unshift(['format', other.id]);
      const list = kept.map((p) => p.join('=')).join(',');
      const target = new URL(url);
      target.pathname = `${asset}/manifest${list && `(${list})`}`;
      return relative(target);
    },
  };
}

function plain(url) {
  return {
    url: url.href,
    text: relative(url),
    asset: url.href,
    name: decode(url.pathname.split('/').filter(Boolean).at(-1) ?? url.host),
    format: undefined,
    protocol: extensions.find(([pattern]) => pattern.test(url.pathname))?.[1],
    encryption: '',
    as: undefined,
  };
}

// absolute returns a server-relative URL with its host.
export const absolute = (text) => new URL(text, location.href).href;

// relative leaves the host out when it is the page's own.
export function relative(url) {
  return url.origin === location.origin ? url.pathname + url.search : url.href;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not UTF-8
  }
}

// fromPage returns what the query of the page asks for.
export function fromPage() {
  const query = new URLSearchParams(location.search);
  return { url: query.get('url') ?? '', engine: query.get('engine') ?? '', token: query.get('token') ?? '' };
}

// toPage writes the query of the page, so that its address can be shared.
export function toPage(url, engine, token) {
  const plainer = encodeURIComponent(url).replace(/%(2F|3A|2C|3D|3B)/g, decodeURIComponent);
  history.replaceState(null, '', `?url=${plainer}${engine ? `&engine=${engine}` : ''}${token ? `&token=${encodeURIComponent(token)}` : ''}`);
}
