// Buffer (area) and bitrate (line) over the last minute, each against its own
// highest value.

import { byID, text } from '../dom.js';
import { get } from '../state.js';
import { bitrate } from '../words.js';

const span = 60; // seconds
const step = 500; // ms

export function showChart() {
  const samples = [];
  const canvas = byID('chart');
  setInterval(() => {
    const { phase, ahead, tracks, chosen } = get();
    const rate = tracks.video.find((t) => t.id === chosen.video)?.bitrate ?? 0;
    if (phase !== 'ready') return;
    samples.push({ ahead, rate });
    if (samples.length > (span * 1000) / step) samples.shift();
    text(byID('chart-buffer'), `${ahead.toFixed(1)} s`);
    text(byID('chart-bitrate'), bitrate(rate));
    if (canvas.clientWidth) draw(canvas, samples);
  }, step);
}

function draw(canvas, samples) {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  const colours = getComputedStyle(canvas);
  const columns = (span * 1000) / step;
  const x = (i) => width - ((samples.length - 1 - i) * width) / columns;
  const line = (value, highest) => {
    context.beginPath();
    samples.forEach((s, i) => context.lineTo(x(i), height - 2 - (value(s) / highest) * (height - 8)));
  };

  context.strokeStyle = colours.getPropertyValue('--separator');
  for (let i = 1; i < 4; i++) context.strokeRect(-1, Math.round((height * i) / 4) - 0.5, width + 2, 0);

  line((s) => s.ahead, Math.max(...samples.map((s) => s.ahead), 1));
  context.strokeStyle = colours.getPropertyValue('--audio');
  context.lineWidth = 1.5;
  context.stroke();
  context.lineTo(x(samples.length - 1), height);
  context.lineTo(x(0), height);
  context.globalAlpha = 0.18;
  context.fillStyle = colours.getPropertyValue('--audio');
  context.fill();
  context.globalAlpha = 1;

  line((s) => s.rate, Math.max(...samples.map((s) => s.rate), 1));
  context.strokeStyle = colours.getPropertyValue('--video');
  context.stroke();
}
