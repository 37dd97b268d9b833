import { freePort, unmetNeeds } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { ask, rootName, rootPassword } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { serveTcp } from '../test/loopback-server.ts';
import { startSlapd } from '../test/slapd.ts';

const atEnd = cleanUpAfterEach();
const missing = unmetNeeds('slapd');
if (missing.length > 0) throw new Error(`this suite needs a real directory: ${missing.join('; ')}`);

describe('against OpenLDAP', () => {
  it('passes, also over TLS, and catches one that hangs though its port accepts', async () => {
    const { port, securePort, server, stop } = await startSlapd();
    atEnd(stop);
    expect(await ask({ kind: 'ldap' }, port)).toMatchObject({
      outcome: 'passed',
      reason: 'check-passed',
      detail: `127.0.0.1:${port} accepted an anonymous bind`,
    });
    expect(await ask({ kind: 'ldap', tls: {} }, securePort)).toMatchObject({
      outcome: 'passed',
      certificate: { subject: 'CN=pacs.example' },
    });
    server.pause();
    expect(await ask({ kind: 'connect' }, port)).toMatchObject({ outcome: 'passed' });
    expect(await ask({ kind: 'ldap', timeout: '300ms' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'ldap-timeout',
      detail: `127.0.0.1:${port} accepted the connection, but did not answer the bind within 300ms`,
    });
  });

  it('takes one that binds nobody without a name for alive', async () => {
    const { port, stop } = await startSlapd('disallow bind_anon');
    atEnd(stop);
    expect(await ask({ kind: 'ldap' }, port)).toMatchObject({
      outcome: 'alive-but-refused',
      reason: 'ldap-refused',
      detail: `127.0.0.1:${port} answered the bind with 48 (inappropriateAuthentication): anonymous bind disallowed`,
    });
  });
});

describe('a bind with a name, against OpenLDAP', () => {
  const database = ['database config', `rootdn "${rootName}"`, `rootpw "${rootPassword}"`];
  const as = (secret: string) => ({ kind: 'ldap' as const, bindAs: { secret } });

  it('passes, also over TLS and where nobody may bind without a name, and catches one that hangs', async () => {
    const { port, securePort, server, stop } = await startSlapd('disallow bind_anon', 'require authc', ...database);
    atEnd(stop);
    expect(await ask({ kind: 'ldap' }, port)).toMatchObject({ outcome: 'alive-but-refused', reason: 'ldap-refused' });
    expect(await ask(as('ldap-monitor'), port)).toMatchObject({
      outcome: 'passed',
      detail: `127.0.0.1:${port} accepted a bind with the credentials of ldap-monitor`,
    });
    expect(await ask({ ...as('ldap-monitor'), tls: {} }, securePort)).toMatchObject({ outcome: 'passed' });
    server.pause();
    expect(await ask({ ...as('ldap-monitor'), timeout: '300ms' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'ldap-timeout',
    });
  });

  it.each([
    ['another password', 'ldap-old-password', '49 (invalidCredentials)'],
    ['a name that nobody has', 'ldap-stranger', '49 (invalidCredentials)'],
    ['a name that is none', 'ldap-no-name', '34 (invalidDNSyntax): invalid DN'],
  ])('tells %s from a death', async (_what, secret, code) => {
    const { port, stop } = await startSlapd(...database);
    atEnd(stop);
    expect(await ask(as(secret), port)).toMatchObject({
      outcome: 'alive-but-refused',
      reason: 'credentials-refused',
      detail: `127.0.0.1:${port} answered a bind with the credentials of ${secret} with ${code}`,
    });
  });

  it('is not replaced by an anonymous one where the credentials are missing', async () => {
    const { port, stop } = await startSlapd(...database);
    atEnd(stop);
    expect(await ask(as('other'), port)).toMatchObject({ outcome: 'not-asked', reason: 'secret-missing' });
  });
});

describe('against something else', () => {
  const saying = async (words: Buffer | string): Promise<number> => {
    const { port, stop } = await serveTcp((socket) => socket.once('data', () => socket.end(words)));
    atEnd(stop);
    return port;
  };
  const busy = Buffer.from('300c02010161070a0133040004 00'.replaceAll(' ', ''), 'hex');

  it.each([
    ['a directory that is busy', busy, 'ldap-status'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'ldap-malformed'],
    ['half an answer', busy.subarray(0, 6), 'connection-closed'],
    ['an answer to another message', Buffer.from('300c02010261070a010004000400', 'hex'), 'ldap-malformed'],
    ['four gigabytes', Buffer.from('3084ffffffff02', 'hex'), 'ldap-malformed'],
  ])('%s has failed', async (_what, words, reason) =>
    expect(await ask({ kind: 'ldap' }, await saying(words))).toMatchObject({ outcome: 'failed', reason }),
  );

  it('nobody: says so', async () =>
    expect(await ask({ kind: 'ldap' }, await freePort())).toMatchObject({ reason: 'connect-refused' }));
});
