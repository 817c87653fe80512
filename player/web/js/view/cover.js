// What stands over the picture: the empty page, loading, waiting, a failure.

import { byID, element } from '../dom.js';
import { open, retry } from '../playback.js';
import { view } from '../state.js';

export function showCover() {
  const cover = byID('cover');
  view(['phase', 'failure', 'waiting', 'engineName'], (state) => {
    byID('screen').dataset.phase = state.phase;
    if (state.phase === 'empty') cover.replaceChildren(empty());
    else if (state.phase === 'loading') cover.replaceChildren(busy(state.engineName ? `Loading with ${state.engineName}…` : 'Asking the server…'));
    else if (state.phase === 'failed') cover.replaceChildren(failed(state.failure));
    else cover.replaceChildren(state.waiting ? busy('Waiting for media…') : '');
  });
}

const busy = (words) => element('div', { className: 'busy' }, element('i', { className: 'spinner' }), words);

function empty() {
  const field = element('input', { className: 'mono', type: 'text', name: 'url', placeholder: '/{locator}/{name}.ism/manifest(format=m3u8-aapl)', aria: { label: 'URL of a manifest' }, spellcheck: false, autocomplete: 'off' });
  const form = element('form', { className: 'start' }, field, element('button', { className: 'button primary' }, 'Play'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim()) open(field.value);
  });
  return element('div', { className: 'message' },
    element('h2', {}, 'Play a manifest'),
    element('p', {}, 'HLS, DASH or Smooth Streaming: a path on this server, or the URL of any .m3u8 or .mpd.'),
    form,
    element('p', { className: 'muted' }, 'Or choose from ', element('a', { href: '../' }, 'all assets of this server'), '.'));
}

function failed(failure) {
  const { kind, title, origin, code, text, detail, advice, url } = failure;
  const again = element('button', { className: 'button primary', type: 'button' }, 'Try again');
  again.addEventListener('click', retry);
  return element('div', { className: 'message failure', aria: { role: 'alert' } },
    element('h2', {}, title),
    origin ? element('p', { className: 'code mono' }, origin) : null,
    ...detail.map((line) => element('p', {}, line)),
    advice && !(origin && detail.length) ? element('p', {}, advice) : null,
    code || text ? element('p', { className: 'muted mono' }, [code, text === advice || text.includes(url) ? '' : text].filter(Boolean).join(' · ')) : null,
    url ? element('p', { className: 'where' }, element('a', { className: 'mono', href: url, target: '_blank', rel: 'noopener' }, url)) : null,
    kind === 'address' ? null : element('p', { className: 'buttons' }, again, url ? element('button', { className: 'button', type: 'button', data: { copy: url, copyAs: 'curl' } }, 'Copy as curl') : null));
}
