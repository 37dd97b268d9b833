import { type Step } from '@evenkeel/data-plane';
import { assert } from '@evenkeel/kernel';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** A step in HAProxy's words. Source: management guide 2.6, section 9.3; tried on 2.6.12. */
export const commandFor = (step: Step): string => words(step).map(checked).join(' ');

/** What HAProxy says when it has done as it was told: nothing, or what it changed. */
export const isDone = (step: Step, answer: string): boolean =>
  answer === '' || (step.kind === 'set-address' && /^(IP changed|no need to change)(?!.*can't)/.test(answer));

const table: { readonly [Kind in Step['kind']]: (step: StepOf<Kind>) => readonly (string | number)[] } = {
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

const words = <Kind extends Step['kind']>(step: StepOf<Kind>): readonly (string | number)[] =>
  (table[step.kind] as (step: StepOf<Kind>) => readonly (string | number)[])(step);

const place = ({ service, server }: { readonly service: string; readonly server: string }): string =>
  `${service}/${server}`;

/** A word that ended the command, or began a second one, would be a bug of ours with HAProxy's full powers. */
const checked = (word: string | number): string => {
  assert(/^[A-Za-z0-9_.:/-]+$/.test(String(word)), `not a word for HAProxy: ${JSON.stringify(word)}`);
  return String(word);
};
