import { freePort, startOrthanc, unmetNeeds } from '@evenkeel/testing/lab';
import { expect, it } from '@jest/globals';
import { ask, monitor } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';

const atEnd = cleanUpAfterEach();
const missing = unmetNeeds('Orthanc', 'echoscu', 'curl');
if (missing.length > 0) throw new Error(`this suite needs a real DICOM server: ${missing.join('; ')}`);

it('Orthanc answers HEAD / with 404: the evidence says so, and what was asked; a GET of a page that it has passes', async () => {
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const place = { address: '127.0.0.1', httpPort, dicomPorts: [dicomPort] as const };
  const orthanc = await startOrthanc({ ...place, aeTitle: 'ORTHANC', name: 'probed' });
  atEnd(() => orthanc.kill());
  expect(await ask({ kind: 'http' }, httpPort)).toMatchObject({
    outcome: 'failed',
    reason: 'http-status',
    detail: expect.stringMatching(`^HEAD / on 127.0.0.1:${httpPort} answered "404 Not Found"`),
  });
  expect(await ask({ kind: 'http', method: 'GET', path: '/system' }, httpPort)).toMatchObject({ outcome: 'passed' });
});

it('Orthanc lets in who has its password, and who has another one is told from a death', async () => {
  const [httpPort, dicomPort] = [await freePort(), await freePort()];
  const place = { address: '127.0.0.1', httpPort, dicomPorts: [dicomPort] as const };
  const orthanc = await startOrthanc({ ...place, aeTitle: 'ORTHANC', name: 'guarded', user: monitor.reveal() });
  atEnd(() => orthanc.kill());
  const page = { kind: 'http', method: 'GET', path: '/system', expectBody: 'guarded' } as const;
  expect(await ask(page, httpPort)).toMatchObject({ outcome: 'failed', reason: 'http-status' });
  const signedIn = { ...page, basicAuth: { secret: 'pacs-monitor' } };
  expect(await ask(signedIn, httpPort)).toMatchObject({
    outcome: 'passed',
    detail: expect.stringContaining('with the credentials of pacs-monitor answered "200 OK"'),
  });
  expect(await ask({ ...signedIn, basicAuth: { secret: 'ldap-old-password' } }, httpPort)).toMatchObject({
    outcome: 'alive-but-refused',
    reason: 'credentials-refused',
  });
});
