// The bar under the picture.

import { byID, element, icon, text } from '../dom.js';
import { mute, seek, setVolume, toggle } from '../playback.js';
import { view } from '../state.js';
import { clock } from '../words.js';

export function showControls() {
  const slider = byID('seek');
  let dragging = false;
  slider.addEventListener('pointerdown', () => { dragging = true; });
  slider.addEventListener('pointerup', () => { dragging = false; });
  slider.addEventListener('pointercancel', () => { dragging = false; });
  slider.addEventListener('input', () => seek(Number(slider.value)));
  // The page's own keys move by seconds; a slider's would move by hundredths as well.
  for (const range of [slider, byID('volume')]) {
    range.addEventListener('keydown', (event) => event.key !== 'Tab' && event.preventDefault());
  }

  byID('play').addEventListener('click', toggle);
  byID('video').addEventListener('click', toggle);
  byID('mute').addEventListener('click', mute);
  byID('volume').addEventListener('input', (event) => setVolume(Number(event.target.value)));
  byID('full').addEventListener('click', toggleFull);
  byID('video').addEventListener('dblclick', toggleFull);

  view(['paused', 'ended', 'phase'], ({ paused, ended, phase }) => {
    const [symbol, title] = ended ? ['again', 'Play again (Space)'] : paused ? ['play', 'Play (Space)'] : ['pause', 'Pause (Space)'];
    byID('play').replaceChildren(icon(symbol));
    byID('play').title = title;
    for (const id of ['play', 'seek', 'full']) byID(id).disabled = phase !== 'ready';
  });
  view(['position', 'duration'], ({ position, duration }) => {
    text(byID('position'), clock(position));
    text(byID('duration'), duration ? clock(duration) : '–');
    slider.max = duration;
    slider.setAttribute('aria-valuetext', `${clock(position, 0)} of ${clock(duration, 0)}`);
    if (!dragging) slider.value = position;
    slider.style.setProperty('--played', duration ? `${(100 * position) / duration}%` : '0%');
  });
  view(['buffered', 'duration'], ({ buffered, duration }) => {
    byID('buffered').replaceChildren(...buffered.map(([from, to]) => {
      const part = element('i');
      part.style.left = `${(100 * from) / duration}%`;
      part.style.width = `${(100 * (to - from)) / duration}%`;
      return part;
    }));
  });
  view(['muted', 'volume'], ({ muted, volume }) => {
    const silent = muted || volume === 0;
    byID('mute').replaceChildren(icon(silent ? 'silent' : 'sound'));
    byID('mute').title = silent ? 'Sound on (M)' : 'Sound off (M)';
    byID('volume').value = silent ? 0 : volume;
    byID('volume').style.setProperty('--played', `${silent ? 0 : 100 * volume}%`);
  });
}

export function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else byID('screen').closest('.stage').requestFullscreen?.().catch(() => {});
}
