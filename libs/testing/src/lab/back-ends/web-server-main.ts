import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type WebServerOptions } from './web-server.ts';

const { address, port, name, behind } = JSON.parse(process.argv[2] ?? '{}') as Omit<WebServerOptions, 'place'>;

// These speak of one connection, and ours to the server behind is another.
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding']);
const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([header]) => !hopByHop.has(header)));

const passOn = (asked: IncomingMessage, answer: ServerResponse): void => {
  const to = { host: behind?.address, port: behind?.port, method: asked.method, path: asked.url };
  // No agent: Orthanc closes idle connections after a second, and a kept one may break under the next request.
  const onward = request({ ...to, headers: endToEnd(asked.headers), agent: false }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, { ...endToEnd(answered.headers), 'x-server': name });
    answered.pipe(answer);
  });
  onward.on('error', (failure) => {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(502, { 'content-type': 'text/plain' }).end(`${failure.message}\n`);
  });
  asked.pipe(onward);
};

const server = createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://any');
  answer.setHeader('x-server', name).setHeader('content-type', 'text/plain');
  if (pathname === '/')
    answer.end(`${name}\n`); // Node leaves the body out of an answer to HEAD
  else if (pathname === '/hold') {
    answer.write(`${name}\n`);
    setTimeout(() => answer.end(), Number(searchParams.get('ms')));
  } else if (behind !== undefined) passOn(asked, answer);
  else answer.writeHead(404).end();
});

server.listen(port, address);
