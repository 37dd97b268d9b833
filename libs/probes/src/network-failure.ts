import { failed, type Finding, notAsked } from './finding.ts';

/** What an error of a socket says about the server at `place`, or about us. */
export const networkFailure = (error: NodeJS.ErrnoException, place: string): Finding => {
  switch (error.code) {
    case 'ECONNREFUSED':
      return failed('connect-refused', `${place} refused: nothing listens there`);
    case 'ETIMEDOUT':
      return failed('connect-timeout', `${place} did not answer the connection attempt`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
      return failed('host-unreachable', `no way to ${place} (${error.code})`);
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return failed('connection-closed', `${place} closed the connection at once (${error.code})`);
    default: // no such source address, no file handle, no free port, not allowed
      return notAsked(`this checker could not ask ${place}: ${error.message}`);
  }
};
