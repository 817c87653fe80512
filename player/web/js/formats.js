// The on-demand formats, in the order of the switch and of the number keys, and
// what they can be encrypted with.

export const formats = [
  { id: 'm3u8-aapl-v3', label: 'HLS V3', protocol: 'hls', media: 'MPEG-2 TS, audio muxed' },
  { id: 'm3u8-aapl', label: 'HLS V4', protocol: 'hls', media: 'MPEG-2 TS' },
  { id: 'm3u8-cmaf', label: 'HLS CMAF', protocol: 'hls', media: 'fragmented MP4, CMAF' },
  { id: 'mpd-time-csf', label: 'DASH CSF', protocol: 'dash', media: 'fragmented MP4, CSF' },
  { id: 'mpd-time-cmaf', label: 'DASH CMAF', protocol: 'dash', media: 'fragmented MP4, CMAF' },
  { id: 'fmp4', label: 'Smooth 2.2', protocol: 'smooth', media: 'fragmented MP4' },
  { id: 'fmp4-v20', label: 'Smooth 2.0', protocol: 'smooth', media: 'fragmented MP4, every chunk listed' },
];

// Other spellings of format= that mean the same; '' is a URL without it.
const aliases = { '': 'fmp4', 'm3u8-aapl-v4': 'm3u8-aapl' };

// formatOf returns the format that a format= value selects, or undefined.
export function formatOf(value) {
  const id = value.toLowerCase();
  return formats.find((f) => f.id === (aliases[id] ?? id));
}

export const protocols = {
  hls: { label: 'HLS', type: 'application/vnd.apple.mpegurl' },
  dash: { label: 'DASH', type: 'application/dash+xml' },
  smooth: { label: 'Smooth', type: 'application/vnd.ms-sstr+xml' },
};

export const encryptions = [
  { id: '', label: 'None', hint: 'In the clear' },
  { id: 'cbc', label: 'AES-128', hint: 'Whole segments, encryption=cbc' },
  { id: 'cenc', label: 'CENC', hint: 'AES-CTR over samples, encryption=cenc' },
  { id: 'cbcs-aapl', label: 'CBCS', hint: 'AES-CBC over blocks of samples; SAMPLE-AES in MPEG-2 TS; encryption=cbcs-aapl' },
  { id: 'piff', label: 'PIFF', hint: 'CENC in the boxes of PIFF 1.1, encryption=piff' },
];

// unplayable says why nothing here plays a format in an encryption, '' when
// something does.
export function unplayable(format, encryption) {
  if (!encryption) return '';
  if (encryption === 'piff' && format.protocol !== 'smooth') return 'PIFF is Smooth Streaming only.';
  if (encryption === 'cenc' && format.id.startsWith('m3u8-aapl')) return 'MPEG-2 TS has no CENC. CBCS is SAMPLE-AES there.';
  if (encryption === 'cbcs-aapl' && format.id === 'mpd-time-csf') return 'CSF is encrypted with CENC. DASH CMAF has CBCS, too.';
  if (encryption === 'cbcs-aapl' && format.protocol === 'smooth') return 'Smooth Streaming has no CBCS.';
  if (encryption === 'cbc' && format.protocol !== 'hls') return `No browser player decrypts whole segments of ${protocols[format.protocol].label}. HLS plays with AES-128.`;
  if (format.protocol === 'smooth') return 'Browser players decrypt Smooth Streaming with a PlayReady licence server only.';
  return '';
}
