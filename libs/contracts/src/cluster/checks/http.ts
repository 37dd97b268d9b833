import * as z from 'zod';
import { sentence } from '../../values.ts';
import { pace } from './pace.ts';
import { SecretReference } from './sign-in.ts';
import { target, targetOnOwnPort } from './target.ts';
import { httpToken, Tls } from './tls.ts';

/** What the request line of a check asks for. */
export const RequestPath = z.string().regex(/^\/[\x21-\x7e]{0,1023}$/, 'starts with "/", visible ASCII, 1024 at most');

/**
 * What a check must not say for itself: what frames the message, what `host` says already, and what is a secret. The book
 * is read by everybody and kept for ever, so no secret may be written into it.
 */
const keptHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
  'cookie',
  'proxy-authorization',
]);
const headersMax = 16;

/** RFC 9110, section 5.1, in lower case so that one header has one name. */
const HeaderName = z
  .string()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'a header name in lower case, 64 characters at most')
  .refine((name) => !keptHeaders.has(name), `none of ${[...keptHeaders].join(', ')}`);
/** Visible ASCII with spaces inside: no line ends, so that no header can hide in a value. */
const HeaderValue = z
  .string()
  .regex(/^(?:[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?)?$/, 'visible ASCII, spaces inside only, 256 at most');
const Headers = z
  .record(HeaderName, HeaderValue)
  .refine((headers) => Object.keys(headers).length <= headersMax, `${headersMax} headers at most`);

const http = {
  kind: z.literal('http'),
  ...pace('2s', '2s'),
  method: z.enum(['HEAD', 'GET', 'OPTIONS']).default('HEAD'),
  path: RequestPath.default('/'),
  host: httpToken.optional(),
  /** Sent beside our own. No credentials: the book is no place for them, and `basicAuth` names some. */
  headers: Headers.optional(),
  expectStatus: z.array(z.int().min(100).max(599)).min(1).max(32).default([200]),
  /** Not with HEAD: the text must occur in the first 64 KiB of the body. */
  expectBody: sentence(256).optional(),
  /** RFC 7617. An answer of 401 or 403 then says something of the credentials, and nothing of the server. */
  basicAuth: SecretReference.optional(),
  /** HTTPS. */
  tls: Tls.optional(),
};

const bodyNeedsOne = (check: { method: string; expectBody?: string | undefined }) =>
  check.expectBody === undefined || check.method !== 'HEAD';
const bodyNeedsOneMessage = {
  message: 'expectBody needs method GET or OPTIONS: an answer to HEAD has no body',
  path: ['expectBody'],
};

export const HttpCheck = z.strictObject({ ...http, ...target }).refine(bodyNeedsOne, bodyNeedsOneMessage);
export const HttpOnPort = z.strictObject({ ...http, ...targetOnOwnPort }).refine(bodyNeedsOne, bodyNeedsOneMessage);
