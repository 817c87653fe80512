// A server of the program under test.

import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';

const startLimit = 20_000; // ms
const stopLimit = 10_000; // ms

// serve starts the program on a folder, with further flags and with files {name:
// text} in its data directory. It returns its document {baseUrl, playerUrl,
// assets}, with asset (the first), url(format), token() and stop().
export async function serve(program, folder, flags = [], files = {}) {
  if (!program || !folder) throw new Error('MANIFOLD names the program and MANIFOLD_ASSET the folder of an asset; both are needed');
  const data = await mkdtemp(join(tmpdir(), 'manifold-test-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(data, name)), { recursive: true });
    await writeFile(join(data, name), text);
  }
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--json', '--data', data, ...flags, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill); // whatever ends the tests
  const gone = once(child, 'exit');
  const document = await ready(child, gone);
  const [asset] = document.assets;
  const paths = asset.locators[0].streamingPaths.flatMap((p) => p.paths);
  return {
    ...document,
    asset,
    paths,
    // url returns the path of the manifest in a format; '' is the default, Smooth.
    url(format) {
      const path = paths.find((p) => (format ? p.endsWith(`(format=${format})`) : p.endsWith('/manifest')));
      if (!path) throw new Error(`the server lists no ${format || 'Smooth'} manifest`);
      return path;
    },
    // token returns a test token of a content key policy.
    token(policy) {
      return execFileSync(program, ['token', policy, '--data', data], { encoding: 'utf8' }).trim();
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimit);
      const [code] = await gone;
      clearTimeout(timer);
      process.off('exit', kill);
      await rm(data, { recursive: true });
      if (code !== 0) throw new Error(`the server ended with ${code}`);
    },
  };
}

// ready reads the one JSON document that the program writes when it answers.
async function ready(child, gone) {
  let text = '';
  child.stdout.setEncoding('utf8');
  const document = new Promise((resolve) => {
    child.stdout.on('data', (piece) => {
      text += piece;
      try {
        resolve(JSON.parse(text));
      } catch {
        // not all of it yet
      }
    });
  });
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no document from the server in time: ${text}`)), startLimit); });
  const early = gone.then(([code]) => { throw new Error(`the server ended with ${code} before it was ready: ${text}`); });
  try {
    return await Promise.race([document, early, late]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    early.catch(() => {});
  }
}
