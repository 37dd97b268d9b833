import { describe, expect, it } from '@jest/globals';
import { addedKinds, AddVirtualServiceBody } from '../rest/resources.ts';
import { readInput } from '../explain-issues.ts';
import { invalidService, readVirtualService } from './read-virtual-service.ts';

const named = { label: 'A', address: '192.168.85.150', ports: [104] };
const refusalOf = (service: unknown) => {
  const read = readVirtualService(service);
  return read.ok ? undefined : read.refusal;
};
const combinationsOf = (service: unknown) => {
  const refusal = refusalOf(service);
  return refusal?.kind === 'invalid-combination'
    ? refusal.errors.map(({ pointer, detail, expected }) => [pointer, detail, expected])
    : [];
};

describe('reading a virtual service', () => {
  it('gives the service with its defaults', () =>
    expect(readVirtualService({ ...named, layer: 7, mode: 'tcp' })).toMatchObject({
      ok: true,
      value: { scope: 'manual' },
    }));

  it.each<[string, object, [string, string, string]]>([
    [
      'a mode of the other layer',
      { layer: 7, mode: 'udp' },
      ['/mode', 'mode "udp" cannot stand in layer 7', 'one of "http", "tcp"; or layer 4 mode "udp"'],
    ],
    [
      'a field of the other mode',
      { layer: 7, mode: 'tcp', forwardedFor: true },
      ['/forwardedFor', 'forwardedFor does not exist in layer 7 mode "tcp"', 'no forwardedFor, or layer 7 mode "http"'],
    ],
    [
      'a page in mode tcp',
      { layer: 7, mode: 'tcp', fallback: { kind: 'page' } },
      [
        '/fallback/kind',
        'fallback.kind "page" cannot stand in layer 7 mode "tcp"',
        'one of "none", "server"; or layer 7 mode "http"',
      ],
    ],
    [
      'a balance of the other layer',
      { layer: 4, mode: 'tcp', balance: 'least-connections' },
      [
        '/balance',
        'balance "least-connections" cannot stand in layer 4 mode "tcp"',
        'one of "random", "round-robin"; or layer 7 mode "http", layer 7 mode "tcp"',
      ],
    ],
    [
      'a check that needs TCP',
      { layer: 4, mode: 'udp', healthCheck: { kind: 'http' } },
      [
        '/healthCheck/port',
        'healthCheck.port is required in layer 4 mode "udp"',
        'a number; or layer 4 mode "tcp", layer 4 mode "tcp-udp"',
      ],
    ],
    [
      'a check that needs UDP',
      { layer: 7, mode: 'tcp', healthCheck: { kind: 'netbios-node-status' } },
      [
        '/healthCheck/kind',
        'healthCheck.kind "netbios-node-status" cannot stand in layer 7 mode "tcp"',
        'one of "none", "follow", "ping", "external", "connect", "http", "tls", "dicom-echo", "ldap"; or layer 4 mode "udp", layer 4 mode "tcp-udp"',
      ],
    ],
    [
      'a field of the other action',
      { layer: 7, mode: 'http', action: 'redirect-to-https', healthCheck: { kind: 'none' } },
      [
        '/healthCheck',
        'healthCheck does not exist in layer 7 mode "http" action "redirect-to-https"',
        'no healthCheck, or action "balance"',
      ],
    ],
    [
      'a redirect that nobody asked for',
      { layer: 7, mode: 'http', redirect: { code: 301 } },
      ['/redirect', 'redirect does not exist in layer 7 mode "http"', 'no redirect, or action "redirect-to-https"'],
    ],
    [
      'an action where there is none',
      { layer: 4, mode: 'tcp', action: 'redirect-to-https' },
      [
        '/action',
        'action does not exist in layer 4 mode "tcp"',
        'no action, or layer 7 mode "http" action "redirect-to-https"',
      ],
    ],
  ])('names both sides and what is allowed for %s', (_what, fields, error) =>
    expect(combinationsOf({ ...named, ...fields })).toEqual([error]),
  );

  it('calls it bad input when a value is wrong in every mode', () => {
    expect(refusalOf({ ...named, layer: 7, mode: 'tcp', balance: 'fair' })?.kind).toBe('invalid-input');
    expect(refusalOf({ ...named, layer: 7, mode: 'tcp', constructor: 1 })?.kind).toBe('invalid-input');
    expect(
      refusalOf({ ...named, layer: 7, mode: 'tcp', persistence: { kind: 'source-ip', cookieName: 'A' } })?.kind,
    ).toBe('invalid-input');
    expect(refusalOf(null)?.kind).toBe('invalid-input');
    expect(refusalOf({})?.kind).toBe('invalid-input');
  });

  it('calls a mixture bad input, and still tells everything', () => {
    const refusal = refusalOf({ ...named, ports: [0], layer: 7, mode: 'tcp', forwardedFor: true });
    expect(refusal?.kind).toBe('invalid-input');
    expect(refusal?.errors.map(({ pointer }) => pointer)).toEqual(['/ports/0', '/forwardedFor']);
  });

  it('explains bodies that hold more than a service in the same way', () => {
    const body = {
      ...named,
      layer: 7,
      mode: 'tcp',
      persistence: { kind: 'http-cookie' },
      realServers: [],
      reason: 'because',
    };
    const read = readInput(AddVirtualServiceBody, body);
    expect(read.ok ? undefined : invalidService(read.refusal, body).kind).toBe('invalid-combination');
    const worse = { ...body, reason: '' };
    const readWorse = readInput(AddVirtualServiceBody, worse);
    expect(readWorse.ok ? undefined : invalidService(readWorse.refusal, worse).kind).toBe('invalid-input');
  });

  it('says of real servers in a redirect what would be right', () => {
    const body = { ...named, layer: 7, mode: 'http', action: 'redirect-to-https', realServers: [] };
    const read = readInput(AddVirtualServiceBody, body);
    expect(read.ok ? undefined : invalidService(read.refusal, body, addedKinds)).toEqual({
      kind: 'invalid-combination',
      errors: [
        {
          pointer: '/realServers',
          detail: 'realServers does not exist in layer 7 mode "http" action "redirect-to-https"',
          expected: 'no realServers, or action "balance"',
          inherited: false,
        },
      ],
    });
  });
});
