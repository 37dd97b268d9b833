import type { ClusterRefusal, ClusterRefusalOf, ProblemError, ShortService } from '@evenkeel/contracts';
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

/** A field of the one thing in a body, or of the one that is `at` a place in a larger document. */
const inDocument = (at: string | undefined, field: string): string => `#${at ?? ''}${field}`;

const named = (things: readonly { readonly label: string }[]): string => things.map(({ label }) => label).join(', ');

/** Who would be left, service by service. */
const leaving = (services: readonly ShortService[]): string => {
  const whole = services.filter(({ left }) => left.length === 0);
  const emptied = whole.length === 0 ? [] : [`This would leave ${named(whole)} without an available real server.`];
  const lowered = services
    .filter(({ left }) => left.length > 0)
    .map(
      ({ label, left, least, of }) => `${label} would be left with ${left.join(', ')}: ${least} of ${of} must stay.`,
    );
  return [...emptied, ...lowered].join(' ');
};

const whyForms = { reason: '1 to 500 characters that say why', ticket: '1 to 100 characters' } as const;

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
    tell: ({ kind, address, port, transport, holder, inherited, at }) => {
      const detail = `${address} ${transport.toUpperCase()} ${port} belongs to ${holder.label}`;
      const source = inherited ? ' (inherited from the source)' : '';
      const expected = `a ${transport.toUpperCase()} port that is free on this address`;
      return { detail: `${detail}.`, errors: oneError(inDocument(at, '/ports'), kind, detail + source, expected) };
    },
  },
  'port-reserved': {
    status: 409,
    tell: ({ kind, port, usedFor, at }) => {
      const detail = `Evenkeel itself uses port ${port} for ${usedFor}`;
      return { detail: `${detail}.`, errors: oneError(inDocument(at, '/ports'), kind, detail, 'another port') };
    },
  },
  'label-in-use': {
    status: 409,
    tell: ({ kind, label, within, at }) => {
      const detail = `${label} is taken within ${within}`;
      return {
        detail: `${detail}.`,
        errors: oneError(inDocument(at, '/label'), kind, detail, 'a label that is not taken'),
      };
    },
  },
  'duplicate-real-server': {
    status: 409,
    tell: ({ kind, address, port, holder, at }) => {
      const detail = `${address} port ${port} is ${holder.label} already`;
      return {
        detail: `${detail}.`,
        errors: oneError(inDocument(at, '/address'), kind, detail, 'each address and port once in a service'),
      };
    },
  },
  'last-available-real-server': {
    status: 409,
    tell: ({ services }) => ({
      detail: `${leaving(services)} Send force with a reason to do it all the same.`,
    }),
  },
  'below-watermark': {
    status: 409,
    tell: ({ services }) => ({
      detail: `${leaving(services)} Send force with a reason to do it all the same.`,
    }),
  },
  'still-followed': {
    status: 409,
    tell: ({ followers }) => ({
      detail: `The health check of ${named(followers)} follows this service. Change it first.`,
    }),
  },
  'still-routed-to': {
    status: 409,
    tell: ({ label, realServer, users }) => ({
      detail: `Content rules of ${named(users)} send requests to ${realServer ?? label}. Change them first.`,
    }),
  },
  'unknown-certificate': {
    status: 404,
    tell: ({ certificate, known }) => ({
      detail: `There is no certificate ${certificate}. There ${known.length === 0 ? 'is none' : `are: ${known.join(', ')}`}.`,
    }),
  },
  'certificate-in-use': {
    status: 409,
    tell: ({ certificate, users }) => ({
      detail: `${named(users)} shows the certificate ${certificate} to its clients. Change that first.`,
    }),
  },
  'unknown-secret': {
    status: 404,
    tell: ({ secret, known }) => ({
      detail: `There is no secret ${secret}. There ${known.length === 0 ? 'is none' : `are: ${known.join(', ')}`}.`,
    }),
  },
  'secret-in-use': {
    status: 409,
    tell: ({ secret, users }) => ({
      detail: `The health check of ${named(users)} signs in with the secret ${secret}. Change that first.`,
    }),
  },
  'not-up': {
    status: 409,
    tell: ({ realServers }) => ({
      detail: `Not up yet: ${realServers.map(({ realServerId, verdict }) => `${realServerId} is ${verdict}`).join(', ')}.`,
    }),
  },
  'until-unfit': {
    status: 422,
    tell: ({ kind, until, after, latest }) => {
      const detail = `Nobody can be brought back at ${until}`;
      const expected = `a time after ${after}, and not after ${latest}`;
      return { detail: `${detail}.`, errors: oneError('/until', kind, detail, expected) };
    },
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
    tell: ({ kind, address, virtualService, at }) => {
      const detail = `${address} is the address of the virtual service ${virtualService.label}: traffic would go in a circle`;
      return {
        detail: `${detail}.`,
        errors: oneError(inDocument(at, '/address'), kind, detail, "a machine's own address"),
      };
    },
  },
  'owned-by-another-scope': {
    status: 409,
    tell: ({ kind, label, scope, at }) => {
      const detail = `${label} is there already, and scope ${scope} owns it`;
      const expected = 'a service of this scope, or change the scope of that one first';
      return { detail: `${detail}.`, errors: oneError(inDocument(at, '/label'), kind, detail, expected) };
    },
  },
  'mass-removal': {
    status: 409,
    tell: ({ services, realServers }) => ({
      detail:
        `This would remove ${services.removed} virtual services (${services.most} at most) and, from those that stay, ` +
        `${realServers.removed} real servers (${realServers.most} at most). Send force with a reason to do it all the same.`,
    }),
  },
  'unknown-revision': {
    status: 404,
    tell: ({ revision, head }) => ({ detail: `There is no commit ${revision}; the newest is ${head}.` }),
  },
  'changed-since': {
    status: 409,
    tell: ({ revision, things, by }) => {
      const list = things
        .map(({ label, fields }) => `${label} (${fields.join(', ') || 'added or removed'})`)
        .join('; ');
      const who = by.length === 0 ? '' : ` By revision ${by.join(', ')}.`;
      return {
        detail: `Changed since revision ${revision}: ${list}.${who} Revert the later ones first, or change it by hand.`,
      };
    },
  },
  'reason-required': {
    status: 422,
    tell: ({ kind, missing, because }) => ({
      detail: because,
      errors: oneError(`#/${missing}`, kind, because, whyForms[missing]),
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
