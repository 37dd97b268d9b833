import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyCluster, toSnapshot } from '@evenkeel/cluster';
import { NodeName, type RealServerId } from '@evenkeel/contracts';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LastGood, type LastServed } from './last-good.ts';

const pacs1 = '0199a000-0000-7000-8000-000000000001' as RealServerId;
const served: LastServed = {
  snapshot: toSnapshot(emptyCluster),
  verdicts: [[pacs1, 'down']],
  reasons: [[pacs1, 'dicom-timeout']],
  wereSilent: true,
  members: [{ node: NodeName.parse('lb-a'), address: '10.0.0.1', port: 7778, aliveAt: '2026-11-22T03:00:00.000Z' }],
};
let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-last-good-'));
  file = join(folder, 'deeper', 'last-good.json');
});
afterEach(() => rm(folder, { recursive: true }));

it('gives back what was written', async () => {
  await new LastGood(file).write(served);
  expect(await new LastGood(file).read()).toEqual(served);
});

it('reads what an earlier worker wrote, which knew no reasons', async () => {
  const { snapshot, verdicts } = served;
  await new LastGood(file).write({ snapshot, verdicts } as LastServed);
  expect(await new LastGood(file).read()).toEqual({ snapshot, verdicts, reasons: [], wereSilent: false, members: [] });
});

it('knows nothing on a new node', async () => {
  expect(await new LastGood(file).read()).toBeUndefined();
});

it('takes a file that was torn at any byte for no file', async () => {
  await new LastGood(file).write(served);
  const whole = await readFile(file, 'utf8');
  for (const length of [0, 1, 64, 65, 66, whole.length - 1]) {
    await writeFile(file, whole.slice(0, length));
    expect(await new LastGood(file).read()).toBeUndefined();
  }
});

it('takes a file with a changed byte for no file', async () => {
  await new LastGood(file).write(served);
  await writeFile(file, (await readFile(file, 'utf8')).replace('down', 'idle'));
  expect(await new LastGood(file).read()).toBeUndefined();
});

it('keeps the old file when a new one was only half written', async () => {
  await new LastGood(file).write(served);
  await writeFile(`${file}.new`, 'half');
  expect(await new LastGood(file).read()).toEqual(served);
});
