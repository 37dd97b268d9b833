import type { HaAnswer, HaQuestion } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { OpenQuestions } from './open-questions.ts';

const question = {} as HaQuestion;
const done: HaAnswer = { kind: 'done', changed: true, moves: false, sentence: 'done' };
let clock: ManualClock;
let handed: number[];
let questions: OpenQuestions;
beforeEach(() => {
  clock = new ManualClock();
  handed = [];
  questions = new OpenQuestions((id) => handed.push(id), clock);
});

it('gives each answer to whoever asked for it, and leaves no timer', async () => {
  const [one, other] = [questions.ask(question), questions.ask(question)];
  questions.answered(handed[1] ?? 0, { ...done, changed: false });
  questions.answered(handed[0] ?? 0, done);
  expect(await Promise.all([one, other])).toEqual([done, { ...done, changed: false }]);
  expect(clock.resting).toBe(0);
});

it('does not wait for an agent that says nothing, or has ended', async () => {
  const silent = questions.ask(question);
  await clock.advance(4_500);
  expect(await silent).toBeUndefined();
  const ended = questions.ask(question);
  questions.giveUp();
  expect(await ended).toBeUndefined();
  questions.answered(handed[0] ?? 0, done); // nobody waits any more
});
