import { expect, it } from '@jest/globals';
import { healthAnswer } from './health-answer.ts';
import { HealthParts, type Part } from './health-parts.ts';

const part = (name: string, neededTo: Part['neededTo'], wrong?: string): Part => ({
  name,
  neededTo,
  whatIsWrong: () => wrong,
});
const asked = (path: string, ...parts: readonly Part[]) => {
  const health = new HealthParts();
  health.add(...parts);
  return healthAnswer(path, true, health);
};

it('is alive whatever is away: nothing is asked', () => {
  const whatIsWrong = (): never => {
    throw new Error('was asked');
  };
  expect(asked('/livez', { ...part('postgres', 'ready'), whatIsWrong })).toEqual({ status: 200, text: 'alive\n' });
});

it('is not started before every part that belongs to a start has been well', () => {
  const book = part('book', 'start', 'not read yet');
  expect(asked('/startupz', book)).toEqual({ status: 503, text: 'starting\n[-] book: not read yet\n' });
  expect(asked('/readyz', book)?.status).toBe(503);
  expect(asked('/startupz', part('book', 'start'), part('nats', 'ready', 'away'))?.status).toBe(200);
});

it('is not ready without what it needs, and names it', () => {
  const answer = asked('/readyz', part('postgres', 'ready', 'the line is down'), part('nats', 'ready'));
  expect(answer).toEqual({ status: 503, text: 'not ready\n[-] postgres: the line is down\n[+] nats\n' });
});

it('stays ready without what it can do without, and says that it is degraded', () => {
  const answer = asked('/readyz', part('haproxy', 'ready'), part('nats', 'degraded', 'away'));
  expect(answer).toEqual({ status: 200, text: 'degraded\n[+] haproxy\n[-] nats: away\n' });
});

it('names its parts only when somebody wants to know', () => {
  const health = new HealthParts();
  const remove = health.add(part('nats', 'ready', 'away'));
  expect(healthAnswer('/readyz', false, health)).toEqual({ status: 503, text: 'not ready\n' });
  remove();
  expect(healthAnswer('/readyz', false, health)).toEqual({ status: 200, text: 'ready\n' });
  expect(healthAnswer('/elsewhere', false, health)).toBeUndefined();
});
