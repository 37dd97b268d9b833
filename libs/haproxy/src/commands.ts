import { type Step } from '@evenkeel/data-plane';
import { assert } from '@evenkeel/kernel';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** A step in HAProxy's words. Source: management guide 2.6, section 9.3; tried on 2.6.12. */
export const commandFor = (step: Step): string => words(step).map(checked).join(' ');

/** What HAProxy says when it has done as it was told: nothing, or what it changed. */
export const isDone = (step: Step, answer: string): boolean =>
  answer === '' || (saysDone[step.kind]?.test(answer) ?? false);

/**
 * Whether an answer to this command may end with one line break, and not with an empty line: 2.6.12 answers `del server` so.
 * How another version refuses what nobody knows is nobody's promise either.
 */
export const isAnsweredShortly = (command: string): boolean =>
  command.startsWith('del server ') || command.endsWith(unknown);

/**
 * Asks whether `add server` takes a cookie, and adds nothing in any case: a keyword that nobody knows follows. Any service
 * that exists will do. 2.6.12 refuses the cookie first, 3.0.11 the keyword.
 */
export const cookieProbe = (service: string): string =>
  `add server ${checked(service)}/probe 127.0.0.1 cookie probe ${unknown}`;

/** From the answer to it. */
export const takesCookies = (answer: string): boolean =>
  answer.includes(`'${unknown}'`) && !answer.includes("'cookie'");

const unknown = 'evenkeel-probe';

const saysDone: { readonly [Kind in Step['kind']]?: RegExp } = {
  'set-address': /^(IP changed|no need to change)(?!.*can't)/,
  'add-server': /^New server registered\.$/m,
  'delete-server': /./, // whatever it says: the look shows whether the server is gone, and when not, a later try will do
};

const table: { readonly [Kind in Step['kind']]: (step: StepOf<Kind>) => readonly (string | number)[] } = {
  'add-server': ({ words, ...at }) => ['add', 'server', place(at), ...words, ...pooling],
  'delete-server': (at) => ['del', 'server', place(at)],
  'set-state': ({ state, ...at }) => ['set', 'server', place(at), 'state', state],
  'set-health': ({ health, ...at }) => ['set', 'server', place(at), 'health', health],
  'set-weight': ({ weight, ...at }) => ['set', 'server', place(at), 'weight', weight],
  'set-address': ({ address, port, ...at }) => [
    ...['set', 'server', place(at), 'addr', address],
    ...(port === undefined ? [] : ['port', port]),
  ],
  'set-max-connections': ({ maxConnections, ...at }) => ['set', 'maxconn', 'server', place(at), maxConnections],
  'forget-clients': ({ service, serverId }) => ['clear', 'table', service, 'data.server_id', 'eq', serverId],
  'close-connections': (at) => ['shutdown', 'sessions', 'server', place(at)],
};

/**
 * What a server of haproxy.cfg has by default. 2.6.12 gives an added one neither, and it would open a connection for each
 * request (tried).
 */
const pooling = ['pool-max-conn', -1, 'pool-purge-delay', '5s'] as const;

const words = <Kind extends Step['kind']>(step: StepOf<Kind>): readonly (string | number)[] =>
  (table[step.kind] as (step: StepOf<Kind>) => readonly (string | number)[])(step);

const place = ({ service, server }: { readonly service: string; readonly server: string }): string =>
  `${service}/${server}`;

/** A word that ended the command, or began a second one, would be a bug of ours with HAProxy's full powers. */
const checked = (word: string | number): string => {
  assert(/^[A-Za-z0-9_.:/@()[\]-]+$/.test(String(word)), `not a word for HAProxy: ${JSON.stringify(word)}`);
  return String(word);
};
