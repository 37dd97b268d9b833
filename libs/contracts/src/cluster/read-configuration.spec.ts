import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from './read-configuration.ts';

const dicom = { label: 'DICOM', address: '192.168.85.150', ports: [104], layer: 7, mode: 'tcp' };
const pacs = { label: 'INF_PACS1', address: '192.168.85.200' };
const document = (...virtualServices: readonly object[]) => ({
  apiVersion: 'evenkeel/v1',
  kind: 'ClusterConfiguration',
  metadata: { scope: 'pacs' },
  virtualServices,
});

const refusalOf = (input: unknown) => {
  const read = readConfiguration(input);
  if (read.ok) throw new Error('it was read');
  const { kind, errors } = read.refusal;
  return { kind, errors: errors.map(({ pointer, expected }) => [pointer, expected]) };
};

describe('a configuration', () => {
  it('has every field after it was read, and no scope in its services', () => {
    const read = readConfiguration(document({ ...dicom, realServers: [pacs] }));
    if (!read.ok) throw new Error(JSON.stringify(read.refusal));
    const [service] = read.value.virtualServices;
    expect(service).toMatchObject({ balance: 'least-connections', timeouts: { client: '12h' } });
    expect(service).toMatchObject({ realServers: [{ weight: 100, port: 'inherit' }] });
    expect(service).not.toHaveProperty('scope');
  });

  it('follows other services by label', () => {
    const follow = { kind: 'follow', virtualService: 'DICOM' };
    expect(readConfiguration(document(dicom, { ...dicom, label: 'QUERY', healthCheck: follow })).ok).toBe(true);
  });
});

describe('a configuration is refused', () => {
  it('with the place of everything that is wrong in it, at once', () =>
    expect(
      refusalOf({
        ...document(
          { ...dicom, ports: [0], colour: 'red' },
          { ...dicom, realServers: [pacs, { ...pacs, weight: 300 }] },
        ),
        kind: 'Cluster',
      }),
    ).toEqual({
      kind: 'invalid-input',
      errors: [
        ['/kind', '"ClusterConfiguration"'],
        ['/virtualServices/0/ports/0', 'at least 1'],
        ['/virtualServices/0/colour', undefined],
        ['/virtualServices/1/realServers/1/weight', 'at most 256'],
      ],
    }));

  it.each([
    ['an intent', { ...dicom, realServers: [{ ...pacs, intent: 'drain' }] }, '/virtualServices/0/realServers/0/intent'],
    ['whether a service is enabled', { ...dicom, enabled: false }, '/virtualServices/0/enabled'],
    ['a scope of its own for a service', { ...dicom, scope: 'manual' }, '/virtualServices/0/scope'],
  ])('when it says %s', (_what, service, pointer) =>
    expect(refusalOf(document(service))).toEqual({ kind: 'invalid-input', errors: [[pointer, undefined]] }),
  );

  it('when its commit would be too large for the bus', () => {
    const realServers = Array.from({ length: 500 }, (_, index) => ({ ...pacs, label: `S${index}` }));
    const services = Array.from({ length: 13 }, () => ({ ...dicom, realServers }));
    expect(refusalOf(document(...services)).errors).toEqual([['/virtualServices', 'at most 6000 real servers in all']]);
    expect(refusalOf(document(...Array.from({ length: 2_001 }, () => dicom))).errors).toEqual([
      ['/virtualServices', 'at most 2000 items'],
    ]);
  });

  it('as a combination when each value would be right in another mode', () => {
    const refusal = refusalOf(document(dicom, { ...dicom, persistence: { kind: 'http-cookie' } }));
    expect(refusal.kind).toBe('invalid-combination');
    expect(refusal.errors).toEqual([
      ['/virtualServices/1/persistence/kind', 'one of "none", "source-ip"; or layer 7 mode "http"'],
    ]);
  });

  it('as invalid when one value is wrong by itself and another in its mode', () =>
    expect(refusalOf(document({ ...dicom, ports: [0] }, { ...dicom, persistence: { kind: 'http-cookie' } })).kind).toBe(
      'invalid-input',
    ));
});
