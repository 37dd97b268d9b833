import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { certificateFile, filesOf, Layer7Wishes } from '@evenkeel/data-plane';
import { aPicture, type Sketch } from '@evenkeel/data-plane/test/layer7';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../test/certificates.ts';
import { sha256 } from '../test/real-haproxy.ts';
import { haproxyProgram } from './haproxy-program.ts';

const goldens = fileURLToPath(new URL('../../data-plane/golden/layer7/', import.meta.url));
const names = readdirSync(goldens)
  .filter((file) => file.endsWith('.cfg'))
  .map((file) => file.replace('.cfg', ''));

let folder: TempFolder;
beforeAll(async () => {
  folder = await makeTempFolder('golden');
  await mkdir(join(folder.path, 'certificates'));
  for (const name of ['site', 'other.example'])
    await put(certificateFile(name), (await makeCertificate(folder.path, name)).pem);
});
afterAll(() => folder.remove());

/** What HAProxy says of `haproxy.cfg` in the folder; throws what it says when it refuses. */
const check = async (nodeName: string, ...options: readonly string[]): Promise<string> => {
  const { command, environment } = haproxyProgram(nodeName);
  const args = ['-c', ...options, '-L', nodeName, '-f', 'haproxy.cfg'];
  return (await promisify(execFile)(command, args, { cwd: folder.path, env: environment })).stdout;
};
const put = (file: string, text: string): Promise<void> => writeFile(join(folder.path, file), text);

describe.each(names)('the golden %s', (name) => {
  const nodeName = async (): Promise<string> =>
    (JSON.parse(await readFile(`${goldens}${name}.json`, 'utf8')) as Required<Sketch>).node.name;

  it('is accepted by HAProxy, without a warning', async () => {
    await copyFile(`${goldens}${name}.cfg`, join(folder.path, 'haproxy.cfg'));
    await put('servers.state', '1\n# be_id be_name\n');
    await expect(check(await nodeName(), '-dW')).resolves.toContain('Configuration file is valid');
  });

  it('is accepted together with its server state file', async () => {
    await copyFile(`${goldens}${name}.cfg`, join(folder.path, 'haproxy.cfg'));
    await copyFile(`${goldens}${name}.state`, join(folder.path, 'servers.state'));
    await expect(check(await nodeName())).resolves.toContain('Configuration file is valid');
  });
});

it('accepts any text where a label stands, because the renderer lets it be nothing but a comment', async () => {
  const label = 'x\nglobal\n  nonsense "\'\\ $HOME # \u2028 \u0000 é 🙂';
  const picture = aPicture({ services: [{ number: 1, realServers: [{ number: 2 }] }] });
  const relabelled = {
    ...picture,
    cluster: {
      ...picture.cluster,
      virtualServices: picture.cluster.virtualServices.map((state) => ({ ...state, spec: { ...state.spec, label } })),
    },
  };
  const files = filesOf(new Layer7Wishes(sha256).of(relabelled).wanted);
  await put('haproxy.cfg', files.configuration);
  await put('servers.state', files.serverStates);
  await expect(check('node-a', '-dW')).resolves.toContain('Configuration file is valid');
});
