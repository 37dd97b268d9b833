import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthAnswer } from './health/health-answer.ts';
import type { HealthParts } from './health/health-parts.ts';

export type OperationsServer = { readonly port: number; readonly stop: () => Promise<void> };

export const operationsPaths: ReadonlySet<string> = new Set(['/metrics', '/livez', '/startupz', '/readyz']);

/** Serves metrics and health on 127.0.0.1. Rejects when the port is taken. */
export const startOperationsServer = async (
  port: number,
  health: HealthParts,
  answerMetrics: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OperationsServer> => {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method !== 'GET' && request.method !== 'HEAD') return tell(response, 405, 'only GET\n');
    if (pathname === '/metrics') return answerMetrics(request, response);
    const answer = healthAnswer(pathname, searchParams.has('verbose'), health);
    return answer === undefined
      ? tell(response, 404, `${[...operationsPaths].join('\n')}\n`)
      : tell(response, answer.status, answer.text);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening'); // rejects when the server says `error` first
  server.unref(); // nobody's work waits for it
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const tell = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(text);
};
