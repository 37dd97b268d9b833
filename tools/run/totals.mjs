/**
 * Counting, without I/O. A result is `{ passed, failed, skipped, notices }`; notices are lines for the end of the run.
 */

/** A check that passes or fails as a whole counts as one test. */
export const ofCheck = (status) => ({
  passed: status === 0 ? 1 : 0,
  failed: status === 0 ? 0 : 1,
  skipped: 0,
  notices: [],
});

/** Of Jest's JSON report (`--json`), undefined when Jest ended without one. */
export const ofJest = (report, status, shorten) => {
  if (report === undefined)
    return { passed: 0, failed: 1, skipped: 0, notices: ['FAILED Jest ended without a report'] };
  // A suite that cannot even be loaded has no failed test of its own.
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    notices: report.testResults.flatMap(({ name, assertionResults }) => skippedTests(shorten(name), assertionResults)),
  };
};

const skippedTests = (file, assertions) => {
  const skipped = assertions.filter(({ status }) => status === 'pending' || status === 'todo');
  if (skipped.length === 0) return [];
  return [
    `SKIPPED ${file}: ${skipped.length} of ${assertions.length} (${skipped.map(({ fullName }) => fullName).join('; ')})`,
  ];
};

/** Of the summary that ends Node's TAP output. */
export const ofTap = (output, status) => {
  const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail');
  return {
    passed: count('pass'),
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: count('skipped'),
    notices: [],
  };
};

/** The notices `SKIPPED <what>: <why>` that tests print, each once. */
export const skippedLines = (output) => {
  // eslint-disable-next-line no-control-regex -- Jest colours its console output
  const plain = output.replaceAll(/\u001b\[[\d;]*m/g, '');
  return [...new Set([...plain.matchAll(/^\s*(SKIPPED .+?: .+)$/gm)].map(([, line]) => line.trimEnd()))];
};

export const addUp = (results) => {
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
};

export const lastLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
