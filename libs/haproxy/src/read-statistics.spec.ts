import { expect, it } from '@jest/globals';
import { readStatistics } from './read-statistics.ts';

const header =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,';

it('tells what services and servers have counted, errors of all kinds together', () => {
  const answer = `${header}
vs1,FRONTEND,,,3,7,9980,40,100,2000,0,0,2,,,,,OPEN,,
vs1,rs2,0,0,1,5,,38,90,1900,,0,,3,1,0,0,UP,100,
vs1,fallback,0,0,1,5,,1,5,50,,0,,0,0,0,0,UP,100,
vs4,fallback,0,0,1,5,,6,7,80,,0,,0,0,0,0,UP,100,
`;
  expect(readStatistics(answer)).toEqual(
    new Map([
      ['vs1', { open: 3, sessions: 40, bytesIn: 100, bytesOut: 2_000, errors: 2 }],
      ['rs2', { open: 1, sessions: 38, bytesIn: 90, bytesOut: 1_900, errors: 4 }],
    ]),
  );
});

it('is nothing known where a worker has ended and answers nothing', () => {
  expect(readStatistics('')).toBeUndefined();
});
