import { type Tls } from '@evenkeel/contracts';
import { line } from './config-text.ts';

/** Of a certificate, in HAProxy's working folder. It is also HAProxy's name for it. */
export const certificateFile = (name: string): string => `certificates/${name}.pem`;

/** What follows an address that TLS is spoken at; the first certificate is for clients that ask for no host we know. */
export const tlsWords = ({ certificates, minimumVersion }: Tls): readonly string[] => [
  'ssl',
  ...certificates.flatMap((name) => ['crt', certificateFile(name)]),
  ...['ssl-min-ver', `TLSv${minimumVersion}`],
];

const monthSeconds = 30 * 86_400;

/** Only where TLS was spoken: a browser ignores it elsewhere (RFC 6797, section 8.1), and a pool is used by others too. */
export const renderHsts = ({ hsts }: Tls): readonly string[] => {
  if (hsts === undefined) return [];
  const policy = `max-age=${hsts.months * monthSeconds}${hsts.includeSubDomains ? '; includeSubDomains' : ''}`;
  return [line('http-after-response', 'set-header', 'Strict-Transport-Security', policy, 'if', '{', 'ssl_fc', '}')];
};
