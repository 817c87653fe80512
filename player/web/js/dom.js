// Building elements without a framework.

export const byID = (id) => document.getElementById(id);

// element makes an element. Text becomes text nodes: nothing is parsed as HTML.
export function element(tag, properties = {}, ...children) {
  const { data = {}, aria = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(name === 'role' ? 'role' : `aria-${name}`, value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

// text sets the text of an element when it changed.
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

// icon makes a reference to a symbol of icons.svg.
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `icons.svg#${name}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}
