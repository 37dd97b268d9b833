import assert from 'node:assert/strict';
import { it } from 'node:test';
import { addUp, lastLine, ofCheck, ofJest, ofTap, skippedLines } from './totals.mjs';

const aReport = (numbers) => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
  ...numbers,
});
const asIs = (path) => path;

it('counts a Jest that ended without a report as a failure', () => {
  assert.equal(ofJest(undefined, 0, asIs).failed, 1);
});

it('counts a suite that could not be loaded as a failure', () => {
  assert.equal(ofJest(aReport({ numPassedTests: 3, numRuntimeErrorTestSuites: 1 }), 1, asIs).failed, 1);
});

it('counts a Jest that fails although every test passed as a failure', () => {
  assert.equal(ofJest(aReport({ numPassedTests: 3 }), 1, asIs).failed, 1);
});

it('counts a failed test once', () => {
  assert.equal(ofJest(aReport({ numPassedTests: 3, numFailedTests: 1 }), 1, asIs).failed, 1);
});

it('names the tests that were skipped', () => {
  const testResults = [
    {
      name: '/checkout/a.spec.ts',
      assertionResults: [
        { status: 'pending', fullName: 'flies' },
        { status: 'passed', fullName: 'walks' },
      ],
    },
  ];
  const { skipped, notices } = ofJest(aReport({ numPendingTests: 1, testResults }), 0, (path) =>
    path.slice('/checkout/'.length),
  );
  assert.deepEqual({ skipped, notices }, { skipped: 1, notices: ['SKIPPED a.spec.ts: 1 of 2 (flies)'] });
});

it("reads Node's own summary", () => {
  const output = 'ok 1 - a\n1..2\n# tests 3\n# pass 1\n# fail 1\n# skipped 1\n';
  assert.deepEqual(ofTap(output, 1), { passed: 1, failed: 1, skipped: 1, notices: [] });
  assert.equal(ofTap('', 1).failed, 1);
});

it('collects each reason for skipping once, whatever its colour and indentation', () => {
  const output =
    '  console.log\n    \u001b[33mSKIPPED layer 4: needs root\u001b[39m\n    SKIPPED layer 4: needs root\nnot SKIPPED x: y\n';
  assert.deepEqual(skippedLines(output), ['SKIPPED layer 4: needs root']);
});

it('adds up to one last line', () => {
  const total = addUp([ofCheck(0), ofCheck(2), { passed: 5, failed: 0, skipped: 0 }]);
  assert.equal(lastLine(total), '6 passed, 1 failed');
  assert.equal(lastLine({ ...total, skipped: 2 }), '6 passed, 1 failed, 2 skipped');
});
