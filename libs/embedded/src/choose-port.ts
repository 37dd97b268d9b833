import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

/** The asked port cannot be had on loopback. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';

  constructor(program: string, port: number, answer: string) {
    const cure = `End the program that holds it (ss -ltnp 'sport = :${port}' names it), or choose another port.`;
    super(`${program} cannot listen on 127.0.0.1:${port}: ${answer}. ${cure}`);
  }
}

/**
 * The loopback port for a server: `wanted` when given, else the one this folder had last time, else any free one,
 * which is then remembered in the folder. Throws `PortTaken` only for a wanted port: a remembered one gives way.
 */
export const choosePort = async (
  { folder, program, wanted }: { folder: string; program: string; wanted: number | undefined },
  onLog: (line: string) => void,
): Promise<number> => {
  if (wanted !== undefined) {
    const refusal = await refusalOf(wanted);
    if (refusal !== undefined) throw new PortTaken(program, wanted, refusal);
    return wanted;
  }
  const file = join(folder, 'port');
  const remembered = Number(await readFile(file, 'utf8').catch(() => ''));
  const isUsable = Number.isInteger(remembered) && remembered > 0 && remembered < 65_536;
  if (isUsable && (await refusalOf(remembered)) === undefined) return remembered;
  const port = await freePort();
  if (isUsable) onLog(`port ${remembered} is taken by another program: ${program} moves to ${port}`);
  await writeFile(file, `${port}\n`);
  return port;
};

const refusalOf = async (port: number): Promise<string | undefined> => {
  try {
    await listenOnce(port);
    return undefined;
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    return code === 'EADDRINUSE' ? 'the port is taken' : message;
  }
};

const freePort = (): Promise<number> => listenOnce(0);

const listenOnce = async (port: number): Promise<number> => {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  const { port: got } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return got;
};
