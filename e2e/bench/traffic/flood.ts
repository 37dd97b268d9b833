import { join } from 'node:path';
import type { LabProcess, Place } from '@evenkeel/testing/lab';

const tool = join(import.meta.dirname, 'flood-main.ts');

/** Sends zeros to everybody who connects. */
export const startFlood = (place: Place, port: number): LabProcess =>
  place.spawn('node', [tool, 'serve', String(port)]);

/** MiB per second that two connections bring from there. Throws with the tool's words. */
export const flood = async (place: Place, address: string, port: number): Promise<number> => {
  const { stdout, stderr, code } = await place.run('node', [tool, 'fetch', address, String(port), '1', '2']);
  if (code !== 0) throw new Error(`flood from ${address}:${port}: ${stderr}`);
  return Number(stdout);
};
