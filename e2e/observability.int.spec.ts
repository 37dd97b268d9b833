import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

// No Prometheus and no Grafana runs here: these tests keep what their files say true to what the processes tell.

const root = join(import.meta.dirname, '..');
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
};
const rulesFile = 'infra/observability/prometheus-rules.yml';
const { groups } = parse(await read(rulesFile)) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboardFile = 'infra/observability/grafana-overview.json';
const dashboard = JSON.parse(await read(dashboardFile)) as {
  panels: { title: string; targets: { expr: string }[] }[];
};

/** Read as text: this project knows no door. */
const names = [
  ...(await read('libs/telemetry/src/metrics/metric-names.ts')).matchAll(
    /name: '(evenkeel\.[a-z0-9_.]+)',\s+kind: '(counter|watched-counter|histogram|gauge)'[^[]+labels: \[([^\]]*)\]/g,
  ),
].map(([, name = '', kind = '', labels = '']) => ({ name, kind, labels: labels.match(/\w+/g) ?? [] }));

const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  'watched-counter': ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
};
const told = new Map(
  names.flatMap(({ name, kind, labels }) =>
    (suffixes[kind] ?? []).map((suffix) => [`${name.replaceAll('.', '_')}${suffix}`, labels] as const),
  ),
);

/** Metrics in an expression of Prometheus, each with the labels that it is selected by. */
const metricsIn = (expr: string): { metric: string; labels: string[] }[] =>
  [...expr.matchAll(/\b(evenkeel_\w+)(?:\{([^}]*)\})?/g)].map(([, metric = '', selector = '']) => ({
    metric,
    labels: selector.match(/\w+(?=\s*[=!]~?=?")/g) ?? [],
  }));

const expressions = [
  ...rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: `panel ${title}`, expr }))),
];

it('knows the metrics of every process', () => {
  expect(names.length).toBeGreaterThanOrEqual(17);
});

it.each(names)('$name has no label for a user, a client or a revision', ({ labels }) => {
  expect(labels.filter((label) => /user|actor|token|client|address|revision/.test(label))).toEqual([]);
});

it.each(expressions)('$where asks for what is told, by labels that it has', ({ expr }) => {
  const asked = metricsIn(expr);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ metric }) => !told.has(metric))).toEqual([]);
  for (const { metric, labels } of asked) expect(told.get(metric)).toEqual(expect.arrayContaining(labels));
});

describe('alerts', () => {
  it.each(rules)('$alert says what to do', async ({ annotations, labels }) => {
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(10);
    expect([annotations.runbook_url, existsSync(join(root, annotations.runbook_url))]).toEqual([
      annotations.runbook_url,
      true,
    ]);
    const page = await read(annotations.runbook_url);
    expect(page).toMatch(/^# \w+\n\n.+\n\n## Look at\n\n- [^]+\n\n## Do\n\n1\. /);
  });

  it('have pages, and no page is left without its alert', async () => {
    const pages = (await readdir(join(root, 'docs/runbooks'))).sort();
    expect(pages).toEqual([...new Set(rules.map(({ annotations }) => basename(annotations.runbook_url)))].sort());
  });
});
