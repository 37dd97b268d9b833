import { describe, expect, it } from '@jest/globals';
import { HttpService } from './virtual-service.ts';

const web = { label: 'WEB', address: '192.168.85.150', ports: [80], layer: 7, mode: 'http' };
const isRead = (fields: object): boolean => HttpService.safeParse({ ...web, ...fields }).success;
const rule = (match: object, action: object = { kind: 'deny' }) => ({ rules: [{ match, action }] });
const header = (fields: object) => ({
  headers: [{ action: 'set', on: 'request', name: 'X-A', value: 'a', ...fields }],
});

describe('what is not said', () => {
  it('is not there, so that a service of before reads as it was', () => {
    const read = HttpService.parse(web);
    expect([read.rules, read.headers]).toEqual([undefined, undefined]);
    expect(Object.keys(read)).not.toContain('rules');
  });
});

describe('a content rule', () => {
  it('has a status, a code and hosts in small letters', () => {
    const read = HttpService.parse({
      ...web,
      rules: [
        { match: { host: ['PACS.Example.org'] }, action: { kind: 'deny' } },
        { match: { query: { name: 'a' } }, action: { kind: 'redirect', location: '/' } },
      ],
    });
    expect(read.rules).toEqual([
      { match: { host: ['pacs.example.org'] }, action: { kind: 'deny', status: 403 } },
      { match: { query: { name: 'a' } }, action: { kind: 'redirect', location: '/', code: 302, keepPath: false } },
    ]);
  });

  it.each<[string, object]>([
    ['that matches nothing in particular', rule({})],
    ['with an empty list', rule({ path: [] })],
    ['with a line break', rule({ path: [{ kind: 'exact', value: 'a\nb' }] })],
    ['with an empty value', rule({ header: { name: 'X-A', value: { kind: 'exact', value: '' } } })],
    ['with a host that is none', rule({ host: ['*'] })],
    ['with a source that is no network', rule({ source: ['10.0.0.0/33'] })],
    [
      'that redirects to another scheme',
      rule({ path: [{ kind: 'exact', value: '/' }] }, { kind: 'redirect', location: 'javascript:1' }),
    ],
    [
      'that redirects with a space',
      rule({ path: [{ kind: 'exact', value: '/' }] }, { kind: 'redirect', location: '/a b' }),
    ],
  ])('%s is refused', (_what, fields) => expect(isRead(fields)).toBe(false));
});

describe('a header rule', () => {
  it.each<object>([
    { value: '' },
    { value: ' a' },
    { value: 'a\r\nX-B: b' },
    { value: 'é' },
    { value: 'a'.repeat(1_025) },
  ])('cannot carry %j', (fields) => expect(isRead(header(fields))).toBe(false));

  it.each(['', 'X A', 'X:A', 'Content-Length', 'transfer-encoding', 'CONNECTION'])('cannot be about %j', (name) =>
    expect(isRead(header({ name }))).toBe(false),
  );

  it('is otherwise taken as it stands', () => expect(isRead(header({ value: '"%[src]" $HOME # \\' }))).toBe(true));
});
