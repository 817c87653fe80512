// What the source files hold, as ffprobe reads them: the truth that playback
// is compared with.

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

// read returns {duration (seconds), heights (ascending), languages}.
export async function read(folder) {
  const names = (await readdir(folder)).filter((name) => /\.(mp4|m4a|ismv|isma|mov)$/i.test(name));
  const files = await Promise.all(names.map(async (name) => {
    const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_entries', 'format=duration:stream=codec_type,height:stream_tags=language', join(folder, name)]);
    return JSON.parse(stdout);
  }));
  const streams = files.flatMap((f) => f.streams);
  return {
    duration: Math.max(...files.map((f) => Number(f.format.duration))),
    heights: streams.filter((s) => s.codec_type === 'video').map((s) => s.height).sort((a, b) => a - b),
    languages: [...new Set(streams.filter((s) => s.codec_type === 'audio').map((s) => s.tags?.language ?? 'und'))],
  };
}
