import { type Place } from '../programs/place.ts';

/** Whom to call, and how. */
export type DicomCall = {
  readonly address: string;
  readonly port: number;
  /** `INFINITT` unless told. */
  readonly calledAe?: string;
  /** `MODALITY` unless told. */
  readonly callingAe?: string;
  /** For connecting and for each answer; 3 unless told. DCMTK counts whole seconds. */
  readonly timeoutSeconds?: number;
};

/**
 * `evidence` is all that the tool printed: `Received Echo Response (Success)`, or why not: `Connection refused`,
 * `Called AE Title Not Recognized`, `DUL network read timeout` (a hung server). Tried on DCMTK 3.6.7.
 */
export type DicomAnswer = { readonly ok: boolean; readonly evidence: string };

/** C-ECHO. */
export const echoscu = (place: Place, call: DicomCall): Promise<DicomAnswer> => runScu(place, 'echoscu', [], call, []);

/** C-STORE of one file. */
export const storescu = (place: Place, call: DicomCall, file: string): Promise<DicomAnswer> =>
  runScu(place, 'storescu', [], call, [file]);

export type Find = {
  readonly model: 'worklist' | 'study';
  /** As findscu writes them: `PatientID=EK0001`, or without a value to have it returned. */
  readonly keys: readonly string[];
};

/** C-FIND. `ok` also without a match: `matches` counts them. */
export const findscu = async (
  place: Place,
  call: DicomCall,
  { model, keys }: Find,
): Promise<DicomAnswer & { readonly matches: number }> => {
  const asked = model === 'worklist' ? keys : ['QueryRetrieveLevel=STUDY', ...keys];
  const options = [model === 'worklist' ? '-W' : '-S', ...asked.flatMap((key) => ['-k', key])];
  const answer = await runScu(place, 'findscu', options, call, []);
  return { ...answer, matches: answer.evidence.match(/Find Response: \d+ \(Pending\)/g)?.length ?? 0 };
};

const runScu = async (
  place: Place,
  tool: string,
  options: readonly string[],
  call: DicomCall,
  files: readonly string[],
): Promise<DicomAnswer> => {
  const { address, port, calledAe = 'INFINITT', callingAe = 'MODALITY', timeoutSeconds = 3 } = call;
  const patience = ['-to', '-ts', '-ta', '-td'].flatMap((option) => [option, String(timeoutSeconds)]);
  const titles = ['-aet', callingAe, '-aec', calledAe];
  const args = ['-v', ...patience, ...titles, ...options, address, String(port), ...files];
  const { stdout, stderr, code } = await place.run(tool, args);
  return { ok: code === 0, evidence: `${stdout}${stderr}`.trim() };
};
