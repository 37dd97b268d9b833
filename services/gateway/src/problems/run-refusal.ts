import type { RunRefusal } from '@evenkeel/contracts';
import { problem, type ProblemException } from './problem-exception.ts';

/** Why a check is not run. */
export const runRefusalToProblem = (refusal: RunRefusal): ProblemException => {
  const { kind } = refusal;
  switch (kind) {
    case 'unknown-real-server':
      return problem(404, kind, 'There is no such real server.', at('#/realServerId', kind, 'the id of a real server'));
    case 'unknown-machine': {
      const expected = 'the address of a real server of this cluster';
      return problem(
        404,
        kind,
        'No real server has this address, and nobody else is asked.',
        at('#/address', kind, expected),
      );
    }
    case 'check-needed': {
      const expected = 'the definition of a check';
      return problem(422, kind, 'A machine has no check of its own.', at('#/check', kind, expected));
    }
    case 'port-needed': {
      const expected = 'a port: a machine has none that could be inherited';
      return problem(422, kind, 'The check does not say which port to ask.', at('#/check/port', kind, expected));
    }
    case 'unknown-secret': {
      const expected = 'the name of a secret: GET /secrets lists them';
      const place = at(`#/check/${refusal.field}/secret`, kind, expected);
      return problem(422, kind, `There is no secret ${refusal.secret}.`, place);
    }
    case 'nothing-to-ask':
      return problem(422, kind, `There is nothing to ask: ${refusal.detail}.`);
    case 'not-allowed':
      return problem(403, kind, `${refusal.detail}.`);
    default:
      return kind satisfies never;
  }
};

const at = (pointer: string, code: string, expected: string) => [{ pointer, code, detail: expected, expected }];
