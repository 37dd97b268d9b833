import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { unobserved } from '@evenkeel/telemetry';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { type Appliance, start } from './index.ts';
import { applianceSettingsFrom } from './settings.ts';

// One box in this process, so that one exporter in memory sees the spans of all its parts.

const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({ spanProcessors: [new SimpleSpanProcessor({ exporter })], metricReaders: [] });
let folder: TempFolder;
let box: Appliance;

beforeAll(async () => {
  sdk.start();
  folder = await makeTempFolder('trace-spec');
  const environment = { EVENKEEL_DATA: folder.path, EVENKEEL_HTTPS_HOST: '127.0.0.1', EVENKEEL_HTTPS_PORT: '0' };
  const observe = () => Promise.resolve(unobserved);
  box = await start({ settings: applianceSettingsFrom(environment), environment, say: () => undefined, observe });
}, 90_000);
afterAll(async () => {
  await box?.stop();
  await sdk.shutdown();
  await folder?.remove();
}, 60_000);

const post = async (path: string, body: object): Promise<number | undefined> => {
  const token = (await readFile(box.adminTokenFile, 'utf8')).trim();
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answered = Promise.withResolvers<number | undefined>();
  request(`${box.url}/api/v1${path}`, { method: 'POST', headers, rejectUnauthorized: false }, (response) => {
    response.resume().once('end', () => answered.resolve(response.statusCode));
  })
    .once('error', answered.reject)
    .end(JSON.stringify(body));
  return answered.promise;
};

const named = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;
const linkedBy = (span: ReadableSpan): string[] => span.links.map((link) => link.context.spanId);

it('leads from a request to what the node did for it', async () => {
  exporter.reset();
  const service = { label: 'Traced', address: '127.0.85.99', ports: [18_080], layer: 7, mode: 'http' };
  expect(await post('/virtual-services?wait=converged&timeout=10s', service)).toBe(201);

  const [command] = named('command AddVirtualService');
  const traceId = command?.spanContext().traceId;
  const [asked, decided, stored, sent] = [
    'process evenkeel.rpc.config.command',
    'decide',
    'append',
    'send evenkeel.config.radiology',
  ].map((name) => named(name).find((span) => span.spanContext().traceId === traceId));
  expect(asked?.parentSpanContext?.spanId).toBe(idOf(command));
  for (const step of [decided, stored, sent]) expect(step?.parentSpanContext?.spanId).toBe(idOf(asked));

  // A worker's rounds serve many commands: they are linked to this one, and no part of its trace.
  const rounds = () => [...named('reconcile'), ...named('sweep')];
  const ours = () => rounds().find((round) => linkedBy(round).includes(idOf(sent) ?? ''));
  await until('the round is over', () => Promise.resolve(ours() !== undefined));
  expect(ours()?.spanContext().traceId).not.toBe(traceId);
  expect(ours()?.attributes).toMatchObject({ 'evenkeel.node': 'node-1', 'evenkeel.observed': 1 });
  expect(named('step reload').map((step) => step.parentSpanContext?.spanId)).toContain(idOf(ours()));
  const taken = named('process evenkeel.config.radiology').filter((span) => linkedBy(span).includes(idOf(sent) ?? ''));
  expect(taken.length).toBeGreaterThanOrEqual(3); // gateway, health and proxy fold it
});
