// The switches for format, encryption and player engine. What cannot play is disabled
// and says why.

import { engines, plays } from '../engines.js';
import { encryptions, formats, unplayable } from '../formats.js';
import { byID, element } from '../dom.js';
import { switchEncryption, switchEngine, switchFormat } from '../playback.js';
import { notify, view } from '../state.js';

const foreign = 'Only URLs of the form /{locator}/{name}.ism/manifest(…) name the other formats of an asset.';

export function showSwitches() {
  segments(byID('formats'), formats, ({ id, label, media }, i) => ({ id, label, hint: `${media} (${i + 1})` }), switchFormat);
  segments(byID('encryptions'), encryptions, (e) => e, ({ id }) => switchEncryption(id));
  segments(byID('engines'), engines, ({ id, label }) => ({ id, label, hint: label }), ({ id }) => switchEngine(id));

  view(['address', 'protocol', 'engine'], ({ address, protocol, engine }) => {
    mark(byID('formats'), address?.format?.id, () => {
      if (!address) return 'Open a URL first.';
      return address.as ? '' : foreign;
    });
    mark(byID('encryptions'), address?.encryption, (id) => {
      if (!address) return 'Open a URL first.';
      return address.format ? unplayable(address.format, id) : foreign;
    });
    mark(byID('engines'), engine, (id) => {
      if (!protocol) return 'Open a URL first.';
      const choice = engines.find((e) => e.id === id);
      return plays(choice, protocol) ? '' : choice.refusal;
    });
  });
}

function segments(group, rows, describe, act) {
  rows.forEach((row, i) => {
    const { id, label, hint } = describe(row, i);
    const button = element('button', { type: 'button', title: hint, data: { id, hint } }, label);
    button.addEventListener('click', () => {
      const refused = button.dataset.refused;
      if (refused) notify(refused);
      else act(row);
    });
    group.append(button);
  });
}

// mark presses the button of id and disables those that refusal gives a reason for.
// They stay focusable, so that the reason can be read with the keyboard too.
function mark(group, id, refusal) {
  for (const button of group.children) {
    const refused = refusal(button.dataset.id);
    button.setAttribute('aria-pressed', String(button.dataset.id === id));
    button.setAttribute('aria-disabled', String(Boolean(refused)));
    button.dataset.refused = refused;
    button.title = refused || button.dataset.hint;
  }
}
