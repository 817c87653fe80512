// Name and URL of what plays. The field shows the URL in colours until it is
// edited.

import { byID, element, text } from '../dom.js';
import { open } from '../playback.js';
import { view } from '../state.js';
import { clock } from '../words.js';

export function showAddress() {
  const field = byID('url');
  byID('address').addEventListener('submit', (event) => {
    event.preventDefault();
    field.blur();
    open(field.value);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') field.blur();
  });

  view(['address'], ({ address }) => {
    for (const id of ['copy-url', 'copy-curl']) {
      byID(id).disabled = !address;
      byID(id).dataset.copy = address?.text ?? '';
    }
    byID('url-parts').replaceChildren(...(address ? parts(address.text) : []));
    if (address) field.value = address.text; // what was refused stays, to be mended
    text(byID('name'), address?.name ?? 'Player');
    document.title = address ? `${address.name} · Manifold player` : 'Manifold player';
  });
  view(['tracks', 'duration'], ({ tracks, duration }) => {
    const counted = Object.entries(tracks).filter(([, list]) => list.length).map(([kind, list]) => `${list.length} ${kind}`);
    text(byID('summary'), duration ? [...counted, clock(duration)].join(' · ') : 'Preview in the browser');
  });
}

// parts colours host, path and parameters as the window does.
function parts(url) {
  const [, host, path, rest] = /^(https?:\/\/[^/]*)?(.*?)(\([^()]*\).*)?$/.exec(url);
  const file = path.lastIndexOf('/', path.search(/\/manifest$/i) - 1) + 1 || path.lastIndexOf('/') + 1;
  const colour = (word) => element('span', { className: /[(),]/.test(word) ? '' : 'key' }, word);
  return [
    element('span', { className: 'muted' }, (host ?? '') + path.slice(0, file)),
    element('span', {}, path.slice(file)),
    ...(rest ?? '').split(/([(),])/).filter(Boolean).map(colour),
  ];
}
