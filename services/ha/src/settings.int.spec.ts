import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { haSettingsFrom } from './settings.ts';

let folder: TempFolder;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  folder = await makeTempFolder('settings');
  const key = join(folder.path, 'key');
  await writeFile(key, 'k'.repeat(44));
  environment = {
    EVENKEEL_NODE: 'lb-a',
    EVENKEEL_HA_ADDRESSES: '192.168.85.150',
    EVENKEEL_HA_CARD: 'eth0',
    EVENKEEL_HA_FOLDER: folder.path,
    EVENKEEL_HA_KEY_FILES: key,
  };
});
afterEach(() => folder.remove());

it('is a single node when no others are named, or set to nothing as a compose file does it', () => {
  expect(haSettingsFrom(environment)).toMatchObject({ peers: [], pingNodes: [] });
  const set = { ...environment, EVENKEEL_HA_PEERS: '', EVENKEEL_HA_PING_NODES: '' };
  expect(haSettingsFrom(set)).toMatchObject({ peers: [], pingNodes: [] });
});

it('wants an address', () => {
  expect(() => haSettingsFrom({ ...environment, EVENKEEL_HA_ADDRESSES: '' })).toThrow('addresses');
});
