import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProcess, Place } from '@evenkeel/testing/lab';

export type BackEnds = { readonly addresses: readonly string[]; readonly web: number; readonly dicom: number };

/** Where a proxy listens for each of the two services. */
export type Ports = { readonly web: number; readonly dicom: number };

/**
 * What somebody who knows HAProxy writes for these services: the same balance, persistence (kept over a reload), headers
 * and times as ours asks for, and nothing to change it with at run time.
 */
const haproxyConfiguration = (folder: string, { addresses, web, dicom }: BackEnds, listen: Ports): string => {
  const servers = (port: number, more: (index: number) => string): string[] =>
    addresses.map((address, index) => `  server pacs${index + 1} ${address}:${port} ${more(index)}`.trimEnd());
  return [
    'global',
    '  maxconn 8000',
    'peers here',
    `  peer hand-written unix@${join(folder, 'hand-written.sock')}`,
    'defaults',
    '  balance leastconn',
    '  option redispatch',
    '  option clitcpka',
    '  option srvtcpka',
    '  timeout connect 5s',
    'listen web',
    `  bind :${listen.web}`,
    '  mode http',
    '  timeout client 5m',
    '  timeout server 5m',
    '  timeout http-request 5s',
    '  timeout http-keep-alive 1m',
    '  option forwardfor',
    '  cookie SERVERID insert indirect nocache',
    '  stick-table type ip size 100k expire 30m peers here',
    '  stick on src',
    ...servers(web, (index) => `cookie pacs${index + 1}`),
    'listen dicom',
    `  bind :${listen.dicom}`,
    '  mode tcp',
    '  timeout client 12h',
    '  timeout server 12h',
    '  stick-table type ip size 100k expire 30m peers here',
    '  stick on src',
    ...servers(dicom, () => ''),
    '',
  ].join('\n');
};

export const startHandWritten = async (
  place: Place,
  folder: string,
  backEnds: BackEnds,
  listen: Ports,
): Promise<LabProcess> => {
  const file = join(folder, 'hand-written.cfg');
  await writeFile(file, haproxyConfiguration(folder, backEnds, listen));
  return place.spawn('haproxy', ['-W', '-L', 'hand-written', '-f', file]);
};

/** Debian's nginx carries HTTP; its TCP module is a package of its own. */
const nginxProxy = ({ addresses, web }: BackEnds, port: number): string => `
  upstream pacs { ip_hash; ${addresses.map((address) => `server ${address}:${web};`).join(' ')} keepalive 64; }
  server {
    listen ${port};
    keepalive_requests 1000000000;
    location / {
      proxy_pass http://pacs;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }`;

const nginxServer = (port: number): string => `
  server {
    listen ${port};
    keepalive_requests 1000000000;
    location = / { default_type text/plain; return 200 "${'x'.repeat(1_000)}\\n"; }
  }`;

const startNginx = async (place: Place, folder: string, name: string, http: string): Promise<LabProcess> => {
  const file = join(folder, `${name}.conf`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, name)}-${kind};`,
  );
  await writeFile(
    file,
    `daemon off; pid ${join(folder, name)}.pid; error_log stderr; worker_processes auto; worker_rlimit_nofile 10000;
events { worker_connections 4000; }
http { access_log off; sendfile on; ${temporary.join(' ')} ${http}
}
`,
  );
  return place.spawn('nginx', ['-c', file]);
};

export const startNginxProxy = (place: Place, folder: string, backEnds: BackEnds, port: number): Promise<LabProcess> =>
  startNginx(place, folder, 'nginx-proxy', nginxProxy(backEnds, port));

/** The web side of one PACS stand-in: a page of 1 kB at `/`. */
export const startBackEnd = (place: Place, folder: string, port: number): Promise<LabProcess> =>
  startNginx(place, folder, `back-end-${place.name}`, nginxServer(port));

export const startNodeProxy = (place: Place, backEnds: BackEnds, listen: Ports): LabProcess =>
  place.spawn('node', [
    join(import.meta.dirname, 'node-proxy-main.ts'),
    JSON.stringify({ ...backEnds, listen, to: backEnds.addresses[0] }),
  ]);
