// The menus for quality, audio and text.

import { byID, element } from '../dom.js';
import { choose } from '../playback.js';
import { view } from '../state.js';
import { audioLabel, textLabel, videoLabel } from '../words.js';

export function showTracks() {
  for (const kind of ['video', 'audio', 'text']) {
    const menu = byID(`${kind}-track`);
    menu.addEventListener('change', () => {
      choose(kind, menu.value || null);
      menu.blur(); // so that the page's keys work again
    });
  }
  view(['tracks', 'chosen'], ({ tracks, chosen }) => {
    const playing = tracks.video.find((t) => t.id === chosen.video);
    const automatic = playing && chosen.automatic ? `Auto · ${videoLabel(playing)}` : 'Auto';
    const sorted = [...tracks.video].sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
    const videos = sorted.map((t) => [t.id, videoLabel(t)]);
    fill('video', sorted.length ? [['', automatic], ...videos] : [['', '–']], chosen.automatic ? '' : chosen.video);
    fill('audio', tracks.audio.length ? tracks.audio.map((t) => [t.id, audioLabel(t)]) : [['', tracks.video.length ? 'In the video segments' : '–']], chosen.audio);
    fill('text', [['', tracks.text.length ? 'Off' : 'None'], ...tracks.text.map((t) => [t.id, textLabel(t)])], chosen.text);
  });
}

function fill(kind, rows, value) {
  const menu = byID(`${kind}-track`);
  menu.replaceChildren(...rows.map(([id, label]) => element('option', { value: id }, label)));
  menu.value = value ?? '';
  menu.disabled = rows.length < 2;
}
