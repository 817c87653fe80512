// The status bar: what the player does, the engine, the server.

import { byID, element, text } from '../dom.js';
import { view } from '../state.js';

export function showStatus() {
  view(['phase', 'waiting', 'paused', 'ended', 'notice', 'failure'], (state) => {
    const [colour, words] = say(state);
    byID('phase').replaceChildren(element('i', { className: `dot ${colour}` }), state.notice || words);
  });
  view(['engineName'], ({ engineName }) => text(byID('engine-name'), engineName));
  view(['address'], ({ address }) => text(byID('host'), address ? new URL(address.url).host : location.host));
}

function say({ phase, waiting, paused, ended, failure }) {
  if (phase === 'empty') return ['idle', 'Nothing opened'];
  if (phase === 'loading') return ['warning', 'Loading'];
  if (phase === 'failed') return ['error', failure.title];
  if (ended) return ['idle', 'Played to the end'];
  if (paused) return ['idle', 'Paused'];
  return waiting ? ['warning', 'Waiting for media'] : ['success', 'Playing'];
}
