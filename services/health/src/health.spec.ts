import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { NatsConnection } from '@nats-io/transport-node';
import { Test } from '@nestjs/testing';
import { HealthModule } from './health.module.ts';
import { healthSettingsFrom } from './settings.ts';

describe('the module', () => {
  it('comes together, and gives its connection back at the end', async () => {
    const ended: string[] = [];
    const end = (how: string) => () => Promise.resolve(void ended.push(how));
    const connection = { status: () => [], drain: end('drained'), close: end('closed') };
    const module = HealthModule.with(healthSettingsFrom({}), connection as unknown as NatsConnection);
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    expect(app.get(HealthModule)).toBeInstanceOf(HealthModule);
    await app.close();
    expect(ended).toEqual(['drained', 'closed']);
  });
});

describe('settings', () => {
  it('name a checker that may stand in a NATS subject, without being told', () => {
    expect(healthSettingsFrom({}).checker).toMatch(/^[A-Za-z0-9_-]{1,63}$/);
  });

  it.each([
    ['EVENKEEL_CHECKER', 'two words', /checker/],
    ['EVENKEEL_CLUSTER', 'Radiology', /cluster/],
    ['EVENKEEL_PROBES_MAX', '0', /probesMax/],
    ['EVENKEEL_OWN_PORTS', '5432,x', /ownPorts/],
    ['EVENKEEL_HEALTH_PROGRAMS', 'programs', /programs/],
  ])('refuse %s=%s and say which one', (variable, value, which) => {
    expect(() => healthSettingsFrom({ [variable]: value })).toThrow(which);
  });
});
