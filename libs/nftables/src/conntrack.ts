import { createInterface } from 'node:readline';
import {
  type ConnectionEnding,
  type ConnectionPath,
  type Family,
  markOf,
  markPrefix,
  serverOfMark,
  type UsedPath,
} from '@evenkeel/data-plane';
import { endOf, ProgramFailed, type Programs } from './programs.ts';

// Source: conntrack(8), tried on conntrack-tools 1.4.7.

const mask = (bits: number): number => 2 ** 32 - 2 ** (32 - bits);
const ourMarks = `${markPrefix.addr}/${mask(markPrefix.len)}`;

/** In conntrack's words. */
const protocols = { ip: 'ipv4', ip6: 'ipv6' } as const;

/** Every path with connections of ours. Read line by line: a busy node has a hundred thousand connections. */
export const listConnections = async (programs: Programs, family: Family): Promise<readonly UsedPath[]> => {
  const child = programs.start('conntrack', ['-L', '-f', protocols[family], '-m', ourMarks]);
  const ended = endOf(child, 'conntrack');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const paths = new Map<string, UsedPath>();
  const read = async (): Promise<void> => {
    for await (const line of createInterface({ input: child.stdout })) addConnection(paths, line);
  };
  const [code] = await Promise.all([ended, read()]);
  if (code !== 0) throw new ProgramFailed('conntrack', said.trim());
  return [...paths.values()];
};

/** The kernel forgets these connections. To find none is no failure. */
export const endConnections = async (programs: Programs, family: Family, ending: ConnectionEnding): Promise<void> => {
  const { code, stderr } = await programs.run('conntrack', ['-D', '-f', protocols[family], ...filterOf(ending)]);
  if (code !== 0 && !stderr.includes(' 0 flow entries have been deleted')) {
    throw new ProgramFailed('conntrack', stderr.trim());
  }
};

const filterOf = (ending: ConnectionEnding): string[] => {
  const mark = ['-m', String(markOf(ending.server))];
  if (!('address' in ending)) return mark;
  const { transport, address, port, toAddress, toPort } = ending;
  const asked = ['-d', address, '--orig-port-dst', String(port)];
  const answered = ['-r', toAddress, '--reply-port-src', String(toPort)];
  return [...mark, '-p', transport, ...asked, ...answered];
};

const addConnection = (paths: Map<string, UsedPath>, line: string): void => {
  const path = pathIn(line);
  if (path === undefined) return;
  const key = Object.values(path).join(' ');
  const before = paths.get(key)?.connections ?? 0;
  paths.set(key, { ...path, connections: before + (isClosed.test(line) ? 0 : 1) });
};

const isClosed = / (TIME_WAIT|CLOSE) /;

/** First come the addresses that the client used, then those that the real server sees, its own as the source. */
const connectionLine =
  /^(?<transport>tcp|udp) .*? dst=(?<address>\S+) sport=\d+ dport=(?<port>\d+) .*?src=(?<toAddress>\S+) dst=\S+ sport=(?<toPort>\d+) .*mark=(?<mark>\d+)/;

const pathIn = (line: string): ConnectionPath | undefined => {
  const found = connectionLine.exec(line)?.groups;
  const server = serverOfMark(Number(found?.['mark']));
  if (found === undefined || server === undefined) return undefined;
  return {
    server,
    transport: found['transport'] === 'tcp' ? 'tcp' : 'udp',
    address: found['address'] ?? '',
    port: Number(found['port']),
    toAddress: found['toAddress'] ?? '',
    toPort: Number(found['toPort']),
  };
};
