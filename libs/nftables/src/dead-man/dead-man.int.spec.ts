import { fileURLToPath } from 'node:url';
import { createLab, describeNeeding, type Lab } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const program = ['--import', pathOf('../../../../tools/ts-hooks.mjs'), pathOf('../../test/dead-man-main.ts')] as const;

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('the dead-man in a real kernel', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ hosts: [{ name: 'node', links: [{ switch: 'sw', address: '10.9.0.1/24' }] }] });
  });
  afterAll(() => lab.dispose());

  it('does each thing whole, or not at all when a time was up', async () => {
    const { stdout } = await lab.host('node').run(process.execPath, program, { timeoutMs: 60_000 });
    expect(JSON.parse(stdout)).toEqual({
      'activated without a ticket': false,
      activated: true,
      'activated twice with one ticket': false,
      extended: true,
      'extended too late': false,
      'activated with an old ticket': false,
      'activated with a ticket from before a mute': false,
      'activated for good': true,
      'found serving, and goes on': true,
      'found mute, and does not go on': false,
      'found without any rules, and does not go on': false,
      'extended after everything was loaded anew': false,
    });
    expect((await lab.host('node').run('nft', ['list', 'ruleset'])).stdout.trim()).toBe('');
  }, 90_000);
});
