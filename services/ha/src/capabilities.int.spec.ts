import { readFile } from 'node:fs/promises';
import { describeNeeding, until } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Pair } from '../test/pair.ts';

const unit = await readFile(new URL('../../../infra/systemd/evenkeel-ha.service', import.meta.url), 'utf8');
const granted = /^AmbientCapabilities=(.*)$/m.exec(unit)?.[1]?.toLowerCase().replaceAll('cap_', '+').split(' ') ?? [];

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
  'setpriv',
)('a node with the capabilities that its unit gives it, and no others', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
  }, 60_000);
  afterEach(() => pair.dispose(), 30_000);

  const only = (capabilities: readonly string[]): string[] => {
    const set = ['-all', ...capabilities].join(',');
    return ['setpriv', '--no-new-privs', `--inh-caps=${set}`, `--ambient-caps=${set}`, `--bounding-set=${set}`];
  };

  it('serves, with realtime scheduling, and puts everything away when it is stopped', async () => {
    pair.start('lb-a', 'alone', only(granted));
    await pair.answers('lb-a');
    expect(pair.node('lb-a').lastWords).toContain('scheduling: realtime');
    expect(await pair.node('lb-a').stop(20_000)).toMatchObject({ code: 0 });
    expect((await pair.host('lb-a').run('nft', ['list', 'ruleset'])).stdout.trim()).toBe('');
  }, 60_000);

  it('needs the one for raw sockets to ask who else serves', async () => {
    pair.start('lb-a', 'alone', only(granted.filter((name) => name !== '+net_raw')));
    const node = pair.node('lb-a');
    const says = (): Promise<boolean> => Promise.resolve(node.lastWords.includes('CAP_NET_RAW is missing'));
    await until('it says what is missing', says, { withinMs: 30_000, process: node });
  }, 60_000);
});
