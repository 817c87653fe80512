// The on-demand formats, in the order of the switch and of the number keys.

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
