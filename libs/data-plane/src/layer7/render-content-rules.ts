import { type ContentMatch } from '@evenkeel/contracts';
import { line } from './config-text.ts';
import { literal } from './literal.ts';
import { type Route } from './route.ts';

type Words = readonly (string | number)[];

/**
 * HAProxy goes through rules of one kind in their order, but through all redirects before all `use_backend`. So the first
 * rule that matches is written down by its place, and acted on afterwards. The variable has the service's number, and is
 * set for its own clients only: its rules are read again when a rule of another service has chosen its pool.
 */
export const renderContentRules = (routes: readonly Route[], service: number): readonly string[] => {
  const chosen = chosenBy(service);
  const rules = routes.map((route, index) => ({ ...route, place: index + 1, parts: partsOf(route.match) }));
  return [
    ...rules.flatMap(({ place, parts }) => [
      ...parts.flatMap(([part, tests]) => tests.map((test) => line('acl', `rule${place}.${part}`, ...test))),
      line(
        ...['http-request', `set-var(${chosen})`, `int(${place})`, 'if', '{', 'fe_id', service, '}'],
        ...['!{', `var(${chosen})`, '-m', 'found', '}', ...parts.map(([part]) => `rule${place}.${part}`)],
      ),
    ]),
    ...rules.flatMap(({ action, place }) => answer(action).map((words) => line(...words, ...when(service, place)))),
  ];
};

/** Where requests go, by the rule that was chosen. HAProxy wants these lines after all `http-request`. */
export const renderRoutes = (routes: readonly Route[], service: number): readonly string[] =>
  routes.flatMap(({ action }, index) => way(action).map((words) => line(...words, ...when(service, index + 1))));

const chosenBy = (service: number): string => `txn.rule${service}`;

const when = (service: number, place: number): Words => [
  ...['if', '{', `var(${chosenBy(service)})`, '-m', 'int'],
  place,
  '}',
];

/** What HAProxy says itself. */
const answer = (action: Route['action']): readonly Words[] => {
  if (action.kind === 'redirect') {
    const { keepPath, location, code } = action;
    return [['http-request', 'redirect', keepPath ? 'prefix' : 'location', literal(location), 'code', code]];
  }
  return action.kind === 'deny' ? [['http-request', 'deny', 'deny_status', action.status]] : [];
};

/**
 * Where the request goes. A server is named by an expression: a plain name would pin it, and it could not leave while
 * HAProxy runs. `ignore-persist`: the cookie of another server would win.
 */
const way = (action: Route['action']): readonly Words[] => {
  if (action.kind === 'service') return [['use_backend', action.name]];
  return action.kind === 'server' ? [['ignore-persist'], ['use-server', `%[str(${action.name})]`]] : [];
};

/** Each part of a match with the tests of which one must hold: ACLs of one name are alternatives. */
const partsOf = ({
  path,
  host,
  header,
  query,
  source,
}: ContentMatch): readonly (readonly [string, readonly Words[]])[] =>
  [
    ['path', path?.map((one) => ['path,url_dec', ...compared(one)])] as const,
    ['host', host?.map((name) => ['req.hdr(host),host_only,lower', ...hostTest(name)])] as const,
    ['header', header && [[`req.fhdr(${header.name})`, ...compared(header.value)]]] as const,
    ['query', query && [[`url_param(${query.name}),url_dec`, ...compared(query.value)]]] as const,
    ['source', source && [['src', '--', ...source]]] as const,
  ].flatMap(([part, tests]) => (tests === undefined ? [] : [[part, tests] as const]));

type Text = NonNullable<ContentMatch['path']>[number];

const methods = { exact: 'str', prefix: 'beg', suffix: 'end' } as const satisfies Record<Text['kind'], string>;

/** `--`: what follows is a value, however it begins. */
const compared = (text: Text | undefined): Words =>
  text === undefined ? ['-m', 'found'] : ['-m', methods[text.kind], '--', text.value];

const hostTest = (name: string): Words =>
  name.startsWith('*') ? ['-m', 'end', '--', name.slice(1)] : ['-m', 'str', '--', name];
