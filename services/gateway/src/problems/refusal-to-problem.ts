import type { ClusterRefusal, ClusterRefusalOf, ProblemError } from '@evenkeel/contracts';
import { problem, type ProblemException } from './problem-exception.ts';

type Kind = ClusterRefusal['kind'];
type Told = {
  readonly detail: string;
  readonly errors?: readonly ProblemError[];
  readonly present?: number;
};
type Telling = {
  readonly [K in Kind]: { readonly status: number; readonly tell: (refusal: ClusterRefusalOf<K>) => Told };
};

const oneError = (pointer: string, code: Kind, detail: string, expected?: string): readonly ProblemError[] => [
  { pointer, code, detail, ...(expected === undefined ? {} : { expected }) },
];

const named = (things: readonly { readonly label: string }[]): string => things.map(({ label }) => label).join(', ');

/** Every refusal in the words of the API: what, where, and what would be right. */
const telling: Telling = {
  'invalid-input': {
    status: 400,
    tell: ({ kind, errors }) => ({
      detail: 'The request has values that do not fit.',
      errors: errors.map(({ pointer, ...error }) => ({ pointer: `#${pointer}`, code: kind, ...error })),
    }),
  },
  'invalid-combination': {
    status: 422,
    tell: ({ kind, errors }) => ({
      detail: 'Each value is right, but they cannot stand together.',
      errors: errors.map(({ pointer, inherited, detail, ...error }) => ({
        pointer: `#${pointer}`,
        code: kind,
        ...error,
        detail: inherited ? `${detail} (inherited from the source)` : detail,
      })),
    }),
  },
  'unknown-virtual-service': {
    status: 404,
    tell: ({ virtualServiceId }) => ({ detail: `There is no virtual service ${virtualServiceId}.` }),
  },
  'unknown-real-server': {
    status: 404,
    tell: ({ realServerId }) => ({ detail: `There is no real server ${realServerId}.` }),
  },
  'unknown-machine': {
    status: 404,
    tell: ({ address, near }) => ({
      detail: `No real server has the address ${address}.${near.length === 0 ? '' : ` Machines near it: ${near.join(', ')}.`}`,
    }),
  },
  'unknown-blueprint': {
    status: 404,
    tell: ({ name, known }) => ({ detail: `There is no blueprint ${name}. Known: ${known.join(', ')}.` }),
  },
  'address-and-port-in-use': {
    status: 409,
    tell: ({ kind, address, port, transport, holder, inherited }) => {
      const detail = `${address} ${transport.toUpperCase()} ${port} belongs to ${holder.label}`;
      const source = inherited ? ' (inherited from the source)' : '';
      const expected = `a ${transport.toUpperCase()} port that is free on this address`;
      return { detail: `${detail}.`, errors: oneError('#/ports', kind, detail + source, expected) };
    },
  },
  'port-reserved': {
    status: 409,
    tell: ({ kind, port, usedFor }) => {
      const detail = `Evenkeel itself uses port ${port} for ${usedFor}`;
      return { detail: `${detail}.`, errors: oneError('#/ports', kind, detail, 'another port') };
    },
  },
  'label-in-use': {
    status: 409,
    tell: ({ kind, label, within }) => {
      const detail = `${label} is taken within ${within}`;
      return { detail: `${detail}.`, errors: oneError('#/label', kind, detail, 'a label that is not taken') };
    },
  },
  'duplicate-real-server': {
    status: 409,
    tell: ({ kind, address, port, holder }) => {
      const detail = `${address} port ${port} is ${holder.label} already`;
      return {
        detail: `${detail}.`,
        errors: oneError('#/address', kind, detail, 'each address and port once in a service'),
      };
    },
  },
  'last-available-real-server': {
    status: 409,
    tell: ({ services }) => ({
      detail: `This would leave ${named(services)} without an available real server. Send force with a reason to do it all the same.`,
    }),
  },
  'still-followed': {
    status: 409,
    tell: ({ followers }) => ({
      detail: `The health check of ${named(followers)} follows this service. Change it first.`,
    }),
  },
  'not-up': {
    status: 409,
    tell: ({ realServers }) => ({
      detail: `Not up yet: ${realServers.map(({ realServerId, verdict }) => `${realServerId} is ${verdict}`).join(', ')}.`,
    }),
  },
  'stale-version': {
    status: 412,
    tell: ({ present, given }) => ({
      detail: `It was changed since: you know revision ${given}, it is at revision ${present}. Read it again.`,
      present,
    }),
  },
  'address-loop': {
    status: 422,
    tell: ({ kind, address, virtualService }) => {
      const detail = `${address} is the address of the virtual service ${virtualService.label}: traffic would go in a circle`;
      return { detail: `${detail}.`, errors: oneError('#/address', kind, detail, "a machine's own address") };
    },
  },
  'reason-required': {
    status: 422,
    tell: ({ kind, because }) => ({
      detail: because,
      errors: oneError('#/reason', kind, because, '1 to 500 characters that say why'),
    }),
  },
  'idempotency-key-reused': {
    status: 422,
    tell: ({ key }) => ({ detail: `The Idempotency-Key ${key} was used for another request.` }),
  },
};

/** The problem document that answers a refusal. */
export const refusalToProblem = (refusal: ClusterRefusal): ProblemException => {
  const { status, tell } = telling[refusal.kind] as { status: number; tell: (refusal: ClusterRefusal) => Told };
  const { detail, errors, present } = tell(refusal);
  return problem(status, refusal.kind, detail, errors, present === undefined ? {} : { present });
};
