import type { Credentials, InputError } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';

/** Both travel in one line of HTTP (RFC 7617) and in one message of LDAP, so control characters and great lengths have no place. */
const limits = { username: 256, password: 512 } as const;

/** Credentials as they can be used, or everything that is wrong with them. No error quotes any of them. */
export const readCredentials = (username: unknown, password: unknown): Result<Credentials, readonly InputError[]> => {
  const errors = [...errorsIn('username', username), ...errorsIn('password', password)];
  return errors.length > 0 ? refuse(errors) : accept({ username: String(username), password: String(password) });
};

const errorsIn = (field: keyof Credentials, value: unknown): InputError[] => {
  const detail = whatIsWrong(field, value);
  return detail === undefined ? [] : [{ pointer: `/${field}`, detail, expected: expected(field) }];
};

const whatIsWrong = (field: keyof Credentials, value: unknown): string | undefined => {
  if (value === undefined) return 'required, and missing';
  if (typeof value !== 'string') return 'this is no text';
  // To LDAP a name without a password is nobody, and welcome (RFC 4513, section 5.1.2).
  if (value === '') return 'it is empty';
  if (value.length > limits[field]) return `it is too long (${value.length} characters)`;
  if (/\p{Cc}/u.test(value)) return 'it has a control character, such as a line end';
  // What precedes the first colon is the name (RFC 7617, section 2).
  return field === 'username' && value.includes(':') ? 'it has a colon' : undefined;
};

const expected = (field: keyof Credentials): string =>
  `text of 1 to ${limits[field]} characters without control characters${field === 'username' ? ' or ":"' : ''}`;
