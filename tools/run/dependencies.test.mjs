import assert from 'node:assert/strict';
import { it } from 'node:test';
import { whyInstall } from './dependencies.mjs';

const facts = { lockHash: 'new', stampHash: 'new', lockTimeMs: 2, installTimeMs: 1 };

it('installs when there is nothing, or an install that was broken off', () => {
  assert.match(whyInstall({ ...facts, stampHash: '', installTimeMs: undefined }), /missing or incomplete/);
});

it('does not install again when only the time of the lock file has changed', () => {
  assert.equal(whyInstall(facts), undefined);
});

it('installs when the lock file has changed since', () => {
  assert.match(whyInstall({ ...facts, stampHash: 'old' }), /package-lock.json has changed/);
});

it('accepts an install by hand', () => {
  assert.equal(whyInstall({ ...facts, stampHash: '', installTimeMs: 3 }), undefined);
});
