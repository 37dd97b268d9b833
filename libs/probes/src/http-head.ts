import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Identity } from './identity.ts';

/**
 * Headers of an answer whose values are shown. All others are named only: cookies, tokens and whatever a server has invented may
 * be secrets.
 */
const shownHeaders: ReadonlySet<string> = new Set([
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'connection',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'expires',
  'keep-alive',
  'last-modified',
  'retry-after',
  'server',
  'strict-transport-security',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'x-powered-by',
]);

/** The head of a request of ours: the book has all of it, apart from the credentials, which are named only. */
export const requestHead = (request: ClientRequest, identity: Identity | undefined): string[] => {
  const shown = (name: string): string =>
    name === 'authorization' ? `[credentials of ${identity?.secret}]` : String(request.getHeader(name));
  const headers = request.getRawHeaderNames().map((name) => `${name}: ${shown(name)}`);
  return [`${request.method} ${request.path} HTTP/1.1`, ...headers];
};

/** Status line and headers of an answer, without what may be a secret. */
export const answerHead = ({ httpVersion, statusCode, statusMessage, rawHeaders }: IncomingMessage): string[] => {
  const status = `HTTP/${httpVersion} ${statusCode} ${statusMessage}`.trimEnd();
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? `${name}: ${shownValue(name.toLowerCase(), rawHeaders[index + 1] ?? '')}` : [],
  );
  return [status, ...headers];
};

const shownValue = (name: string, value: string): string => {
  if (shownHeaders.has(name)) return value;
  if (name === 'location') return withoutQuery(value);
  return `[not shown, ${value.length} characters]`;
};

/** Where it leads, without names, passwords and tickets. */
const withoutQuery = (value: string): string => {
  const place = value.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
  return place === value ? value : `${place} [rest not shown]`;
};
