import type { ClusterCommand, ClusterRefusal } from '@evenkeel/contracts';
import { ProblemException } from './problem-exception.ts';
import { refusalToProblem } from './refusal-to-problem.ts';

/** The part of each command that a body of its own would be, where refusals point into. */
const bodyIn: { readonly [Kind in ClusterCommand['kind']]: string } = {
  AddVirtualService: '/service',
  ModifyVirtualService: '/changes',
  DuplicateVirtualService: '/overrides',
  RemoveVirtualService: '',
  EnableVirtualService: '',
  DisableVirtualService: '',
  AddRealServer: '/realServer',
  ModifyRealServer: '/changes',
  RemoveRealServer: '',
  DrainRealServer: '',
  HaltRealServer: '',
  EndDrain: '',
  EndAbsence: '',
  BringRealServerOnline: '',
  DrainMachine: '',
  HaltMachine: '',
  BringMachineOnline: '',
  InstantiateBlueprint: '/parameters',
  ApplyConfiguration: '/document',
  RevertCommit: '',
  SetClusterSettings: '/changes',
  StoreCertificate: '',
  RemoveCertificate: '',
  StoreSecret: '',
  RemoveSecret: '',
};

/** The problem document for a refused command of a list: says which, and points into the list. */
export const refusalInList = (
  refusal: ClusterRefusal,
  commands: readonly ClusterCommand[],
  index: number,
): ProblemException => {
  const { problem } = refusalToProblem(refusal);
  const command = commands[index];
  const body = command === undefined ? '' : bodyIn[command.kind];
  // A reason belongs to the whole list.
  const place = refusal.kind === 'reason-required' ? '#' : `#/commands/${index}${body}`;
  const errors = problem.errors?.map((error) => ({ ...error, pointer: error.pointer.replace('#', place) }));
  return new ProblemException({ ...problem, ...(errors === undefined ? {} : { errors }), command: index });
};
