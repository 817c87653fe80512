// Numbers and codes in words.

// clock writes seconds as 1:02.345, with hours when there are any.
export function clock(seconds, decimals = 3) {
  if (!Number.isFinite(seconds)) return '–';
  const scale = 10 ** decimals;
  const units = Math.round(Math.max(0, seconds) * scale);
  const whole = Math.floor(units / scale);
  const pad = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const fraction = decimals ? `.${String(units % scale).padStart(decimals, '0')}` : '';
  return `${h ? `${h}:${pad(m)}` : m}:${pad(s)}${fraction}`;
}

// bitrate writes bit/s with three digits.
export function bitrate(value) {
  if (!(value > 0)) return '–';
  return value >= 999_500 ? `${three(value / 1e6)} Mbit/s` : `${three(value / 1e3)} kbit/s`;
}

// bytes writes a size with three digits.
export function bytes(value) {
  if (!(value > 0)) return '–';
  if (value < 1000) return `${value} B`;
  return value >= 999_500 ? `${three(value / 1e6)} MB` : `${three(value / 1e3)} kB`;
}

export const milliseconds = (value) => (value > 0 ? `${value < 9.95 ? value.toFixed(1) : count(Math.round(value))} ms` : '–');
export const count = (value) => value.toLocaleString('en');

function three(value) {
  return value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2);
}

const codecs = [
  [/^(avc1|avc3)/, 'H.264'], [/^(hvc1|hev1)/, 'HEVC'], [/^av01/, 'AV1'], [/^vp09/, 'VP9'],
  [/^mp4a\.40\.29/, 'HE-AAC v2'], [/^mp4a\.40\.0?5/, 'HE-AAC'], [/^mp4a|^aac/i, 'AAC'],
  [/^ec-3/, 'E-AC-3'], [/^ac-3/, 'AC-3'], [/^dts/, 'DTS'], [/^opus/i, 'Opus'],
];

// codec names the first codec of an RFC 6381 list; '' when there is none.
export function codec(list) {
  const first = (list || '').split(',')[0].trim();
  return codecs.find(([pattern]) => pattern.test(first))?.[1] ?? first;
}

// language names a BCP 47 or ISO 639-2 tag; '' when it says nothing.
export function language(tag) {
  if (!tag || tag === 'und') return '';
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

// The labels of tracks in menus.
export const videoLabel = (t) => [t.height ? `${t.width}×${t.height}` : 'Video', t.bitrate ? bitrate(t.bitrate) : ''].filter(Boolean).join(' · ');

export function audioLabel(t) {
  const spoken = language(t.language);
  const [first, last] = spoken ? [spoken, t.label] : [t.label || 'Audio'];
  return [first, codec(t.codecs), t.channels ? channels(t.channels) : '', last].filter(Boolean).join(' · ');
}

export const textLabel = (t) => t.label || language(t.language) || 'Text';

const channels = (n) => ({ 1: 'mono', 2: '2.0', 6: '5.1', 8: '7.1' })[n] ?? `${n} channels`;
