import { refuse, type Result } from '@evenkeel/kernel';
import { readInput } from '../explain-issues.ts';
import { ClusterConfiguration, declaredKinds } from './configuration.ts';
import { type InvalidService, invalidService } from './read-virtual-service.ts';
import type { InputError } from './refusals.ts';

/** A configuration from plain data, or everything that is wrong with it. Pointers begin at the document. */
export const readConfiguration = (document: unknown): Result<ClusterConfiguration, InvalidService> => {
  const read = readInput(ClusterConfiguration, document);
  return read.ok ? read : refuse(invalidDocument(read.refusal, document));
};

/** Each service tells what is wrong by itself from what would be right in another mode, as if it stood alone. */
const invalidDocument = (errors: readonly InputError[], document: unknown): InvalidService => {
  const told = [...Map.groupBy(errors, ({ pointer }) => serviceIn(pointer))].map(([service, ownErrors]) =>
    service === undefined
      ? { kind: 'invalid-input' as const, errors: [...ownErrors] }
      : ofService(service, ownErrors, document),
  );
  const isCombination = told.every(({ kind }) => kind === 'invalid-combination');
  const all = told.flatMap((one): readonly InputError[] => one.errors);
  return isCombination
    ? { kind: 'invalid-combination', errors: all.map((error) => ({ ...error, inherited: false })) }
    : { kind: 'invalid-input', errors: all.map(plain) };
};

const ofService = (at: string, errors: readonly InputError[], document: unknown): InvalidService => {
  const index = Number(at.split('/')[2]);
  const service = (document as { readonly virtualServices: readonly unknown[] }).virtualServices[index];
  const own = errors.map((error) => ({ ...error, pointer: error.pointer.slice(at.length) }));
  const told = invalidService(own, service, declaredKinds);
  const placed = <Item extends InputError>(error: Item): Item => ({ ...error, pointer: at + error.pointer });
  return told.kind === 'invalid-input'
    ? { ...told, errors: told.errors.map(placed) }
    : { ...told, errors: told.errors.map(placed) };
};

/** The pointer to the service that an error is in. */
const serviceIn = (pointer: string): string | undefined => /^\/virtualServices\/\d+(?=\/|$)/.exec(pointer)?.[0];

const plain = ({ pointer, detail, expected }: InputError): InputError =>
  expected === undefined ? { pointer, detail } : { pointer, detail, expected };
