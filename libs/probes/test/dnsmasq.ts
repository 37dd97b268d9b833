import { freePort, LabProcess, until } from '@evenkeel/testing/lab';
import { Resolver } from 'node:dns/promises';

/**
 * A real DNS server on a free port of 127.0.0.1 that knows `pacs.example` (127.85.0.200, and a TXT record that fits into no
 * datagram: `long.example`) and nobody else. Options as in dnsmasq(8).
 */
export const startDnsmasq = async (...options: readonly string[]) => {
  const port = await freePort();
  const long = Array.from({ length: 20 }, (_, nth) => `${nth}-${'x'.repeat(200)}`).join(',');
  const server = LabProcess.start('dnsmasq', [
    ...['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--log-facility=-'],
    ...['--pid-file=', '--user=root', `--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces'],
    ...['--local=/example/', '--address=/pacs.example/127.85.0.200', `--txt-record=long.example,${long}`],
    ...['--mx-host=example,pacs.example,10', ...options],
  ]);
  const stop = (): Promise<unknown> => server.stop(500);
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  const answers = (): Promise<boolean> =>
    resolver.resolve4('pacs.example').then(
      () => true,
      () => false,
    );
  await until('dnsmasq answers', answers, { process: server }).catch(async (failure: unknown) => {
    await stop();
    throw failure;
  });
  return { port, server, stop };
};
