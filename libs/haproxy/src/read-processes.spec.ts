import { expect, it } from '@jest/globals';
import { readProcesses } from './read-processes.ts';

const header = '#<PID>          <type>          <reloads>       <uptime>        <version>      ';

it('tells the worker that serves from those that finish', () => {
  const answer = `${header}
23883           master          6 [failed: 0]   0d00h00m04s     2.6.12-1+deb12u4
# workers
23953           worker          0               0d00h00m00s     2.6.12-1+deb12u4
# old workers
23885           worker          6               1d02h03m04s     2.6.12-1+deb12u4
23891           worker          5               0d00h00m04s     2.6.12-1+deb12u4
# programs

`;
  expect(readProcesses(answer)).toEqual({
    ...{ masterPid: 23883, reloads: 6, worker: 23953 },
    oldWorkers: [
      { pid: 23885, ageSeconds: 93_784 },
      { pid: 23891, ageSeconds: 4 },
    ],
  });
});

it('knows no old workers where there are none, and no worker while the master starts', () => {
  const answer = `${header}\n7  master  0  0d00h00m00s  3.2.0\n# workers\n# programs\n\n`;
  expect(readProcesses(answer)).toEqual({ masterPid: 7, reloads: 0, worker: undefined, oldWorkers: [] });
});

it('takes another answer for none', () => {
  expect(readProcesses('Permission denied\n')).toBeUndefined();
});
