// The field for a licence server of the user's.

import { byID } from '../dom.js';
import { useLicenceServer } from '../playback.js';
import { notify, view } from '../state.js';

export function showLicence() {
  const field = byID('licence-server');
  field.addEventListener('change', () => {
    const text = field.value.trim();
    if (text && !/^https?:\/\/[^/]/.test(text)) {
      notify('A licence server has an http or https URL.');
      return;
    }
    useLicenceServer(text);
    field.blur(); // so that the page's keys work again
  });
  view(['address', 'licenceServer'], ({ address, licenceServer }) => {
    const sealed = Boolean(address && (address.encryption || !address.format));
    field.disabled = !sealed;
    field.placeholder = sealed ? 'From the stream' : 'In the clear';
    field.value = licenceServer;
  });
}
