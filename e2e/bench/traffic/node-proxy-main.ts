// The plainest proxy that Node can be: no balance, no checks, no persistence.
import { Agent, createServer as createHttpServer, request } from 'node:http';
import { connect, createServer } from 'node:net';

type Settings = { to: string; web: number; dicom: number; listen: { web: number; dicom: number } };
const { to, web, dicom, listen } = JSON.parse(process.argv[2] ?? '{}') as Settings;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const http = createHttpServer((asked, answer) => {
  const { method, url: path, headers } = asked;
  const onward = request({ host: to, port: web, method, path, headers, agent }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
});

const tcp = createServer((client) => {
  const server = connect(dicom, to);
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
});

http.listen(listen.web);
tcp.listen(listen.dicom);
