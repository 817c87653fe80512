// The fields for a licence server of the user's, and for a token.

import { byID } from '../dom.js';
import { useLicences } from '../playback.js';
import { notify, view } from '../state.js';

export function showLicence() {
  const fields = [byID('licence-server'), byID('token')];
  const [server, token] = fields;
  for (const field of fields) {
    field.addEventListener('change', () => {
      const text = server.value.trim();
      if (text && !/^https?:\/\/[^/]/.test(text)) {
        notify('A licence server has an http or https URL.');
        return;
      }
      useLicences(text, token.value.trim().replace(/^bearer[ =]/i, ''));
      field.blur(); // so that the page's keys work again
    });
  }
  view(['address', 'licenceServer', 'token'], (state) => {
    const sealed = Boolean(state.address && (state.address.encryption || !state.address.format));
    for (const field of fields) field.disabled = !sealed;
    server.placeholder = sealed ? 'From the stream' : 'In the clear';
    token.placeholder = sealed ? 'None' : 'In the clear';
    server.value = state.licenceServer;
    token.value = state.token;
  });
}
