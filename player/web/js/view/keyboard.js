// The keys of the page, and the sheet that lists them.

import { byID, element } from '../dom.js';
import { engines, plays } from '../engines.js';
import { formats } from '../formats.js';
import { mute, seek, setVolume, skip, switchEngine, switchFormat, toggle } from '../playback.js';
import { get } from '../state.js';
import { toggleFull } from './controls.js';

const keys = [
  { keys: [' ', 'k'], shown: 'Space, K', does: 'Play or pause', act: toggle },
  { keys: ['j'], shown: 'J', does: '10 seconds back', act: () => skip(-10) },
  { keys: ['l'], shown: 'L', does: '10 seconds on', act: () => skip(10) },
  { keys: ['ArrowLeft'], shown: '←', does: '5 seconds back', act: () => skip(-5) },
  { keys: ['ArrowRight'], shown: '→', does: '5 seconds on', act: () => skip(5) },
  { keys: ['Home'], shown: 'Home', does: 'To the beginning', act: () => seek(0) },
  { keys: ['ArrowUp'], shown: '↑', does: 'Louder', act: () => setVolume(get().volume + 0.1) },
  { keys: ['ArrowDown'], shown: '↓', does: 'Quieter', act: () => setVolume(get().volume - 0.1) },
  { keys: ['m'], shown: 'M', does: 'Sound on or off', act: mute },
  { keys: ['f'], shown: 'F', does: 'Full screen', act: toggleFull },
  { keys: formats.map((_, i) => String(i + 1)), shown: `1 – ${formats.length}`, does: 'Format', act: (key) => switchFormat(formats[key - 1]) },
  { keys: ['e'], shown: 'E', does: 'Next player engine', act: nextEngine },
  { keys: ['/'], shown: '/', does: 'Edit the URL', act: editURL },
  { keys: ['?'], shown: '?', does: 'This sheet', act: showSheet },
];

export function showKeyboard() {
  for (const { shown, does } of keys) byID('keys').append(element('dt', {}, element('kbd', {}, shown)), element('dd', {}, does));
  byID('help').addEventListener('click', showSheet);
  // A button clicked with the mouse gives the keys back: Space is for the player.
  document.addEventListener('click', (event) => event.detail && event.target.closest('button:not([role=tab])')?.blur());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byID('sheet').open || types(event.target)) return;
    if ((event.key === ' ' || event.key === 'Enter') && event.target.closest('button, a')) return; // presses it
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const row = keys.find((r) => r.keys.includes(key));
    if (!row) return;
    event.preventDefault();
    row.act(key);
  });
}

function editURL() {
  byID('url').focus();
  byID('url').select();
}

// types says whether an element uses the keys itself.
const types = (target) => target.matches('input:not([type=range]), select, textarea');

function showSheet() {
  byID('sheet').showModal();
}

function nextEngine() {
  const { protocol, engine } = get();
  const able = engines.filter((e) => protocol && plays(e, protocol));
  const next = able[(able.findIndex((e) => e.id === engine) + 1) % able.length];
  if (next) switchEngine(next.id);
}
