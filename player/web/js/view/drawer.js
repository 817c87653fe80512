// The drawer under the picture: the URLs of every format, the requests, the
// event log.

import { absolute, relative } from '../address.js';
import { byID, element, text } from '../dom.js';
import { formats, protocols, unplayable } from '../formats.js';
import { switchFormat } from '../playback.js';
import { view } from '../state.js';
import { bytes, count, milliseconds } from '../words.js';

const shown = 100; // lines of requests and log

export function showDrawer() {
  const tabs = [...document.querySelectorAll('[role=tab]')];
  for (const tab of tabs) {
    tab.addEventListener('click', () => select(tabs, tab));
    tab.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.stopPropagation();
      select(tabs, tabs.at((tabs.indexOf(tab) + by) % tabs.length)).focus();
    });
  }

  view(['address'], ({ address }) => byID('urls').replaceChildren(...urls(address)));
  view(['requests'], ({ requests, requested }) => {
    text(byID('tab-requests'), requested ? `Requests ${count(requested)}` : 'Requests');
    byID('requests').replaceChildren(...requests.slice(-shown).reverse().map(request));
  });
  view(['log', 'errors'], ({ log, errors }) => {
    text(byID('tab-log'), errors.length ? `Log · ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}` : 'Log');
    byID('log').replaceChildren(...log.slice(-shown).reverse().map(event));
  });
}

function select(tabs, chosen) {
  for (const tab of tabs) {
    tab.setAttribute('aria-selected', String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    byID(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
  }
  return chosen;
}

function urls(address) {
  if (!address) return [element('p', { className: 'nothing' }, 'Open a URL to see every format of its asset here.')];
  const rows = address.as
    ? formats.map((format) => ({ label: format.label, url: address.as(format), format, playing: format === address.format }))
    : [{ label: protocols[address.protocol]?.label ?? 'URL', url: address.text, playing: true }];
  return rows.map(({ label, url, format, playing }) => {
    const refused = playing ? '' : unplayable(format, address.encryption);
    const play = element('button', { className: 'button small wide', type: 'button', disabled: playing || Boolean(refused), title: refused }, playing ? 'Current' : 'Play');
    play.addEventListener('click', () => switchFormat(format));
    return element('div', { className: playing ? 'row current' : 'row' },
      element('span', { className: 'label' }, label),
      link(url, absolute(url)),
      element('button', { className: 'button small', type: 'button', data: { copy: url } }, 'Copy'),
      element('button', { className: 'button small', type: 'button', data: { copy: url, copyAs: 'curl' } }, 'curl'),
      play);
  });
}

const link = (shown, url) => element('a', { className: 'mono fill tail', href: url, target: '_blank', rel: 'noopener', title: url }, element('bdi', {}, shown));

function request({ url, kind, status, bytes: size, firstByte, duration }) {
  return element('div', { className: status >= 400 ? 'row error' : 'row' },
    element('span', { className: 'label' }, kind),
    element('span', { className: 'mono number' }, status ? String(status) : '–'),
    link(relative(new URL(url)), url),
    element('span', { className: 'mono number' }, bytes(size)),
    element('span', { className: 'mono number', title: 'First byte' }, milliseconds(firstByte)),
    element('span', { className: 'mono number', title: 'Whole answer' }, milliseconds(duration)));
}

function event({ time, kind, text: words }) {
  return element('div', { className: `row ${kind}` },
    element('span', { className: 'mono label' }, time.toLocaleTimeString('en-GB')),
    element('i', { className: `dot ${kind}`, title: kind }),
    element('span', { className: 'fill' }, words));
}
