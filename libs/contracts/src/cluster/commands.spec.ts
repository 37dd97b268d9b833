import { describe, expect, it } from '@jest/globals';
import { ClusterCommand, realServersMax } from './commands.ts';
import { RealServerSpec } from './real-server.ts';

const id = '00000001-0000-4000-8000-000000000001';
const service = { label: 'A', address: '192.168.85.150', ports: [104], layer: 7, mode: 'tcp' };
const realServer = { label: 'P1', address: '192.168.85.200' };
const accepts = (command: object): boolean => ClusterCommand.safeParse(command).success;

describe('a command', () => {
  it('fills in what its caller left out, on the careful side', () => {
    expect(ClusterCommand.parse({ kind: 'DrainRealServer', realServerId: id })).toMatchObject({
      clients: 'keep',
      force: false,
    });
    expect(ClusterCommand.parse({ kind: 'HaltMachine', address: '10.0.0.1' })).toMatchObject({
      connections: 'close',
      force: false,
    });
    expect(ClusterCommand.parse({ kind: 'BringRealServerOnline', realServerId: id })).toMatchObject({ whenUp: false });
    expect(ClusterCommand.parse({ kind: 'DuplicateVirtualService', source: id, label: 'B' })).toMatchObject({
      overrides: {},
    });
    expect(ClusterCommand.parse({ kind: 'AddVirtualService', service })).toMatchObject({ realServers: [] });
  });

  it.each<[string, object]>([
    ['of no known kind', { kind: 'DropTable' }],
    ['with an unknown field', { kind: 'RemoveVirtualService', virtualServiceId: id, force: true }],
    ['with an id that is none', { kind: 'RemoveVirtualService', virtualServiceId: 'DICOM' }],
    [
      'with a field name of a MiB',
      { kind: 'ModifyRealServer', realServerId: id, changes: { ['x'.repeat(1 << 20)]: 1 } },
    ],
    ['with changes that are a list', { kind: 'ModifyRealServer', realServerId: id, changes: [] }],
    ['with changes that are no JSON', { kind: 'ModifyRealServer', realServerId: id, changes: { weight: NaN } }],
    ['with a wrong way to drain', { kind: 'DrainMachine', address: '10.0.0.1', clients: 'kick' }],
    ['with an address that is none', { kind: 'DrainMachine', address: 'pacs1' }],
  ])('%s is none', (_what, command) => expect(accepts(command)).toBe(false));

  it('may bring as many real servers as a service can have, and not one more', () => {
    const many = Array.from({ length: realServersMax }, () => realServer);
    expect(accepts({ kind: 'AddVirtualService', service, realServers: many })).toBe(true);
    expect(accepts({ kind: 'AddVirtualService', service, realServers: [...many, realServer] })).toBe(false);
  });
});

describe('a real server', () => {
  it('inherits its port, has weight 100 and no limits', () =>
    expect(RealServerSpec.parse(realServer)).toEqual({
      ...realServer,
      ...{ port: 'inherit', weight: 100, maxConnections: 0, minConnections: 0, tls: 'inherit' },
    }));

  it.each<object>([{ weight: 0 }, { weight: 256 }, { port: 1 }, { port: 65_535 }, { maxConnections: 1_000_000 }])(
    'may have %j',
    (fields) => expect(RealServerSpec.safeParse({ ...realServer, ...fields }).success).toBe(true),
  );

  it.each<object>([
    { weight: -1 },
    { weight: 257 },
    { weight: 1.5 },
    { weight: '100' },
    { port: 0 },
    { port: 65_536 },
    { port: 'any' },
    { port: null },
    { maxConnections: -1 },
    { minConnections: 1_000_001 },
    { intent: 'halt' },
  ])('may not have %j', (fields) => expect(RealServerSpec.safeParse({ ...realServer, ...fields }).success).toBe(false));
});
