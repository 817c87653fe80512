// Bundles the third-party engines into vendor/, one file an engine, so that
// the page loads an engine only when it is used. Our own modules are served
// as they are.
import { build } from 'esbuild';

const bundles = {
  shaka: "export { default } from 'shaka-player';",
  hlsjs: "export { default } from 'hls.js';",
  'hlsjs-worker': "import 'hls.js/dist/hls.worker.js';",
  // The Smooth Streaming module and its player find each other by the global name dashjs.
  dashjs: "import 'dashjs/mss'; export { default } from 'dashjs';",
};

await Promise.all(Object.entries(bundles).map(([name, contents]) => build({
  stdin: { contents, resolveDir: import.meta.dirname },
  outfile: `${import.meta.dirname}/vendor/${name}.js`,
  bundle: true,
  format: name.endsWith('-worker') ? 'iife' : 'esm',
  minify: true,
  target: 'es2022',
  legalComments: 'eof',
  logLevel: 'warning',
})));
