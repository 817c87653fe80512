// The live figures.

import { byID, element, text } from '../dom.js';
import { view } from '../state.js';
import { bitrate, bytes, count, milliseconds } from '../words.js';

const rows = [
  ['Buffer ahead', (s) => (s.phase === 'ready' ? `${s.ahead.toFixed(1)} s` : '–')],
  ['Resolution', (s) => (s.width ? `${s.width}×${s.height}` : '–')],
  ['Bitrate', (s, now) => bitrate(now.video?.bitrate)],
  ['Codecs', (s, now) => [now.video?.codecs, now.audio?.codecs].filter(Boolean).join(', ') || '–'],
  ['Bandwidth', (s) => bitrate(s.bandwidth), 'What the player engine estimates'],
  ['Frames', (s) => count(s.decoded), 'Decoded and shown'],
  ['Dropped', (s) => count(s.dropped), 'Frames that came too late'],
  ['First byte', (s, now) => milliseconds(now.segment?.firstByte), 'Of the last segment'],
  ['Segment', (s, now) => (now.segment ? `${bytes(now.segment.bytes)} in ${milliseconds(now.segment.duration)}` : '–'), 'The last one'],
  ['Requests', (s) => count(s.requested)],
  ['Errors', (s) => count(s.errors.length)],
];

export function showStatistics() {
  const list = byID('statistics');
  const values = rows.map(([label, , hint = '']) => {
    const value = element('dd', { className: 'mono', data: { row: label } });
    list.append(element('dt', { title: hint }, label), value);
    return value;
  });
  const fields = ['ahead', 'width', 'height', 'tracks', 'chosen', 'bandwidth', 'decoded', 'dropped', 'requests', 'errors', 'phase'];
  view(fields, (state) => {
    const find = (kind) => state.tracks[kind].find((t) => t.id === state.chosen[kind]);
    const now = { video: find('video'), audio: find('audio'), segment: state.requests.findLast((r) => r.kind === 'segment') };
    rows.forEach(([, value], i) => {
      text(values[i], value(state, now));
      values[i].title = values[i].textContent;
    });
    list.dataset.dropped = state.dropped > 0;
    list.dataset.failed = state.errors.length > 0;
  });
}
