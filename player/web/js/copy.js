// Copy buttons: <button data-copy="TEXT">. A server-relative URL is copied
// with its host; data-copy-as="curl" makes it a command line.

import { absolute } from './address.js';

const forms = {
  url: (text) => absolute(text),
  curl: (text) => `curl -sS ${quote(absolute(text))}`,
};

// quote makes a word of a POSIX shell: parentheses of these URLs need it.
const quote = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button || !button.dataset.copy) return;
  const text = forms[button.dataset.copyAs ?? 'url'](button.dataset.copy);
  const copied = await write(text);
  button.dataset.copied = copied ? 'yes' : 'no';
  const said = document.getElementById('copied');
  if (said) said.textContent = copied ? `Copied ${text}` : 'This browser does not allow copying here.';
  setTimeout(() => delete button.dataset.copied, 1500);
});

// write uses the clipboard of the browser, or, on a page without https, a
// selection.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'offscreen';
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    return copied;
  }
}
